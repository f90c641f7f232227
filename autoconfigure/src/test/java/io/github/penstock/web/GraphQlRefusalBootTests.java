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

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import graphql.GraphQLError;
import graphql.GraphqlErrorBuilder;
import graphql.schema.DataFetchingEnvironment;
import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.autoconfigure.PenstockGraphQlAutoConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.graphql.data.method.annotation.BatchMapping;
import org.springframework.graphql.data.method.annotation.GraphQlExceptionHandler;
import org.springframework.graphql.data.method.annotation.MutationMapping;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.graphql.data.method.annotation.SubscriptionMapping;
import org.springframework.graphql.execution.DataFetcherExceptionResolver;
import org.springframework.graphql.execution.DataFetcherExceptionResolverAdapter;
import org.springframework.graphql.execution.ErrorType;
import org.springframework.stereotype.Controller;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GraphQlRefusals} over HTTP, with
 * {@link PenstockGraphQlAutoConfiguration}.
 */
@ParameterizedClass
@EnumSource
@ExtendWith(OutputCaptureExtension.class)
class GraphQlRefusalBootTests {

	private static final Map<Stack, RunningServer> SERVERS = new EnumMap<>(Stack.class);

	private final RunningServer server;

	GraphQlRefusalBootTests(Stack stack) {
		this.server = SERVERS.computeIfAbsent(stack, Stack::start);
	}

	@AfterAll
	static void stop() {
		SERVERS.values().forEach(RunningServer::close);
		SERVERS.clear();
	}

	@ParameterizedTest
	@ValueSource(strings = { "full", "future", "lateFuture", "mono", "flux", "completion", "wrapped", "method",
			"books{author}", "books{reviews}", "books{price}", "books{stock}" })
	void refusalByBulkheadIsServiceUnavailable(String field, CapturedOutput output) {
		Map<String, Object> error = error("{" + field + "}");
		assertThat(extensions(error)).containsEntry("classification", "SERVICE_UNAVAILABLE")
			.containsEntry("limiter", "shut")
			.containsEntry("retryAfter", 1)
			.hasSize(3);
		assertThat(error.get("message")).isEqualTo("The service is busy. Try again in 1 second.");
		assertThat(error).containsKeys("path", "locations");
		assertThat(output).doesNotContain(" ERROR ", "INTERNAL_ERROR", "Exception");
	}

	@Test
	void refusalByRateLimitIsTooManyRequestsAndSaysWhenToComeAgain() {
		Map<String, Object> error = error("{rate}");
		assertThat(extensions(error)).containsEntry("classification", "TOO_MANY_REQUESTS")
			.containsEntry("limiter", "hourly");
		assertThat((Integer) extensions(error).get("retryAfter")).isBetween(3000, 3600);
		assertThat(error.get("message")).asString().startsWith("Too many requests. Try again in 3");
	}

	@Test
	void refusalInMutationIsAnErrorToo() {
		assertThat(extensions(error("mutation{order}"))).containsEntry("classification", "SERVICE_UNAVAILABLE");
	}

	@Test
	void refusalOfRequiredFieldLeavesNoData() {
		assertThat(extensions(error("{required}"))).containsEntry("limiter", "shut");
	}

	@Test
	void refusalOfOneFieldLeavesTheOthers() {
		Map<String, Object> answer = answer("{full books{id}}");
		assertThat(answer.get("data")).asString().contains("full=null", "id=1");
		assertThat(answer.get("errors")).asList().hasSize(1);
	}

	@Test
	void handlerOfTheApplicationComesFirst() {
		assertThat(extensions(error("{own}"))).containsEntry("classification", "FORBIDDEN");
		assertThat(extensions(error("{ownCatchAll}"))).containsEntry("classification", "NOT_FOUND");
	}

