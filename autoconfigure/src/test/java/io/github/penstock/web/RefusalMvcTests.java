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
import java.lang.reflect.UndeclaredThrowableException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
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
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class RefusalMvcTests {

	private static RunningServer server;

	@BeforeAll
	static void start() {
		server = RunningServer.mvc(Application.class);
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
	@ValueSource(strings = { "/direct", "/completion", "/execution", "/undeclared", "/servlet", "/assertion", "/future",
			"/future-wrapped", "/callable", "/deferred", "/mono", "/flux", "/sse", "/streaming", "/writer", "/typed",
			"/function", "/function-future", "/filter", "/filter-wrapped" })
	void rateLimitWhenExceededIs429WithRetryAfterAndProblem(String path) {
		assertIsRateLimitProblem(server.get(path), path);
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json", "application/xml", "text/html", "text/event-stream", "image/png",
			"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "nonsense" })
	void refusalWhenClientPrefersOtherKindIsProblemStill(String accept) {
		assertIsRateLimitProblem(server.get("/direct", "Accept", accept), "/direct");
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
		HttpResponse<String> response = server.send("HEAD", "/direct", BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(429);
		assertThat(response.headers().allValues("Retry-After")).containsExactly("3");
		assertThat(response.body()).isEmpty();
	}

	@Test
	void refusalWhenPathIsOddIsQuotedAsItCame() {
		HttpResponse<String> response = server.get("/direct/%22%7B%C3%A9;v=1");
		assertIsRateLimitProblem(response, "/direct/%22%7B%C3%A9;v=1");
	}

	@Test
	void refusalWhenResponseIsCommittedLeavesItAlone() throws IOException {
		HttpResponse<InputStream> response = server.send("GET", "/committed", BodyHandlers.ofInputStream());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Retry-After")).isEmpty();
		assertThat(received(response)).startsWith("half").doesNotContain("supplier-api");
	}

	@Test
	void refusalWhenHandledIsNotLogged(CapturedOutput output) {
		server.get("/direct");
		server.get("/future");
		server.get("/filter");
		server.get("/function");
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
		try (RunningServer problems = RunningServer.mvc(Application.class, "spring.mvc.problemdetails.enabled=true",
				"spring.main.lazy-initialization=true")) {
			assertIsRateLimitProblem(problems.get("/direct"), "/direct");
			assertIsRateLimitProblem(problems.get("/filter"), "/filter");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "penstock.web.enabled", "penstock.enabled" })
	void mappingWhenSwitchedOffIsNotThere(String property) {
		try (RunningServer plain = RunningServer.mvc(Application.class, property + "=false")) {
			assertThat(plain.get("/direct").statusCode()).isEqualTo(500);
			assertThat(plain.get("/filter").statusCode()).isEqualTo(500);
			assertThat(plain.context().getBeanNamesForType(RefusalHandlerExceptionResolver.class)).isEmpty();
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
			}).GET("/function-future", (request) -> ServerResponse.async(CompletableFuture.supplyAsync(() -> {
				throw Refusals.rateLimitExceeded();
			}))).build();
		}

		@Bean
		Filter limitedFilter() {
			return (request, response, chain) -> {
				switch (((HttpServletRequest) request).getRequestURI()) {
					case "/filter" -> throw Refusals.rateLimitExceeded();
					case "/filter-wrapped" -> throw new ServletException(Refusals.rateLimitExceeded());
					default -> chain.doFilter(request, response);
				}
			};
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/bulkhead")
		String bulkhead() {
			throw Refusals.bulkheadFull();
		}

		@GetMapping({ "/direct", "/direct/{odd}" })
		String direct() {
			throw Refusals.rateLimitExceeded();
		}

		@GetMapping("/completion")
		String completion() {
			throw new CompletionException(Refusals.rateLimitExceeded());
		}

		@GetMapping("/execution")
		String execution() throws ExecutionException {
			throw new ExecutionException(Refusals.rateLimitExceeded());
		}

		@GetMapping("/undeclared")
		String undeclared() {
			throw new UndeclaredThrowableException(Refusals.rateLimitExceeded());
		}

		@GetMapping("/servlet")
		String servlet() throws ServletException {
			throw new ServletException(Refusals.rateLimitExceeded());
		}

		@GetMapping("/assertion")
		String assertion() {
			throw new AssertionError(Refusals.rateLimitExceeded());
		}

		@GetMapping("/future")
		CompletableFuture<String> future() {
			return CompletableFuture.failedFuture(Refusals.rateLimitExceeded());
		}

		@GetMapping("/future-wrapped")
		CompletableFuture<String> futureWrapped() {
			return CompletableFuture.supplyAsync(() -> {
				throw new CompletionException(new ExecutionException(Refusals.rateLimitExceeded()));
			});
		}

		@GetMapping("/callable")
		Callable<String> callable() {
			return () -> {
				throw Refusals.rateLimitExceeded();
			};
		}

		@GetMapping("/deferred")
		DeferredResult<String> deferred() {
			DeferredResult<String> result = new DeferredResult<>();
			result.setErrorResult(Refusals.rateLimitExceeded());
			return result;
		}

		@GetMapping("/mono")
		Mono<String> mono() {
			return Mono.error(Refusals::rateLimitExceeded);
		}

		@GetMapping("/flux")
		Flux<Map<String, String>> flux() {
			return Flux.error(Refusals::rateLimitExceeded);
		}

		@GetMapping(path = "/sse", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> sse() {
			return Flux.error(Refusals::rateLimitExceeded);
		}

		@GetMapping("/streaming")
		StreamingResponseBody streaming() {
			return (output) -> {
				throw Refusals.rateLimitExceeded();
			};
		}

		@GetMapping("/writer")
		void writer(HttpServletResponse response) throws IOException {
			response.getWriter().write("half");
			throw Refusals.rateLimitExceeded();
		}

		@GetMapping(path = "/typed", produces = "text/csv")
		void typed(HttpServletResponse response) throws IOException {
			response.setContentType("text/csv");
			response.setContentLength(100_000);
			response.setHeader("Cache-Control", "max-age=3600");
			response.getOutputStream().write("half".getBytes(StandardCharsets.UTF_8));
			throw Refusals.rateLimitExceeded();
		}

		@GetMapping("/committed")
		void committed(HttpServletResponse response) throws IOException {
			response.getOutputStream().write("half".getBytes(StandardCharsets.UTF_8));
			response.flushBuffer();
			throw Refusals.rateLimitExceeded();
		}

		@GetMapping("/key")
		String key() {
			throw Refusals.keyExceeded();
		}

		@GetMapping("/costly")
		String costly() {
			throw Refusals.tooCostly();
		}

		@GetMapping("/other")
		String other() {
			throw new UncheckedIOException(new IOException("disk"));
		}

		@GetMapping("/status")
		String status() {
			throw new ResponseStatusException(HttpStatus.BAD_GATEWAY, "supplier", Refusals.rateLimitExceeded());
		}

	}

}
