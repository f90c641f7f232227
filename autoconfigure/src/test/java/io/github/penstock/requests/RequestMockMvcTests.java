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

import java.util.concurrent.Callable;

import io.github.penstock.LimiterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rules for requests that no server has received.
 */
@SpringBootTest(classes = RequestMockMvcTests.Application.class,
		properties = { "penstock.requests.api.paths=/api/**", "penstock.requests.api.key=ip",
				"penstock.requests.api.limit=2", "penstock.requests.api.per=1h", "penstock.requests.api.max=1",
				"penstock.requests.api.headers=true" })
@AutoConfigureMockMvc
class RequestMockMvcTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private LimiterRegistry registry;

	@Test
	void requestsAreLimitedAsByAServer() {
		assertThat(this.mvc.get().uri("/api/quick")).hasStatusOk().containsHeader("RateLimit");
		assertThat(this.mvc.get().uri("/api/later")).hasStatusOk().bodyText().isEqualTo("later");
		assertThat(this.mvc.get().uri("/api/quick")).hasStatus(429).containsHeader(HttpHeaders.RETRY_AFTER);
		assertThat(this.registry.concurrencyLimiter("api").forKey("127.0.0.1").inUse()).isZero();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
	@Import(Handlers.class)
	static class Application {

	}

	@RestController
	static class Handlers {

		@GetMapping("/api/quick")
		String quick() {
			return "ok";
		}

		@GetMapping("/api/later")
		Callable<String> later() {
			return () -> "later";
		}

	}

}
