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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

import io.github.penstock.LimitExceededException;
import io.github.penstock.RateLimitExceededException;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever the application does about the exception itself comes first, in Spring MVC.
 */
class UserHandlersMvcTests {

	@Test
	void refusalWhenControllerHandlesItIsTheControllersAffair() {
		try (RunningServer server = RunningServer.mvc(ControllerHandler.class)) {
			assertIsTheUsers(server.get("/limited"));
			assertIsTheUsers(server.get("/future"));
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { RejectedAdvice.class, CatchAllAdvice.class, UnorderedResolver.class, LastResolver.class,
			FirstFilter.class })
	void refusalWhenApplicationHandlesItIsTheApplicationsAffair(Class<?> application) {
		try (RunningServer server = RunningServer.mvc(application)) {
			assertIsTheUsers(server.get("/limited"));
		}
	}

	@Test
	void refusalWhenHandlerTakesOtherKindIsOurs() {
		try (RunningServer server = RunningServer.mvc(OtherAdvice.class)) {
			assertThat(server.get("/limited").statusCode()).isEqualTo(503);
		}
	}

	@Test
	void refusalWhenHandlerReturnsItsOwnHasWhatTheHandlerChanged() {
		try (RunningServer server = RunningServer.mvc(AddingAdvice.class)) {
			HttpResponse<String> response = server.get("/limited");
			assertThat(response.statusCode()).isEqualTo(503);
			assertThat(response.headers().allValues("Retry-After")).containsExactly("1");
			assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
			assertThat(response.body()).contains("\"limiter\":\"inventory\"", "\"help\":\"/status\"");
		}
	}

	private static void assertIsTheUsers(HttpResponse<String> response) {
		assertThat(response.statusCode()).isEqualTo(418);
		assertThat(response.headers().firstValue("Retry-After")).isEmpty();
	}

	@RestController
	static class LimitedController {

		@GetMapping("/limited")
		String limited() {
			throw Refusals.bulkheadFull();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(ControllerHandler.HandlingController.class)
	static class ControllerHandler {

		@RestController
		static class HandlingController extends LimitedController {

			@GetMapping("/future")
			CompletableFuture<String> future() {
				return CompletableFuture.supplyAsync(() -> {
					throw Refusals.rateLimitExceeded();
				});
			}

			@ExceptionHandler(LimitExceededException.class)
			@ResponseStatus(HttpStatus.I_AM_A_TEAPOT)
			String handle() {
				return "users";
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
	@Import(LimitedController.class)
	static class UnorderedResolver {

		@Bean
		HandlerExceptionResolver usersResolver() {
			return (request, response, handler, ex) -> {
				response.setStatus(418);
				return new ModelAndView();
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ LimitedController.class, LastResolver.Resolver.class })
	static class LastResolver {

		static class Resolver implements HandlerExceptionResolver, Ordered {

			@Override
			public ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
					Object handler, Exception ex) {
				response.setStatus(418);
				return new ModelAndView();
			}

			@Override
			public int getOrder() {
				return Ordered.LOWEST_PRECEDENCE;
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class FirstFilter {

		@Bean
		FilterRegistrationBean<Filter> handlingFilter() {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>((request, response, chain) -> {
				try {
					chain.doFilter(request, response);
				}
				catch (RejectedExecutionException ex) {
					((HttpServletResponse) response).setStatus(418);
				}
			});
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
			return registration;
		}

		@Bean
		FilterRegistrationBean<Filter> limitedFilter() {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>((request, response, chain) -> {
				throw Refusals.bulkheadFull();
			});
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
			return registration;
		}

	}

}
