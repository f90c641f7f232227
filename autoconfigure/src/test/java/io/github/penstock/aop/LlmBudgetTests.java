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

package io.github.penstock.aop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

import com.sun.net.httpserver.HttpServer;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.annotation.RateLimited;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The budget of an LLM API as the documentation has it, on a server that answers with its
 * usage.
 */
class LlmBudgetTests {

	private static HttpServer server;

	@BeforeAll
	static void start() throws IOException {
		server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
		server.createContext("/completions", (exchange) -> {
			byte[] answer = "{\"text\":\"Hello\",\"usage\":{\"totalTokens\":4000}}".getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().add("Content-Type", "application/json");
			exchange.sendResponseHeaders(200, answer.length);
			exchange.getResponseBody().write(answer);
			exchange.close();
		});
		server.start();
	}

	@AfterAll
	static void stop() {
		server.stop(0);
	}

	@Test // W1, W2, M1
	void callPaysWhatTheAnswerSaysOfAllBudgetsOrNothing() {
		try (LimitedContext context = LimitedContext.of(Assistant.class)) {
			Assistant assistant = context.bean(Assistant.class);
			assertThat(assistant.complete("a", "x".repeat(400)).text()).isEqualTo("Hello");
			assertThat(context.rateLimit("llm-tokens").available()).isBetween(86_000L, 90_000L);
			assistant.complete("a", "x".repeat(400));
			assistant.complete("a", "x".repeat(400));
			long tokens = context.rateLimit("llm-tokens").stats().tokens();
			assertThat(tokens).isEqualTo(12_000);
			assertThat(context.rateLimit("llm-customer").forKey("a").debt()).isPositive();
			assertThatExceptionOfType(RateLimitExceededException.class)
				.isThrownBy(() -> assistant.complete("a", "x".repeat(400)))
				.satisfies((refusal) -> assertThat(refusal.name()).isEqualTo("llm-customer"));
			assertThat(context.rateLimit("llm-requests").stats().granted()).isEqualTo(3);
			assertThat(context.rateLimit("llm-tokens").stats().tokens()).isEqualTo(tokens);
			assertThat(assistant.complete("b", "x".repeat(400)).text()).isEqualTo("Hello");
			assertThat(assistant.stream("c", "x".repeat(400)).blockLast()).isNotNull();
			assertThat(context.rateLimit("llm-tokens").stats().tokens()).isEqualTo(tokens + 8_000);
			assertThatExceptionOfType(RateLimitExceededException.class)
				.isThrownBy(() -> assistant.complete("d", "x".repeat(400_000)))
				.satisfies((refusal) -> assertThat(refusal.cost()).isEqualTo(100_000));
		}
	}

	record Question(String prompt) {
	}

	record Completion(String text, Usage usage) {
	}

	record Usage(long totalTokens) {
	}

	static class Assistant {

		private final RestClient client = RestClient.create("http://localhost:" + server.getAddress().getPort());

		@RateLimited(name = "llm-requests", limit = 500, per = "1m", timeout = "0")
		@RateLimited(name = "llm-tokens", limit = 90_000, per = "1m", cost = "#prompt.length() / 4",
				actualCost = "#result.usage.totalTokens", timeout = "0")
		@RateLimited(name = "llm-customer", limit = 10_000, per = "1m", key = "#customer",
				cost = "#prompt.length() / 4", actualCost = "#result.usage.totalTokens", timeout = "0")
		public Completion complete(String customer, String prompt) {
			return this.client.post()
				.uri("/completions")
				.contentType(MediaType.APPLICATION_JSON)
				.body(new Question(prompt))
				.retrieve()
				.body(Completion.class);
		}

		/** Its usage comes last. */
		@RateLimited(name = "llm-requests", limit = 500, per = "1m", timeout = "0")
		@RateLimited(name = "llm-tokens", limit = 90_000, per = "1m", cost = "#prompt.length() / 4",
				actualCost = "#result.usage?.totalTokens", timeout = "0")
		public Flux<Completion> stream(String customer, String prompt) {
			return Flux.just(new Completion("Hel", null), new Completion("lo", null),
					new Completion("", new Usage(4000)));
		}

	}

}
