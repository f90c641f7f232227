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

import org.junit.jupiter.api.Test;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.test.web.client.ExpectedCount;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.requestTo;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withTooManyRequests;

/**
 * Tests for what visitors of the shop see of a bank that is asked by others too.
 */
class BusyBankTests {

	private final RestClient.Builder client = RestClient.builder();

	private final MockRestServiceServer bank = MockRestServiceServer.bindTo(this.client).build();

	private final MockMvcTester shop = MockMvcTester.of(new ShopController(mock(), mock(), mock(), mock(), mock(),
			new ExchangeRates(this.client, new MockEnvironment().withProperty("shop.bank.url", "http://bank"))));

	@Test
	void rateWhenBankRefusesOnceIsAskedForAgain() {
		this.bank.expect(requestTo("http://bank/rates/usd")).andRespond(withTooManyRequests(1));
		this.bank.expect(requestTo("http://bank/rates/usd"))
			.andRespond(withSuccess("1.16", MediaType.APPLICATION_JSON));
		assertThat(this.shop.get().uri("/rates/usd")).hasStatusOk().bodyText().isEqualTo("1.16");
	}

	@Test
	void rateWhenBankRefusesAgainIs503WithTheTimeOfTheBank() {
		this.bank.expect(ExpectedCount.twice(), requestTo("http://bank/rates/usd")).andRespond(withTooManyRequests(7));
		assertThat(this.shop.get().uri("/rates/usd")).hasStatus(HttpStatus.SERVICE_UNAVAILABLE)
			.hasHeader(HttpHeaders.RETRY_AFTER, "7")
			.bodyJson()
			.extractingPath("$.detail")
			.isEqualTo("The bank is busy.");
	}

	@Test
	void rateWhenBankDoesNotSayWhenIs503WithoutTime() {
		this.bank.expect(ExpectedCount.twice(), requestTo("http://bank/rates/usd")).andRespond(withTooManyRequests());
		assertThat(this.shop.get().uri("/rates/usd")).hasStatus(HttpStatus.SERVICE_UNAVAILABLE)
			.doesNotContainHeader(HttpHeaders.RETRY_AFTER);
	}

}
