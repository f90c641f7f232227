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
import java.time.LocalDate;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Plays the supplier, who would be another company's service.
 */
@RestController
@RequestMapping("/supplier")
class SupplierController {

	private static final BigDecimal PRICE = new BigDecimal("12.50");

	private final Pace pace;

	SupplierController(Pace pace) {
		this.pace = pace;
	}

	@GetMapping("/prices/{sku}")
	BigDecimal price(@PathVariable String sku) {
		return PRICE;
	}

	@GetMapping("/quotes/{sku}")
	BigDecimal quote(@PathVariable String sku, @RequestParam int quantity) {
		this.pace.take("quote");
		return PRICE.multiply(BigDecimal.valueOf(quantity));
	}

	@GetMapping("/deliveries/{sku}")
	String delivery(@PathVariable String sku) {
		this.pace.take("delivery");
		return LocalDate.now().plusDays(2).toString();
	}

}
