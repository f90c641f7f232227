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

package io.github.penstock.recipes.feign;

import java.math.BigDecimal;

import io.github.penstock.annotation.Bulkhead;

import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/**
 * The rates of the bureau.
 */
@FeignClient(name = "exchange", configuration = ExchangeConfiguration.class)
@Bulkhead("exchange") // of all methods together
public interface ExchangeClient {

	@GetMapping("/rates/{currency}")
	BigDecimal rateOf(@PathVariable String currency);

}
