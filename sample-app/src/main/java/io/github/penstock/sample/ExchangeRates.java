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

import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException.TooManyRequests;
import org.springframework.web.client.RestClient;

/**
 * The bank's exchange rates. Nothing here limits anything: {@code penstock.http-clients}
 * limits what is sent to the bank, and has it wait when the bank asks for that.
 */
@Component
class ExchangeRates {

	private final RestClient restClient;

	private final Environment environment;

	ExchangeRates(RestClient.Builder restClient, Environment environment) {
		this.restClient = restClient.build();
		this.environment = environment;
	}

	BigDecimal rateOf(String currency) {
		try {
			return ask(currency);
		}
		catch (TooManyRequests ex) {
			// Not sent before the time that the bank has named.
			return ask(currency);
		}
	}

	private BigDecimal ask(String currency) {
		return this.restClient.get()
			.uri(this.environment.getRequiredProperty("shop.bank.url") + "/rates/{currency}", currency)
			.retrieve()
			.requiredBody(BigDecimal.class);
	}

}
