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

package io.github.penstock.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class RefusalWebFluxTests {

	private static RunningServer server;

	@BeforeAll
	static void start() {
		server = RunningServer.webFlux(Application.class);
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@Test
	void bulkheadWhenFullIs503WithRetryAfterAndProblem() {
		HttpResponse<String> response = server.get("/bulkhead?secret=1");
		assertThat(response.statusCode()).isEqualTo(503);
		assertThat(response.headers().allValues("Retry-After")).containsExactly("1");
		assertThat(response.headers().allValues("Content-Type")).containsExactly("application/problem+json");
		assertThat(response.body()).isEqualTo(Refusals.BULKHEAD_PROBLEM.formatted("/bulkhead"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/direct", "/mono", "/mono-wrapped", "/flux", "/sse", "/future", "/typed", "/blocked",
			"/function", "/function-mono", "/filter", "/filter-mono" })
	void rateLimitWhenExceededIs429WithRetryAfterAndProblem(String path) {
		assertIsRateLimitProblem(server.get(path), path);
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json", "application/xml", "text/html", "text/event-stream", "image/png",
			"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "nonsense" })
	void refusalWhenClientPrefersOtherKindIsProblemStill(String accept) {
		assertIsRateLimitProblem(server.get("/function-mono", "Accept", accept), "/function-mono");
	}

	@Test
	void refusalOfKeyHasItsHashAndWhatTheCallCosts() {
		HttpResponse<String> response = server.get("/key");
		assertThat(response.statusCode()).isEqualTo(429);
		assertThat(response.headers().allValues("Retry-After")).containsExactly("7200");
		assertThat(response.body()).isEqualTo(Refusals.KEY_PROBLEM.formatted("/key", Refusals.keyExceeded().keyHash()))
			.doesNotContain("4711");
	}

	@Test
	void refusalOfWhatCanNeverBePaidSaysNothingOfAnotherTry() {
		HttpResponse<String> response = server.get("/costly");
		assertThat(response.statusCode()).isEqualTo(429);
		assertThat(response.headers().allValues("Retry-After")).isEmpty();
		assertThat(response.body())
			.isEqualTo(Refusals.TOO_COSTLY_PROBLEM.formatted("/costly", Refusals.tooCostly().keyHash()));
	}

	@Test
	void refusalWhenHeadRequestHasHeadersOnly() {
		HttpResponse<String> response = server.send("HEAD", "/mono", BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(429);
		assertThat(response.headers().allValues("Retry-After")).containsExactly("3");
		assertThat(response.body()).isEmpty();
	}

	@Test
	void refusalWhenResponseIsCommittedLeavesItAlone() throws IOException {
		HttpResponse<InputStream> response = server.send("GET", "/committed", BodyHandlers.ofInputStream());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Retry-After")).isEmpty();
		assertThat(received(response)).isEqualTo("half");
	}

	@Test
	void refusalWhenHandledIsNotLogged(CapturedOutput output) {
		server.get("/mono");
		server.get("/function");
		server.get("/filter");
		assertThat(output).doesNotContain("RateLimitExceeded", "ERROR", "WARN", "supplier-api");
	}

	@Test
	void otherFailureIsNoneOfOurs() {
		assertThat(server.get("/other").statusCode()).isEqualTo(500);
		assertThat(server.get("/status").statusCode()).isEqualTo(502);
		assertThat(server.get("/none").statusCode()).isEqualTo(404);
	}

	@Test
	void refusalWhenProblemDetailsEnabledIsTheSame() {
		try (RunningServer problems = RunningServer.webFlux(Application.class,
				"spring.webflux.problemdetails.enabled=true", "spring.main.lazy-initialization=true")) {
			assertIsRateLimitProblem(problems.get("/mono"), "/mono");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "penstock.web.enabled", "penstock.enabled" })
	void mappingWhenSwitchedOffIsNotThere(String property) {
		try (RunningServer plain = RunningServer.webFlux(Application.class, property + "=false")) {
			assertThat(plain.get("/mono").statusCode()).isEqualTo(500);
			assertThat(plain.context().getBeanNamesForType(RefusalWebExceptionHandler.class)).isEmpty();
		}
	}

	private static String received(HttpResponse<InputStream> response) throws IOException {
		StringBuilder received = new StringBuilder();
		try (InputStream body = response.body()) {
			for (int c = body.read(); c >= 0; c = body.read()) {
				received.append((char) c);
			}
		}
		catch (IOException ex) {
			// A server may break the connection off.
		}
		return received.toString();
	}

	private static void assertIsRateLimitProblem(HttpResponse<String> response, String path) {
		assertThat(response.statusCode()).isEqualTo(429);
		assertThat(response.headers().allValues("Retry-After")).containsExactly("3");
		assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
		assertThat(response.headers().allValues("Content-Type")).containsExactly("application/problem+json");
		assertThat(response.headers().firstValue("Content-Encoding")).isEmpty();
		assertThat(response.body()).isEqualTo(Refusals.RATE_LIMIT_PROBLEM.formatted(path));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Endpoints.class)
	static class Application {

		@Bean
		RouterFunction<ServerResponse> functions() {
			return RouterFunctions.route().GET("/function", (request) -> {
				throw Refusals.rateLimitExceeded();
			}).GET("/function-mono", (request) -> Mono.error(Refusals::rateLimitExceeded)).build();
		}

		@Bean
		WebFilter limitedFilter() {
			return (exchange, chain) -> switch (exchange.getRequest().getPath().value()) {
				case "/filter" -> throw Refusals.rateLimitExceeded();
				case "/filter-mono" -> Mono.error(Refusals::rateLimitExceeded);
				default -> chain.filter(exchange);
			};
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/bulkhead")
		Mono<String> bulkhead() {
			return Mono.error(Refusals::bulkheadFull);
		}

		@GetMapping("/direct")
		String direct() {
			throw Refusals.rateLimitExceeded();
		}

		@GetMapping("/mono")
		Mono<String> mono() {
			return Mono.error(Refusals::rateLimitExceeded);
		}

		@GetMapping("/mono-wrapped")
		Mono<String> monoWrapped() {
			return Mono.error(() -> new ExecutionException(Refusals.rateLimitExceeded()));
		}

		@GetMapping("/flux")
		Flux<Map<String, String>> flux() {
			return Flux.error(Refusals::rateLimitExceeded);
		}

		@GetMapping(path = "/sse", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> sse() {
			return Flux.error(Refusals::rateLimitExceeded);
		}

		@GetMapping("/future")
		CompletableFuture<String> future() {
			return CompletableFuture.supplyAsync(() -> {
				throw Refusals.rateLimitExceeded();
			});
		}

		@GetMapping("/typed")
		Mono<Void> typed(ServerHttpResponse response) {
			response.setStatusCode(HttpStatus.CREATED);
			response.getHeaders().setContentType(MediaType.IMAGE_PNG);
			response.getHeaders().setContentLength(100_000);
			response.getHeaders().set("Content-Encoding", "br");
			response.getHeaders().set("Cache-Control", "max-age=3600");
			return Mono.error(Refusals::rateLimitExceeded);
		}

		@GetMapping("/blocked")
		Mono<String> blocked() {
			return Mono.fromCallable(() -> CompletableFuture.failedFuture(Refusals.rateLimitExceeded()).join())
				.map(Object::toString);
		}

		@GetMapping("/committed")
		Mono<Void> committed(ServerHttpResponse response) {
			byte[] half = "half".getBytes(StandardCharsets.UTF_8);
			return response.writeAndFlushWith(Flux.just(Mono.just(response.bufferFactory().wrap(half))))
				.then(Mono.error(Refusals::rateLimitExceeded));
		}

		@GetMapping("/key")
		Mono<String> key() {
			return Mono.error(Refusals::keyExceeded);
		}

		@GetMapping("/costly")
		Mono<String> costly() {
			return Mono.error(Refusals::tooCostly);
		}

		@GetMapping("/other")
		Mono<String> other() {
			return Mono.error(() -> new UncheckedIOException(new IOException("disk")));
		}

		@GetMapping("/status")
		Mono<String> status() {
			return Mono.error(() -> new ResponseStatusException(HttpStatus.BAD_GATEWAY, "supplier",
					Refusals.rateLimitExceeded()));
		}

	}

}
