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
import java.util.concurrent.RejectedExecutionException;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.LimitExceededException;
import io.github.penstock.RateLimitExceededException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever the application does about the exception itself comes first, in WebFlux.
 */
class UserHandlersWebFluxTests {

	@ParameterizedTest
	@ValueSource(classes = { ControllerHandler.class, RejectedAdvice.class, CatchAllAdvice.class, RouteHandler.class,
			EarlyHandler.class, SameOrderHandler.class, EarlyErrorHandler.class, UnorderedErrorHandler.class })
	void refusalWhenApplicationHandlesItIsTheApplicationsAffair(Class<?> application) {
		try (RunningServer server = RunningServer.webFlux(application)) {
			HttpResponse<String> response = server.get("/limited");
			assertThat(response.statusCode()).isEqualTo(418);
			assertThat(response.headers().firstValue("Retry-After")).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { OtherAdvice.class, PassingErrorHandler.class })
	void refusalWhenHandlerTakesOtherKindIsOurs(Class<?> application) {
		try (RunningServer server = RunningServer.webFlux(application)) {
			assertThat(server.get("/limited").statusCode()).isEqualTo(503);
		}
	}

	@Test
	void refusalWhenHandlerReturnsItsOwnHasWhatTheHandlerChanged() {
		try (RunningServer server = RunningServer.webFlux(AddingAdvice.class)) {
			HttpResponse<String> response = server.get("/limited");
			assertThat(response.statusCode()).isEqualTo(503);
			assertThat(response.headers().allValues("Retry-After")).containsExactly("1");
			assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
			assertThat(response.body()).contains("\"limiter\":\"inventory\"", "\"help\":\"/status\"");
		}
	}

	private static Mono<Void> answer(ServerWebExchange exchange) {
		exchange.getResponse().setStatusCode(HttpStatus.I_AM_A_TEAPOT);
		return exchange.getResponse().setComplete();
	}

	@RestController
	static class LimitedController {

		@GetMapping("/limited")
		Mono<String> limited() {
			return Mono.error(Refusals::bulkheadFull);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(ControllerHandler.HandlingController.class)
	static class ControllerHandler {

		@RestController
		static class HandlingController extends LimitedController {

			@ExceptionHandler
			ResponseEntity<String> handle(LimitExceededException ex) {
				return ResponseEntity.status(418).body("users");
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ LimitedController.class, RejectedAdvice.Advice.class })
	static class RejectedAdvice {

		@RestControllerAdvice
		static class Advice {

			@ExceptionHandler
			ResponseEntity<String> handle(RejectedExecutionException ex) {
				return ResponseEntity.status(418).body("users");
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ LimitedController.class, CatchAllAdvice.Advice.class })
	static class CatchAllAdvice {

		@RestControllerAdvice
		static class Advice {

			@ExceptionHandler(Exception.class)
			ResponseEntity<String> handle() {
				return ResponseEntity.status(418).body("users");
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ LimitedController.class, OtherAdvice.Advice.class })
	static class OtherAdvice {

		@RestControllerAdvice
		static class Advice {

			@ExceptionHandler(RateLimitExceededException.class)
			ResponseEntity<String> handle() {
				return ResponseEntity.status(418).body("users");
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ LimitedController.class, AddingAdvice.Advice.class })
	static class AddingAdvice {

		@RestControllerAdvice
		static class Advice {

			@ExceptionHandler
			ErrorResponse handle(LimitExceededException ex) {
				Refusal refusal = Refusal.of(ex);
				refusal.getBody().setProperty("help", "/status");
				return refusal;
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class RouteHandler {

		@Bean
		RouterFunction<ServerResponse> functions() {
			return RouterFunctions.route()
				.GET("/limited", (request) -> Mono.error(Refusals::bulkheadFull))
				.onError(BulkheadFullException.class, (ex, request) -> ServerResponse.status(418).build())
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(LimitedController.class)
	static class EarlyHandler {

		@Bean
		@Order(-2)
		WebExceptionHandler usersHandler() {
			return (exchange, ex) -> answer(exchange);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(LimitedController.class)
	static class SameOrderHandler {

		@Bean
		@Order(-1)
		WebExceptionHandler usersHandler() {
			return (exchange, ex) -> answer(exchange);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(LimitedController.class)
	static class EarlyErrorHandler {

		@Bean
		@Order(-2)
		ErrorWebExceptionHandler usersHandler() {
			return (exchange, ex) -> answer(exchange);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(LimitedController.class)
	static class UnorderedErrorHandler {

		@Bean
		ErrorWebExceptionHandler usersHandler() {
			return (exchange, ex) -> answer(exchange);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(LimitedController.class)
	static class PassingErrorHandler {

		@Bean
		ErrorWebExceptionHandler usersHandler() {
			return (exchange, ex) -> Mono.error(ex);
		}

	}

}
