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

import java.util.concurrent.CompletableFuture;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.web.RunningServer;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Rules whose key is the caller, in Spring MVC.
 */
class RequestPrincipalMvcOrderTests extends RequestPrincipalContract {

	@Override
	RunningServer start(String... properties) {
		return RunningServer.mvc(Application.class, properties);
	}

	@Test
	void keyThatIsThePrincipalIsFineWhereSomebodyAuthenticates() {
		try (RunningServer server = start("penstock.requests.user.paths=/api/**",
				"penstock.requests.user.key=principal", "penstock.requests.user.max=2",
				"spring.security.filter.order=5")) {
			assertThat(server.get("/api/a", user("ann", "secret")).statusCode()).isEqualTo(200);
			LimiterRegistry registry = server.context().getBean(LimiterRegistry.class);
			await().untilAsserted(() -> assertThat(registry.concurrencyLimiter("user").stats().granted()).isOne());
			await().untilAsserted(() -> assertThat(registry.concurrencyLimiter("user").forKey("ann").inUse()).isZero());
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

		@Bean
		SecurityFilterChain chain(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests(
						(requests) -> requests.requestMatchers("/open").permitAll().anyRequest().authenticated())
				.anonymous(Customizer.withDefaults())
				.httpBasic(Customizer.withDefaults())
				.csrf((csrf) -> csrf.disable())
				.build();
		}

		@Bean
		InMemoryUserDetailsManager users() {
			return new InMemoryUserDetailsManager(details("ann"), details("bob"));
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/open")
		String open() {
			return "open";
		}

		@GetMapping("/api/a")
		String name(java.security.Principal principal) {
			return principal.getName();
		}

		@GetMapping("/denied/now")
		String now() {
			throw new AccessDeniedException("on purpose");
		}

		@GetMapping("/denied/later")
		CompletableFuture<String> later() {
			return CompletableFuture.failedFuture(new AccessDeniedException("on purpose"));
		}

	}

}
