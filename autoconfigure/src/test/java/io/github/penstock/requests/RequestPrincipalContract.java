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
import java.util.Base64;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.web.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What holds of rules whose key is the caller, beside Spring Security (R1). A subclass
 * says on which server.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RequestPrincipalContract {

	private static final String[] RULES = { "penstock.requests.user.paths=/api/**",
			"penstock.requests.user.key=principal,ip", "penstock.requests.user.limit=2",
			"penstock.requests.user.per=1h", "penstock.requests.all.paths=/api/**", "penstock.requests.all.limit=6",
			"penstock.requests.all.per=1h", "penstock.requests.guess.paths=/api/**", "penstock.requests.guess.key=ip",
			"penstock.requests.guess.limit=3", "penstock.requests.guess.per=1h",
			"penstock.requests.guess.charge-statuses=401", "penstock.requests.denied.paths=/denied/**",
			"penstock.requests.denied.key=principal", "penstock.requests.denied.limit=2",
			"penstock.requests.denied.per=1h", "penstock.requests.denied.max=3",
			"penstock.requests.denied.charge-statuses=403", "penstock.requests.open.paths=/open",
			"penstock.requests.open.key=principal,header:X-Id", "penstock.requests.open.limit=1",
			"penstock.requests.open.per=1h" };

	private RunningServer server;

	private LimiterRegistry registry;

	/** Start an application that has the paths of the rules. */
	abstract RunningServer start(String... properties);

	@BeforeAll
	void startServer() {
		this.server = start(RULES);
		this.registry = this.server.context().getBean(LimiterRegistry.class);
	}

	@AfterAll
	void stopServer() {
		this.server.close();
	}

	static String[] user(String name, String password) {
		return new String[] { "Authorization", "Basic "
				+ Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8)) };
	}

	@Test // R1, R3
	void callersHaveTokensOfTheirOwnAndThoseThatAreDeniedTakeNoneOfThem() {
		assertThat(this.server.get("/api/a", user("ann", "secret")).statusCode()).isEqualTo(200);
		assertThat(this.server.get("/api/a", user("ann", "secret")).statusCode()).isEqualTo(200);
		await().untilAsserted(() -> assertThat(this.registry.rateLimiter("all").available()).isEqualTo(4));
		assertThat(this.server.get("/api/a", user("ann", "secret")).statusCode()).isEqualTo(429);
		// What the first rules gave is back.
		await().untilAsserted(() -> assertThat(this.registry.rateLimiter("all").available()).isEqualTo(4));
		assertThat(this.server.get("/api/a", user("bob", "secret")).body()).isEqualTo("bob");
		await().untilAsserted(() -> assertThat(this.registry.rateLimiter("user").keys(5).known()).isEqualTo(2));
		await().untilAsserted(() -> assertThat(this.registry.rateLimiter("all").available()).isEqualTo(3));
		for (int i = 0; i < 3; i++) {
			assertThat(this.server.get("/api/a", user("bob", "wrong")).statusCode()).isEqualTo(401);
		}
		await().untilAsserted(() -> assertThat(this.registry.rateLimiter("user").forKey("bob").available()).isOne());
		await().untilAsserted(() -> assertThat(this.registry.rateLimiter("all").available()).isZero());
		this.registry.rateLimiter("all").refund(6);
		assertThat(this.server.get("/api/a", user("bob", "secret")).statusCode()).isEqualTo(429);
	}

	@Test // L08
	void statusThatSecurityMakesOfAnExceptionCosts() {
		for (String path : new String[] { "/denied/now", "/denied/later" }) {
			assertThat(this.server.get(path, user("ann", "secret")).statusCode()).isEqualTo(403);
		}
		await().untilAsserted(() -> assertThat(this.registry.rateLimiter("denied").forKey("ann").available()).isZero());
		assertThat(this.server.get("/denied/now", user("ann", "secret")).statusCode()).isEqualTo(429);
		assertThat(this.server.get("/denied/now", user("bob", "secret")).statusCode()).isEqualTo(403);
		await().untilAsserted(() -> assertThat(this.registry.concurrencyLimiter("denied").inUse()).isZero());
	}

	@Test
	void nobodyHasNoNameWhateverSpringSecurityCallsHim() {
		assertThat(this.server.get("/open", "X-Id", "a").statusCode()).isEqualTo(200);
		assertThat(this.server.get("/open", "X-Id", "b").statusCode()).isEqualTo(200);
		assertThat(this.server.get("/open", "X-Id", "a").statusCode()).isEqualTo(429);
	}

	static UserDetails details(String name) {
		return User.withUsername(name).password("{noop}secret").roles("USER").build();
	}

}
