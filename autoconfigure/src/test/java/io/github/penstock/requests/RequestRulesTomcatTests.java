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

import java.util.Locale;
import java.util.concurrent.CompletableFuture;

import io.github.penstock.web.RunningServer;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

class RequestRulesTomcatTests extends RequestRulesContract {

	static final Gate GATE = new Gate();

	@Override
	RunningServer start(String... properties) {
		return RunningServer.mvc(Application.class, properties);
	}

	@Override
	Gate gate() {
		return GATE;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Handlers.class, Keys.class })
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class Keys {

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
		String hold() {
			GATE.arrive().join();
			return "ok";
		}

		@GetMapping("/busy/async")
		CompletableFuture<String> async() {
			return GATE.arrive().thenApply((open) -> "ok");
		}

		@GetMapping("/busy/stream")
		StreamingResponseBody stream() {
			return (out) -> {
				out.write('a');
				out.flush();
				GATE.arrive().join();
				out.write('b');
			};
		}

		@GetMapping("/busy/endless")
		StreamingResponseBody endless() {
			return (out) -> {
				byte[] some = new byte[10_000];
				while (true) {
					out.write(some);
				}
			};
		}

		@GetMapping("/busy/fail")
		String fail() {
			throw new IllegalStateException("on purpose");
		}

		@GetMapping("/busy/async-fail")
		CompletableFuture<String> asyncFail() {
			return CompletableFuture.failedFuture(new IllegalStateException("on purpose"));
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
		ResponseEntity<String> login(@RequestBody String password) {
			if (password.equals("throws")) {
				throw new ResponseStatusException(HttpStatus.UNAUTHORIZED);
			}
			return ResponseEntity.status(password.equals("right") ? 200 : 401).body("");
		}

	}

}
