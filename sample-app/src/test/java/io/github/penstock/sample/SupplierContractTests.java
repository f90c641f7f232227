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

import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The contracts with the supplier and the partners, by the hour: no token comes back
 * while the test runs.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "penstock.rate-limits.supplier-api.per=30h", "penstock.requests.partners.per=30h" })
class SupplierContractTests {

	@Test
	void priceWhenContractIsUsedUpIs429(@LocalServerPort int port) {
		Shop shop = new Shop(port);
		List<HttpResponse<String>> responses = IntStream.range(0, 9)
			.mapToObj((i) -> shop.get("/items/bolt-m8/price"))
			.toList();
		assertThat(responses).extracting(HttpResponse::statusCode)
			.containsExactly(200, 200, 200, 200, 200, 200, 429, 429, 429);
		HttpResponse<String> refused = responses.get(8);
		assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(3000L, 3600L);
		assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
		assertThat(refused.body()).contains("\"status\":429", "\"limiter\":\"supplier-api\"");
		assertThat(shop.get("/items/bolt-m8/stock").statusCode()).isEqualTo(200);
	}

	@Test
	void partnersAskForManyItemsFiveTimesAtOnce(@LocalServerPort int port) {
		Shop shop = new Shop(port);
		List<HttpResponse<String>> responses = IntStream.range(0, 6)
			.mapToObj((i) -> shop.get("/stock?sku=bolt-m8", "acme"))
			.toList();
		assertThat(responses).extracting(HttpResponse::statusCode).containsExactly(200, 200, 200, 200, 200, 429);
		assertThat(responses.get(0).headers().firstValue("RateLimit").orElseThrow()).startsWith("\"partners\";r=4;t=");
		assertThat(responses.get(5).headers().firstValue("RateLimit-Policy"))
			.contains("\"partners\";q=5;w=18000, \"visitors\";q=200;w=2");
		assertThat(shop.get("/stock?sku=bolt-m8", "other").statusCode()).isEqualTo(200);
		assertThat(shop.get("/").headers().firstValue("RateLimit")).isEmpty();
	}

}
