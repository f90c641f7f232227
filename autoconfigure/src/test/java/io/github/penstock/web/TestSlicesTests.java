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

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A test of an application's controllers alone sees the responses that its users see.
 */
class TestSlicesTests {

	@Nested
	@WebMvcTest
	@ContextConfiguration(classes = Application.class)
	class Mvc {

		@Test
		void refusalWhenWebMvcTestIs503(@Autowired MockMvcTester mvc) {
			assertThat(mvc.get().uri("/limited")).hasStatus(503).hasHeader("Retry-After", "1");
		}

	}

	@Nested
	@WebFluxTest
	@ContextConfiguration(classes = Application.class)
	class WebFlux {

		@Test
		void refusalWhenWebFluxTestIs503(@Autowired WebTestClient client) {
			client.get()
				.uri("/limited")
				.exchange()
				.expectStatus()
				.isEqualTo(503)
				.expectHeader()
				.valueEquals("Retry-After", "1");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(LimitedController.class)
	static class Application {

	}

	@RestController
	static class LimitedController {

		@GetMapping("/limited")
		Mono<String> limited() {
			return Mono.error(Refusals::bulkheadFull);
		}

	}

}
