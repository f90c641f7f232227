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

import io.github.penstock.web.RunningServer;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Rules whose key is the caller, in Spring WebFlux.
 */
class RequestPrincipalWebFluxOrderTests extends RequestPrincipalContract {

	@Override
	RunningServer start(String... properties) {
		return RunningServer.webFlux(Application.class, properties);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = WebMvcAutoConfiguration.class)
	@Import(Handlers.class)
	static class Application {

		@Bean
		SecurityWebFilterChain chain(ServerHttpSecurity http) {
			return http
				.authorizeExchange(
						(exchanges) -> exchanges.pathMatchers("/open").permitAll().anyExchange().authenticated())
				.anonymous(Customizer.withDefaults())
				.httpBasic(Customizer.withDefaults())
				.csrf((csrf) -> csrf.disable())
				.build();
		}

		@Bean
		MapReactiveUserDetailsService users() {
			return new MapReactiveUserDetailsService(details("ann"), details("bob"));
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/open")
		String open() {
			return "open";
		}

		@GetMapping("/api/a")
		Mono<String> name(Mono<java.security.Principal> principal) {
			return principal.map(java.security.Principal::getName);
		}

		@GetMapping({ "/denied/now", "/denied/later" })
		Mono<String> denied() {
			return Mono.error(new AccessDeniedException("on purpose"));
		}

	}

}
