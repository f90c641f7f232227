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
