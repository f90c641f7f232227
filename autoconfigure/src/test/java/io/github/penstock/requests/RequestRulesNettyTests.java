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

package io.github.penstock.requests;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

import io.github.penstock.web.RunningServer;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RequestRulesNettyTests extends RequestRulesContract {

	private static final Gate GATE = new Gate();

	@Override
	RunningServer start(String... properties) {
		return RunningServer.webFlux(Application.class, properties);
	}

	@Override
	Gate gate() {
		return GATE;
	}

	@Test // L09
	void requestThatItsClientAbortsInLineLeavesIt() throws Exception {
		GATE.close();
		try (var first = connect()) {
			write(first, "GET /waiting/hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
			await().until(() -> GATE.waiting() == 1);
			try (var second = connect()) {
				write(second, "GET /waiting/hold HTTP/1.1\r\nHost: localhost\r\n\r\n");
				await().until(() -> this.registry.concurrencyLimiter("waiting").waiting() == 1);
				second.setSoLinger(true, 0);
			}
			await().until(() -> this.registry.concurrencyLimiter("waiting").waiting() == 0);
			assertThat(this.registry.concurrencyLimiter("waiting").inUse()).isOne();
			first.setSoLinger(true, 0);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

		@Bean
		RequestKey tenant() {
			return (request) -> {
				String tenant = request.getHeaders().getFirst("X-Tenant");
				return (tenant != null) ? tenant.toUpperCase(Locale.ROOT) : null;
			};
		}

	}

	@RestController
	static class Handlers {

		@RequestMapping({ "/plain/**", "/ip/**", "/header/**", "/list/**", "/path/**", "/bean/**", "/methods/**",
				"/busy/quick", "/both/**", "/except/**", "/spelled/x", "/shop/{tenant}/items", "/tiers/**",
				"/shadow/**", "/else/**" })
		String quick() {
			GATE.handle();
			return "ok";
		}

		@GetMapping({ "/busy/hold", "/waiting/hold" })
		Mono<String> hold() {
			return Mono.fromFuture(GATE::arrive).thenReturn("ok");
		}

		@GetMapping("/busy/async")
		Mono<String> async() {
			return Mono.fromFuture(GATE::arrive).publishOn(Schedulers.parallel()).thenReturn("ok");
		}

		@GetMapping("/busy/stream")
		Flux<DataBuffer> stream() {
			return Flux.concat(Mono.just(buffer("a")), Mono.fromFuture(GATE::arrive).thenReturn(buffer("b")));
		}

		@GetMapping("/busy/endless")
		Flux<DataBuffer> endless() {
			String some = "x".repeat(10_000);
			return Flux.<DataBuffer>generate((sink) -> sink.next(buffer(some)));
		}

		private static DataBuffer buffer(String text) {
			return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
		}

		@GetMapping("/busy/fail")
		String fail() {
			throw new IllegalStateException("on purpose");
		}

		@GetMapping("/busy/async-fail")
		Mono<String> asyncFail() {
			return Mono.error(new IllegalStateException("on purpose"));
		}

		@GetMapping("/busy/status")
		ResponseEntity<String> status() {
			return ResponseEntity.status(418).body("tea");
		}

		@GetMapping("/login")
		String form() {
			return "form";
		}

		@PostMapping("/login")
		Mono<ResponseEntity<String>> login(@RequestBody String password) {
			if (password.equals("throws")) {
				return Mono.error(new ResponseStatusException(HttpStatus.UNAUTHORIZED));
			}
			return Mono.just(ResponseEntity.status(password.equals("right") ? 200 : 401).body(""));
		}

	}

}