	@Test
	void anyOtherFailureIsAsItWas() {
		assertThat(extensions(error("{broken}"))).containsEntry("classification", "INTERNAL_ERROR")
			.doesNotContainKey("limiter");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ticks", "noTicks" })
	void refusalInSubscriptionIsAnErrorOfItsStream(String field, CapturedOutput output) {
		HttpResponse<String> response = this.server.post("/graphql", "{\"query\":\"subscription{" + field + "}\"}",
				"Content-Type", "application/json", "Accept", "text/event-stream");
		assertThat(response.body()).contains("\"classification\":\"SERVICE_UNAVAILABLE\"", "\"limiter\":\"shut\"",
				"\"retryAfter\":1");
		assertThat(output).doesNotContain(" ERROR ");
	}

	private Map<String, Object> answer(String query) {
		HttpResponse<String> response = this.server.post("/graphql", "{\"query\":\"" + query + "\"}", "Content-Type",
				"application/json", "Accept", "application/json");
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return JsonParserFactory.getJsonParser().parseMap(response.body());
	}

	@SuppressWarnings("unchecked")
	private Map<String, Object> error(String query) {
		Map<String, Object> answer = answer(query);
		assertThat(answer.get("errors")).as(answer.toString()).isNotNull();
		return ((List<Map<String, Object>>) answer.get("errors")).get(0);
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> extensions(Map<String, Object> error) {
		return (Map<String, Object>) error.get("extensions");
	}

	enum Stack {

		MVC, WEB_FLUX;

		RunningServer start() {
			String[] properties = { "spring.graphql.schema.locations=classpath:graphql-refusals/",
					"penstock.bulkheads.shut.max=0", "penstock.rate-limits.hourly.limit=1",
					"penstock.rate-limits.hourly.per=1h", "penstock.rate-limits.hourly.timeout=0s" };
			return (this == MVC) ? RunningServer.mvc(Application.class, properties)
					: RunningServer.webFlux(Application.class, properties);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Books.class, Limited.class, Guarded.class })
	static class Application {

		@Bean
		DataFetcherExceptionResolver catchAll() {
			return new DataFetcherExceptionResolverAdapter() {

				@Override
				protected GraphQLError resolveToSingleError(Throwable failure, DataFetchingEnvironment environment) {
					return environment.getField().getName().equals("ownCatchAll")
							? GraphqlErrorBuilder.newError(environment)
								.message("mine")
								.errorType(ErrorType.NOT_FOUND)
								.build()
							: null;
				}

			};
		}

	}

	record Book(String id) {
	}

	/** Limited as a whole, so that its handler must not be. */
	@Controller
	@Bulkhead(name = "shut", timeout = "0")
	static class Guarded {

		@QueryMapping
		public String own() {
			return "own";
		}

		@GraphQlExceptionHandler
		public GraphQLError refused(BulkheadFullException ex, DataFetchingEnvironment environment) {
			return GraphqlErrorBuilder.newError(environment).message("mine").errorType(ErrorType.FORBIDDEN).build();
		}

	}

	@Controller
	static class Books {

		private final ConcurrencyLimiter shut;

		private final RateLimiter hourly;

		private final Limited limited;

		Books(LimiterRegistry registry, Limited limited) {
			this.shut = registry.concurrencyLimiter("shut");
			this.hourly = registry.rateLimiter("hourly");
			this.limited = limited;
		}

		private BulkheadFullException refusal() {
			try {
				this.shut.acquire(Duration.ZERO);
				throw new IllegalStateException("It was to be shut");
			}
			catch (BulkheadFullException ex) {
				return ex;
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@QueryMapping
		String full() {
			return this.limited.text();
		}

		@QueryMapping
		String required() {
			return this.limited.text();
		}

		@QueryMapping
		String ownCatchAll() {
			return this.limited.text();
		}

		@QueryMapping
		@Bulkhead(name = "shut", timeout = "0")
		String method() {
			return "method";
		}

		@QueryMapping
		String rate() throws InterruptedException {
			for (int i = 0; i < 3; i++) {
				this.hourly.acquire();
			}
			return "rate";
		}

		@QueryMapping
		CompletableFuture<String> future() {
			return this.limited.future();
		}

		@QueryMapping
		CompletableFuture<String> lateFuture() {
			return CompletableFuture.supplyAsync(this.limited::text).thenApply((text) -> text + "!");
		}

		@QueryMapping
		Mono<String> mono() {
			return this.limited.mono();
		}

		@QueryMapping
		Flux<String> flux() {
			return Flux.just("a").concatWith(this.limited.mono());
		}

		@QueryMapping
		String completion() {
			throw new CompletionException(new ExecutionException(refusal()));
		}

		@QueryMapping
		String wrapped() {
			throw new IllegalStateException(refusal());
		}

		@QueryMapping
		String broken() {
			throw new IllegalStateException("secret");
		}

		@QueryMapping
		List<Book> books() {
			return List.of(new Book("1"), new Book("2"));
		}

		@BatchMapping
		Map<Book, String> author(List<Book> books) {
			throw refusal();
		}

		@BatchMapping
		Mono<Map<Book, String>> reviews(List<Book> books) {
			return Mono.error(refusal());
		}

		@BatchMapping
		Flux<String> price(List<Book> books) {
			return Flux.error(refusal());
		}

		@BatchMapping
		List<String> stock(List<Book> books) {
			return List.of(this.limited.text());
		}

		@MutationMapping
		String order() {
			return this.limited.text();
		}

		@SubscriptionMapping
		Flux<Integer> ticks() {
			return Flux.just(1, 2).concatWith(Mono.error(refusal()));
		}

		@SubscriptionMapping
		Flux<Integer> noTicks() {
			throw refusal();
		}

	}

	static class Limited {

		@Bulkhead(name = "shut", timeout = "0")
		public String text() {
			return "text";
		}

		@Bulkhead(name = "shut", timeout = "0")
		public CompletableFuture<String> future() {
			return CompletableFuture.completedFuture("text");
		}

		@Bulkhead(name = "shut", timeout = "0")
		public Mono<String> mono() {
			return Mono.just("text");
		}

	}

}
