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

package io.github.penstock.recipes.application;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.recipes.Caller;
import io.github.penstock.test.MovableTime;
import io.github.penstock.test.ResetLimiters;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the recipe of limits over a whole application.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.config.name=application-limits", "management.health.defaults.enabled=false" })
@ResetLimiters
class WholeApplicationRecipeTests {

	@Autowired
	private LimiterRegistry limiters;

	@Autowired
	private MovableTime time;

	private Caller caller;

	@BeforeEach
	void open(@LocalServerPort int port) {
		this.caller = new Caller(port);
		this.time.advance(Duration.ofHours(1));
	}

	@Test
	void allRequestsAreLimitedTogetherButThoseOfHealth() {
		ConcurrencyLimiter everything = this.limiters.concurrencyLimiter("everything");
		List<Permit> taken = new ArrayList<>();
		for (int i = 0; i < everything.max(); i++) {
			taken.add(Objects.requireNonNull(everything.tryAcquire()));
		}
		assertThat(status("/report")).isEqualTo(503);
		assertThat(status("/no-such-page")).isEqualTo(503);
		for (String path : List.of("/actuator/health", "/actuator/health/liveness", "/livez", "/readyz", "/status")) {
			assertThat(status(path)).as(path).isEqualTo(200);
		}
		taken.forEach(Permit::close);
		assertThat(status("/report")).isEqualTo(200);
		assertThat(status("/no-such-page")).isEqualTo(404);
	}

	@Test
	void eachCallerHasARateAndIsToldIt() {
		HttpResponse<String> response = this.caller.get("/report");
		assertThat(response.headers().firstValue("RateLimit-Policy")).contains("\"callers\";q=40;w=2");
		assertThat(response.headers().firstValue("RateLimit")).contains("\"callers\";r=39;t=1");
		for (int i = 1; i < 40; i++) {
			assertThat(status("/report")).isEqualTo(200);
		}
		HttpResponse<String> refused = this.caller.get("/report");
		assertThat(refused.statusCode()).isEqualTo(429);
		assertThat(refused.headers().firstValue("Retry-After")).contains("1");
		assertThat(status("/actuator/health")).isEqualTo(200);
		this.time.advance(Duration.ofSeconds(1));
		assertThat(status("/report")).isEqualTo(200);
	}

	@Test
	void limiterThatDoesNotSayHasTheValuesForAll() {
		ConcurrencyLimiter reports = this.limiters.concurrencyLimiter("reports");
		assertThat(reports.spec().timeout()).isEqualTo(Duration.ofSeconds(1));
		assertThat(reports.spec().maxWaiting()).isEqualTo(50);
		assertThat(this.limiters.concurrencyLimiter("everything").spec().timeout()).isZero();
	}

	private int status(String path) {
		return this.caller.get(path).statusCode();
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class StandingTime {

		@Bean
		MovableTime time() {
			return new MovableTime();
		}

	}

}
