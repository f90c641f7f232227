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

package io.github.penstock.test;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.RefusalReason;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what this module gives to tests.
 */
class TestSupportTests {

	private final MovableTime time = new MovableTime();

	private final LimiterRegistry registry = new LimiterRegistry(this.time);

	private final ConcurrencyLimiter limiter = this.registry.register("inventory", ConcurrencyLimiterSpec.of(1));

	@Test
	void assertionsSeeWhatALimiterHasCounted() throws Exception {
		try (Permit permit = this.limiter.acquire()) {
			LimiterAssertions.assertThat(this.limiter).hasInUse(1).hasWaiting(0).hasGranted(1).hasRefused(0);
			for (int i = 0; i < 3; i++) {
				assertThat(this.limiter.tryAcquire()).isNull();
			}
			LimiterAssertions.assertThat(this.limiter).hasRefused(3).hasRefused(3, RefusalReason.FULL);
			assertThatExceptionOfType(AssertionError.class)
				.isThrownBy(() -> LimiterAssertions.assertThat(this.limiter).isIdle())
				.withMessageContaining("in use: 0, but it has: 1");
		}
		LimiterAssertions.assertThat(this.limiter).isIdle();
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> LimiterAssertions.assertThat(this.limiter).hasRefused(2))
			.withMessageContaining("FULL=3");
	}

	@Test
	void assertionsSeeWhatALimitWouldHaveRefused() {
		this.limiter.change((spec) -> spec.withMax(0).withEnforce(0));
		assertThat(this.limiter.tryAcquire()).isNotNull();
		LimiterAssertions.assertThat(this.limiter).hasWouldRefuse(1).hasRefused(0).hasGranted(0);
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> LimiterAssertions.assertThat(this.limiter).hasWouldRefuse(0))
			.withMessageContaining("would refuse: 0, but it has: 1");
		LimiterBaseline.reset(this.registry);
		LimiterAssertions.assertThat(this.limiter).hasWouldRefuse(0);
	}

	@Test
	void resetBringsValuesBackAndCountsAnew() {
		this.limiter.change((spec) -> spec.withMax(0));
		assertThat(this.limiter.tryAcquire()).isNull();
		LimiterBaseline.reset(this.registry);
		LimiterAssertions.assertThat(this.limiter).hasRefused(0).hasGranted(0).isIdle();
		assertThat(this.limiter.max()).isEqualTo(1);
	}

	@Test
	void movedTimeLetsParkedCallsIn() throws Exception {
		RateLimiter rateLimit = this.registry.register("api",
				RateLimiterSpec.of(1, Duration.ofSeconds(10)).withTimeout(Duration.ofMinutes(1)));
		rateLimit.acquire();
		CompletableFuture<Void> parked = CompletableFuture.runAsync(rateLimit::enter);
		Awaitility.await().until(() -> rateLimit.waiting() == 1);
		this.time.advance(Duration.ofSeconds(10));
		parked.get(20, TimeUnit.SECONDS);
		LimiterAssertions.assertThat(rateLimit).hasGranted(2).isIdle();
	}

	@Nested
	@SpringJUnitConfig(Limited.class)
	@ResetLimiters
	@WithoutLimits
	@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
	class InContextTests {

		@Autowired
		private LimiterRegistry shared;

		@Test
		@Order(1)
		void limitersCount(@Autowired Environment environment) {
			assertThat(environment.getProperty("penstock.enabled")).isEqualTo("false");
			this.shared.concurrencyLimiter("shared").run(() -> {
			});
			LimiterAssertions.assertThat(this.shared.concurrencyLimiter("shared")).hasGranted(1);
		}

		@Test
		@Order(2)
		void limitersCountAnewInTheNextTest() {
			LimiterAssertions.assertThat(this.shared.concurrencyLimiter("shared")).hasGranted(0);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Limited {

		@Bean
		LimiterRegistry registry() {
			LimiterRegistry registry = new LimiterRegistry();
			registry.register("shared", ConcurrencyLimiterSpec.of(1));
			return registry;
		}

	}

}
