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
import java.util.concurrent.CompletableFuture;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/**
 * The shop under load, with the limits of its {@code application.yml}. There are tokens
 * for all tests of this class; how they run out is a test of its own.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "penstock.rate-limits.supplier-api.burst=1000", "penstock.requests.partners.burst=1000",
				"penstock.requests.visitors.burst=10000" })
class SampleApplicationTests {

	@Autowired
	private LimiterRegistry limiters;

	@Autowired
	private Gate gate;

	private Shop shop;

	@BeforeEach
	void open(@LocalServerPort int port) {
		this.shop = new Shop(port);
	}

	@AfterEach
	void allPermitsAreBack() {
		this.gate.letPass(1000);
		for (ConcurrencyLimiter limiter : this.limiters.concurrencyLimiters()) {
			await().untilAsserted(() -> {
				assertThat(limiter.inUse()).as(limiter.name()).isZero();
				assertThat(limiter.waiting()).as(limiter.name()).isZero();
				assertThat(limiter.available()).as(limiter.name()).isEqualTo(limiter.max());
			});
		}
		this.gate.reset();
	}

	@Test
	void limitsAreThoseOfTheConfiguration() {
		assertThat(this.limiters.concurrencyLimiters()).extracting(ConcurrencyLimiter::name, ConcurrencyLimiter::max)
			.contains(tuple("inventory", 8), tuple("supplier", 3), tuple("deliveries", 10), tuple("export", 1),
					tuple("bank", 4));
	}

	@Test
	void quoteWhenSupplierHasAsManyRequestsAsItTakesIs503() throws InterruptedException {
		List<CompletableFuture<HttpResponse<String>>> served = this.shop.get(3, "/items/bolt-m8/quote");
		this.gate.awaitArrivals(3);
		HttpResponse<String> refused = this.shop.get("/items/bolt-m8/quote");
		assertThat(refused.statusCode()).isEqualTo(503);
		assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow()).isPositive();
		assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
		assertThat(refused.body()).contains("\"status\":503", "\"limiter\":\"supplier\"");
		this.gate.letPass(3);
		assertThat(Shop.statuses(served)).containsOnly(200);
		assertThat(served.get(0).join().body()).isEqualTo("{\"sku\":\"bolt-m8\",\"quantity\":100,\"total\":1250.00}");
	}

	@Test
	void exportWhenAnotherRunsWaitsAndSucceeds() throws InterruptedException {
		ConcurrencyLimiter export = this.limiters.concurrencyLimiter("export");
		List<CompletableFuture<HttpResponse<String>>> exports = this.shop.get(3, "/stock.csv");
		this.gate.awaitArrivals(1);
		await().untilAsserted(() -> assertThat(export.waiting()).isEqualTo(2));
		this.gate.letPass(3);
		assertThat(Shop.statuses(exports)).containsOnly(200);
		assertThat(exports.get(2).join().body()).startsWith("sku,quantity\n").contains("pump-40,");
		assertThat(this.gate.mostInside()).isEqualTo(1);
	}

	@Test
	void deliveryWhenFutureIsPendingHoldsItsPermit() throws InterruptedException {
		ConcurrencyLimiter limiter = this.limiters.concurrencyLimiter("deliveries");
		List<CompletableFuture<HttpResponse<String>>> deliveries = this.shop.get(12, "/items/bolt-m8/delivery");
		this.gate.awaitArrivals(10);
		await().untilAsserted(() -> assertThat(limiter.waiting()).isEqualTo(2));
		assertThat(limiter.inUse()).isEqualTo(10);
		this.gate.letPass(12);
		assertThat(Shop.statuses(deliveries)).containsOnly(200);
		assertThat(this.gate.mostInside()).isEqualTo(10);
	}

	@Test
	void supplierWhenShopIsFloodedHasNeverMoreThanItTakes() throws InterruptedException {
		List<CompletableFuture<HttpResponse<String>>> quotes = this.shop.get(60, "/items/nut-m8/quote");
		this.gate.awaitArrivals(3);
		await().until(() -> quotes.stream().filter(CompletableFuture::isDone).count() >= 50);
		this.gate.letPass(60);
		assertThat(Shop.statuses(quotes)).containsOnly(200, 503).contains(200, 503);
		assertThat(this.gate.mostInside()).isEqualTo(3);
	}

	@Test
	void stockWhenManyAskAndReserveIsRight() {
		List<CompletableFuture<HttpResponse<String>>> reads = this.shop.get(100, "/items/washer-m8/stock");
		assertThat(this.shop.post("/items/washer-m8/reservations?quantity=100").statusCode()).isEqualTo(204);
		assertThat(this.shop.post("/items/washer-m8/reservations?quantity=201").statusCode()).isEqualTo(409);
		assertThat(Shop.statuses(reads)).containsOnly(200);
		assertThat(this.shop.get("/items/washer-m8/stock").body())
			.isEqualTo("{\"sku\":\"washer-m8\",\"quantity\":200}");
		assertThat(this.shop.get("/items/unknown/stock").statusCode()).isEqualTo(404);
	}

	@Test
	void stockOfManyItemsIsInTheirOrder() {
		assertThat(this.shop.get("/stock?sku=pump-40,unknown,bolt-m8").body())
			.isEqualTo("[{\"sku\":\"pump-40\",\"quantity\":4},{\"sku\":\"bolt-m8\",\"quantity\":12000}]");
		assertThat(Shop.statuses(this.shop.get(20, "/stock?sku=pump-40,bolt-m8,nut-m8"))).containsOnly(200);
	}

	@Test
	void rateWhenBankAsksForPatienceComesAfterIt() {
		RateLimiter bank = this.limiters.rateLimiter("bank-visitors");
		for (int i = 0; i < 100 && bank.stats().refusedTotal() == 0; i++) {
			assertThat(this.shop.get("/rates/usd").body()).isEqualTo("1.16");
		}
		assertThat(bank.stats().refusedTotal()).isOne();
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class SetPace {

		@Bean
		@Primary
		Gate gate() {
			return new Gate();
		}

	}

}
