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

package io.github.penstock.recipes.llm;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RateLimiter;
import io.github.penstock.test.MovableTime;
import io.github.penstock.test.ResetLimiters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.client.HttpClientErrorException.TooManyRequests;
import org.springframework.web.client.HttpServerErrorException.InternalServerError;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the recipe of LLM APIs.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE, properties = { "spring.config.name=llm", "llm.host=localhost" })
@ResetLimiters
class LlmRecipeTests {

	private static final AtomicInteger REQUESTS = new AtomicInteger();

	private static final ExecutorService THREADS = Executors.newCachedThreadPool();

	private static HttpServer provider;

	private static volatile int status;

	private static volatile CountDownLatch lastPart;

	private final Map<String, Long> before = new HashMap<>();

	@Autowired
	private Assistant assistant;

	@Autowired
	private LimiterRegistry limiters;

	@Autowired
	private MovableTime time;

	@BeforeAll
	static void startProvider() throws IOException {
		provider = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
		provider.setExecutor(THREADS);
		provider.createContext("/answers", LlmRecipeTests::answer);
		provider.start();
	}

	@AfterAll
	static void stopProvider() {
		provider.stop(0);
		THREADS.shutdownNow();
	}

	@DynamicPropertySource
	static void url(DynamicPropertyRegistry properties) {
		properties.add("llm.url", () -> "http://localhost:" + provider.getAddress().getPort());
	}

	@BeforeEach
	void open() {
		status = 200;
		lastPart = new CountDownLatch(0);
		REQUESTS.set(0);
		this.before.clear();
		this.limiters.rateLimiters().forEach((limit) -> this.before.put(limit.name(), limit.stats().tokens()));
	}

	@AfterEach
	void fillBuckets() {
		lastPart.countDown();
		this.time.advance(Duration.ofHours(1));
	}

	@Test
	void callCostsWhatTheAnswerSays() {
		assertThat(this.assistant.ask("ann", question(4000)).text()).isEqualTo("Hello");
		assertThat(taken("llm-requests")).isEqualTo(1);
		assertThat(taken("llm-tokens")).isEqualTo(1700);
		assertThat(limit("llm-tenant").forKey("ann").available()).isEqualTo(8300);
	}

	@Test
	void tenantWhoseShareIsSpentTakesNothingFromTheOthers() {
		for (int i = 0; i < 5; i++) {
			this.assistant.ask("ben", question(4000));
		}
		assertThatExceptionOfType(RateLimitExceededException.class)
			.isThrownBy(() -> this.assistant.ask("ben", question(8000)))
			.satisfies((ex) -> assertThat(ex.name()).isEqualTo("llm-tenant"));
		assertThat(taken("llm-requests")).isEqualTo(5);
		assertThat(taken("llm-tokens")).isEqualTo(5 * 1700);
		assertThat(this.assistant.ask("cleo", question(4000)).text()).isEqualTo("Hello");
	}

	@Test
	void callThatFailsCostsNoTokensButIsARequest() {
		status = 500;
		assertThatExceptionOfType(InternalServerError.class)
			.isThrownBy(() -> this.assistant.ask("dan", question(4000)));
		assertThat(taken("llm-tokens")).isZero();
		assertThat(limit("llm-tenant").forKey("dan").available()).isEqualTo(10_000);
		assertThat(taken("llm-requests")).isEqualTo(1);
	}

	@Test
	void streamHoldsItsPermitUntilItsLastPart() {
		lastPart = new CountDownLatch(1);
		List<Answer> parts = new CopyOnWriteArrayList<>();
		CompletableFuture<Answer> end = this.assistant.stream("eve", question(4000))
			.doOnNext(parts::add)
			.last()
			.toFuture();
		Disposable left = this.assistant.stream("eve", question(4000)).subscribe();
		ConcurrencyLimiter streams = this.limiters.concurrencyLimiter("llm-streams").forKey("eve");
		await().until(() -> !parts.isEmpty() && streams.inUse() == 2);
		assertThatExceptionOfType(BulkheadFullException.class)
			.isThrownBy(() -> this.assistant.stream("eve", question(4)).blockLast());
		left.dispose();
		await().until(() -> streams.inUse() == 1);
		lastPart.countDown();
		assertThat(end.orTimeout(60, TimeUnit.SECONDS).join().usage()).isEqualTo(new Answer.Usage(1700));
		await().until(() -> streams.inUse() == 0);
		// The one that was left costs what was estimated.
		await().untilAsserted(() -> assertThat(taken("llm-tokens")).isEqualTo(1700 + 2000));
	}

	@Test
	void providerThatSaysStopIsNotAskedUntilItsTimeIsOver() {
		status = 429;
		assertThatExceptionOfType(TooManyRequests.class).isThrownBy(() -> this.assistant.ask("fay", question(4000)));
		status = 200;
		assertThatExceptionOfType(RateLimitExceededException.class)
			.isThrownBy(() -> this.assistant.ask("gus", question(4000)))
			.satisfies((ex) -> assertThat(ex.retryAfter()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(22)));
		assertThat(REQUESTS).hasValue(1);
		assertThat(limit("llm-tenant").forKey("gus").available()).isEqualTo(10_000);
		this.time.advance(Duration.ofMinutes(10));
		assertThat(this.assistant.ask("gus", question(4000)).text()).isEqualTo("Hello");
	}

	/** Since the test began. */
	private long taken(String limit) {
		return limit(limit).stats().tokens() - this.before.get(limit);
	}

	private RateLimiter limit(String name) {
		return this.limiters.rateLimiter(name);
	}

	/** 1000 tokens for the question, and as many as that for the answer. */
	private static Question question(int characters) {
		return new Question("x".repeat(characters), 1000);
	}

	private static void answer(HttpExchange exchange) throws IOException {
		REQUESTS.incrementAndGet();
		boolean stream = "text/event-stream".equals(exchange.getRequestHeaders().getFirst("Accept"));
		exchange.getRequestBody().readAllBytes();
		exchange.getResponseHeaders().add("Content-Type", stream ? "text/event-stream" : "application/json");
		if (status == 429) {
			exchange.getResponseHeaders().add("Retry-After", "20");
		}
		exchange.sendResponseHeaders(status, 0);
		try (OutputStream body = exchange.getResponseBody()) {
			if (stream) {
				body.write("data: {\"text\": \"Hel\"}\n\n".getBytes(StandardCharsets.UTF_8));
				body.flush();
				lastPart.await();
			}
			String end = "{\"text\": \"Hello\", \"usage\": {\"totalTokens\": 1700}}";
			body.write((stream ? "data: " + end + "\n\n" : end).getBytes(StandardCharsets.UTF_8));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class StandingTime {

		@Bean
		MovableTime time() {
			return new MovableTime();
		}

	}

}
