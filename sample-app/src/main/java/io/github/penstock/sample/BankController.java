/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.penstock.sample;

import java.math.BigDecimal;
import java.util.Map;

import io.github.penstock.annotation.RateLimited;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Plays the bank, who answers 429 with {@code Retry-After} to those who ask too often.
 */
@RestController
@RequestMapping("/bank")
class BankController {

	private static final Map<String, BigDecimal> RATES = Map.of("chf", new BigDecimal("0.93"), "usd",
			new BigDecimal("1.16"));

	@GetMapping("/rates/{currency}")
	@RateLimited("bank-visitors")
	BigDecimal rate(@PathVariable String currency) {
		BigDecimal rate = RATES.get(currency);
		if (rate == null) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND, "No rate of " + currency);
		}
		return rate;
	}

}
