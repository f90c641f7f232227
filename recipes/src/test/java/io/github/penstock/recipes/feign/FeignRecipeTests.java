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

import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import feign.RetryableException;
import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.test.LimiterAssertions;
import io.github.penstock.test.ResetLimiters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the recipe of OpenFeign clients.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE, properties = "spring.config.name=feign")
@ResetLimiters
class FeignRecipeTests {

	private static final Queue<Integer> STATUSES = new ConcurrentLinkedQueue<>();

	private static final AtomicInteger REQUESTS = new AtomicInteger();

	private static HttpServer bureau;

	@Autowired
	private ExchangeClient client;

	@Autowired
	private LimiterRegistry limiters;

	@BeforeAll
	static void startBureau() throws IOException {
		bureau = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
		bureau.createContext("/rates/", FeignRecipeTests::answer);
		bureau.start();
	}

	@AfterAll
	static void stopBureau() {
		bureau.stop(0);
	}

	@DynamicPropertySource
	static void url(DynamicPropertyRegistry properties) {
		properties.add("exchange.url", () -> "http://localhost:" + bureau.getAddress().getPort());
	}

	@BeforeEach
	void forget() {
		STATUSES.clear();
		REQUESTS.set(0);
	}

	@Test
	void callTakesAPermitAndAToken() {
		assertThat(this.client.rateOf("usd")).isEqualTo(new BigDecimal("1.16"));
		LimiterAssertions.assertThat(this.limiters.concurrencyLimiter("exchange")).hasGranted(1).isIdle();
		LimiterAssertions.assertThat(this.limiters.rateLimiter("exchange-requests")).hasGranted(1);
	}

	@Test
	void eachAttemptTakesATokenUnderOnePermit() {
		STATUSES.add(503);
		STATUSES.add(503);
		assertThat(this.client.rateOf("usd")).isEqualTo(new BigDecimal("1.16"));
		assertThat(REQUESTS).hasValue(3);
		LimiterAssertions.assertThat(this.limiters.concurrencyLimiter("exchange")).hasGranted(1);
		LimiterAssertions.assertThat(this.limiters.rateLimiter("exchange-requests")).hasGranted(3);
	}

	@Test
	void answerThatDoesNotSayWhenIsNotTriedAgain() {
		STATUSES.add(500);
		assertThatExceptionOfType(feign.FeignException.InternalServerError.class)
			.isThrownBy(() -> this.client.rateOf("usd"));
		assertThat(REQUESTS).hasValue(1);
	}

	@Test
	void answersThatSayWhenEachTimeFailAfterTheLastAttempt() {
		for (int i = 0; i < 3; i++) {
			STATUSES.add(429);
		}
		assertThatExceptionOfType(RetryableException.class).isThrownBy(() -> this.client.rateOf("usd"))
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(429));
		assertThat(REQUESTS).hasValue(3);
	}

	@Test
	void callThatIsRefusedFailsWithTheRefusalItselfAndSendsNothing() {
		ConcurrencyLimiter exchange = this.limiters.concurrencyLimiter("exchange");
		exchange.change((spec) -> spec.withMax(1).withTimeout(Duration.ZERO));
		try (Permit taken = Objects.requireNonNull(exchange.tryAcquire())) {
			assertThat(taken.isValid()).isTrue();
			assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> this.client.rateOf("usd"));
		}
		this.limiters.rateLimiter("exchange-requests").charge(1_000_000);
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> this.client.rateOf("usd"));
		assertThat(REQUESTS).hasValue(0);
		this.limiters.rateLimiter("exchange-requests").refund(1_000_000);
	}

	private static void answer(HttpExchange exchange) throws IOException {
		REQUESTS.incrementAndGet();
		Integer status = STATUSES.poll();
		byte[] body = "1.16".getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().add("Content-Type", "application/json");
		if (status != null && status != 500) {
			exchange.getResponseHeaders().add("Retry-After", "0");
		}
		exchange.sendResponseHeaders((status != null) ? status : 200, body.length);
		exchange.getResponseBody().write(body);
		exchange.close();
	}

}
