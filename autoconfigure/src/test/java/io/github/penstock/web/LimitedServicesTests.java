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

import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * From the annotation to the status line, with no code between.
 */
@ExtendWith(OutputCaptureExtension.class)
class LimitedServicesTests {

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
	void callWhenTokenIsSpentIs429(WebApplicationType type, CapturedOutput output) {
		try (RunningServer server = server(type)) {
			for (String path : new String[] { "/value", "/future", "/mono", "/flux", "/controller" }) {
				assertThat(server.get(path).statusCode()).as(path).isEqualTo(200);
				HttpResponse<String> refused = server.get(path);
				assertThat(refused.statusCode()).as(path).isEqualTo(429);
				assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow()).as(path)
					.isBetween(3000L, 3600L);
				assertThat(refused.body()).as(path).contains("\"limiter\":\"" + path.substring(1) + "\"");
			}
		}
		assertThat(output).doesNotContain("RateLimitExceeded", "ERROR");
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
	void callWhenBulkheadIsFullIs503(WebApplicationType type) throws InterruptedException {
		try (RunningServer server = server(type)) {
			Permit permit = server.context().getBean(LimiterRegistry.class).concurrencyLimiter("inventory").acquire();
			HttpResponse<String> refused = server.get("/inventory");
			assertThat(refused.statusCode()).isEqualTo(503);
			assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow()).isPositive();
			permit.close();
			assertThat(server.get("/inventory").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void callWhenLimitsAreSwitchedOffIsServed() {
		try (RunningServer server = RunningServer.mvc(Application.class, "penstock.enabled=false")) {
			assertThat(server.get("/value").statusCode()).isEqualTo(200);
			assertThat(server.get("/value").statusCode()).isEqualTo(200);
		}
	}

	private static RunningServer server(WebApplicationType type) {
		return (type == WebApplicationType.SERVLET) ? RunningServer.mvc(Application.class)
				: RunningServer.webFlux(Application.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Service.class, Endpoints.class })
	static class Application {

	}

	static class Service {

		@RateLimited(name = "value", limit = 1, per = "1h", timeout = "0")
		public String value() {
			return "value";
		}

		@RateLimited(name = "future", limit = 1, per = "1h", timeout = "0")
		public CompletableFuture<String> future() {
			return CompletableFuture.supplyAsync(() -> "future");
		}

		@RateLimited(name = "mono", limit = 1, per = "1h", timeout = "0")
		public Mono<String> mono() {
			return Mono.just("mono");
		}

		@RateLimited(name = "flux", limit = 1, per = "1h", timeout = "0")
		public Flux<String> flux() {
			return Flux.just("flux");
		}

		@Bulkhead(name = "inventory", max = 1, timeout = "0")
		public String inventory() {
			return "inventory";
		}

	}

	@RestController
	static class Endpoints {

		private final Service service;

		Endpoints(Service service) {
			this.service = service;
		}

		@GetMapping("/value")
		String value() {
			return this.service.value();
		}

		@GetMapping("/future")
		CompletableFuture<String> future() {
			return this.service.future();
		}

		@GetMapping("/mono")
		Mono<String> mono() {
			return this.service.mono();
		}

		@GetMapping("/flux")
		Flux<String> flux() {
			return this.service.flux();
		}

		@GetMapping("/inventory")
		String inventory() {
			return this.service.inventory();
		}

		@RateLimited(name = "controller", limit = 1, per = "1h", timeout = "0")
		@GetMapping("/controller")
		public String controller() {
			return "controller";
		}

	}

}
