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

package io.github.penstock.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpServer;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimitExceededException;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import io.github.penstock.RefusalReason;
import io.github.penstock.http.HttpLimit;
import io.github.penstock.http.HttpLimits;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link LimiterShutdown}.
 */
class LimiterShutdownTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class))
		.withPropertyValues("penstock.bulkheads.b.max=1", "penstock.bulkheads.b.timeout=1h",
				"penstock.rate-limits.r.limit=1", "penstock.rate-limits.r.per=1h", "penstock.rate-limits.r.timeout=2h");

	@Test
	void closeWhenCallsWaitRefusesThemAtOnceAndSaysWhy() {
		this.contextRunner.run((context) -> {
			LimiterRegistry registry = context.getBean(LimiterRegistry.class);
			ConcurrencyLimiter bulkhead = registry.concurrencyLimiter("b");
			RateLimiter rateLimit = registry.rateLimiter("r");
			Permit held = bulkhead.acquire();
			rateLimit.acquire();
			FutureTask<LimitExceededException> parked = new FutureTask<>(
					() -> catchThrowableOfType(LimitExceededException.class, bulkhead::acquire));
			new Thread(parked).start();
			CompletableFuture<Permit> permit = bulkhead.acquireAsync();
			CompletableFuture<Void> token = rateLimit.acquireAsync();
			Awaitility.await().until(() -> bulkhead.waiting() == 2 && rateLimit.waiting() == 1);
			context.getSourceApplicationContext().close();
			assertThat(parked.get(20, TimeUnit.SECONDS).reason()).isEqualTo(RefusalReason.SHUT_DOWN);
			assertThat(permit).failsWithin(Duration.ofSeconds(20))
				.withThrowableThat()
				.withMessageContaining("Bulkhead 'b' lets nobody wait any more: the application ends");
			assertThat(token).failsWithin(Duration.ofSeconds(20))
				.withThrowableThat()
				.withMessageContaining("Rate limit 'r' lets nobody wait any more: the application ends");
			held.close();
			assertThat(bulkhead.available()).isOne();
			assertThat(bulkhead.waiting()).isZero();
		});
	}

	@Test
	void closeWhenRequestsWaitOutAPauseRefusesThemAtOnceAndSaysWhy() {
		HttpServer server = server();
		this.contextRunner
			.withConfiguration(
					AutoConfigurations.of(PenstockHttpClientAutoConfiguration.class, HttpClientAutoConfiguration.class,
							ImperativeHttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
							RestClientAutoConfiguration.class, WebClientAutoConfiguration.class))
			.withPropertyValues("penstock.http-clients.c.hosts=localhost", "penstock.http-clients.c.max=5",
					"penstock.http-clients.c.timeout=2h", "penstock.http-clients.c.max-pause=1h")
			.run((context) -> {
				String url = "http://localhost:" + server.getAddress().getPort() + "/";
				RestClient blocking = context.getBean(RestClient.Builder.class).build();
				WebClient reactive = context.getBean(WebClient.Builder.class).build();
				HttpLimit limit = context.getBean(HttpLimits.class).all().get("c");
				catchThrowableOfType(HttpClientErrorException.class,
						() -> blocking.get().uri(url).retrieve().toBodilessEntity());
				FutureTask<LimitExceededException> parked = new FutureTask<>(() -> catchThrowableOfType(
						LimitExceededException.class, () -> blocking.get().uri(url).retrieve().toBodilessEntity()));
				new Thread(parked).start();
				CompletableFuture<?> waiting = reactive.get().uri(url).retrieve().toBodilessEntity().toFuture();
				Awaitility.await().until(() -> limit.pause().waiting() == 2);
				context.getSourceApplicationContext().close();
				assertThat(parked.get(20, TimeUnit.SECONDS).reason()).isEqualTo(RefusalReason.SHUT_DOWN);
				assertThat(waiting).failsWithin(Duration.ofSeconds(20))
					.withThrowableThat()
					.withMessageContaining("'c' lets nobody wait any more: the application ends");
				Awaitility.await().until(() -> limit.bulkhead().inUse() == 0);
				assertThat(limit.pause().waiting()).isZero();
			});
		server.stop(0);
	}

	/** Asks for a pause of an hour. */
	private static HttpServer server() {
		try {
			HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
			server.createContext("/", (exchange) -> {
				exchange.getResponseHeaders().add("Retry-After", "3600");
				exchange.sendResponseHeaders(429, -1);
				exchange.close();
			});
			server.start();
			return server;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void closeWhenItIsAChildThatClosesRefusesNobody() {
		this.contextRunner.run((context) -> {
			ConcurrencyLimiter bulkhead = context.getBean(LimiterRegistry.class).concurrencyLimiter("b");
			Permit held = bulkhead.acquire();
			CompletableFuture<Permit> waiting = bulkhead.acquireAsync();
			try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
				child.setParent(context);
				child.refresh();
			}
			assertThat(waiting).isNotDone();
			held.close();
			assertThat(waiting).succeedsWithin(Duration.ofSeconds(20));
			waiting.join().close();
		});
	}

}
