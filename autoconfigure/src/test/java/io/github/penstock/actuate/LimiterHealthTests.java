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

package io.github.penstock.actuate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.test.MovableTime;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LimiterHealth}.
 */
class LimiterHealthTests {

	private final MovableTime time = new MovableTime();

	private final LimiterRegistry registry = new LimiterRegistry(this.time);

	private final ConcurrencyLimiter limiter = this.registry.register("inventory", ConcurrencyLimiterSpec.of(1));

	private final LimiterHealth health = new LimiterHealth(this.registry,
			(name) -> name.equals("inventory") ? Duration.ofSeconds(30) : null, this.time, Runnable::run);

	@Test
	void applicationIsOutOfServiceWhileBulkheadIsFullForTooLong() throws Exception {
		this.health.afterSingletonsInstantiated();
		assertThat(status()).isEqualTo(Status.UP);
		try (Permit permit = this.limiter.acquire()) {
			this.time.advance(Duration.ofSeconds(30));
			assertThat(status()).isEqualTo(Status.UP);
			this.time.advance(Duration.ofSeconds(1));
			assertThat(status()).isEqualTo(Status.OUT_OF_SERVICE);
			assertThat(this.health.health().getDetails()).asString().contains("inventory", "inUse=1");
		}
		assertThat(status()).isEqualTo(Status.UP);
	}

	@Test
	void timeBeginsAnewWhenThereWasRoom() throws Exception {
		this.health.afterSingletonsInstantiated();
		for (int i : List.of(1, 2)) {
			try (Permit permit = this.limiter.acquire()) {
				this.time.advance(Duration.ofSeconds(20));
				assertThat(status()).as("round %s", i).isEqualTo(Status.UP);
			}
			this.time.advance(Duration.ofSeconds(1));
		}
	}

	@Test
	void bulkheadThatWasNotChosenIsNotLookedAt() {
		this.registry.register("export", ConcurrencyLimiterSpec.of(0));
		this.health.afterSingletonsInstantiated();
		this.time.advance(Duration.ofHours(1));
		assertThat(status()).isEqualTo(Status.UP);
	}

	@Test
	void bulkheadInShadowModeIsNeverTooFull() {
		this.health.afterSingletonsInstantiated();
		this.limiter.change((spec) -> spec.withMax(0).withEnforce(0));
		this.time.advance(Duration.ofHours(1));
		assertThat(status()).isEqualTo(Status.UP);
		this.limiter.change((spec) -> spec.withEnforce(1));
		this.time.advance(Duration.ofMinutes(1));
		assertThat(status()).isEqualTo(Status.OUT_OF_SERVICE);
	}

	@Test
	void lookThatFailsOnceIsNotTheLast() {
		AtomicBoolean fails = new AtomicBoolean();
		LimiterHealth health = new LimiterHealth(this.registry, (name) -> {
			if (fails.get()) {
				throw new IllegalStateException("once");
			}
			return Duration.ofSeconds(30);
		}, this.time, Runnable::run);
		health.afterSingletonsInstantiated();
		this.limiter.change((spec) -> spec.withMax(0));
		fails.set(true);
		this.time.advance(Duration.ofSeconds(1));
		fails.set(false);
		this.time.advance(Duration.ofSeconds(40));
		assertThat(health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
	}

	@Test
	void timersThreadDoesNotLookItself() {
		AtomicReference<Runnable> look = new AtomicReference<>();
		LimiterHealth health = new LimiterHealth(this.registry, (name) -> Duration.ZERO, this.time, look::set);
		health.afterSingletonsInstantiated();
		this.limiter.change((spec) -> spec.withMax(0));
		this.time.advance(Duration.ofSeconds(1));
		assertThat(health.health().getStatus()).isEqualTo(Status.UP);
		look.get().run();
		assertThat(health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
	}

	private Status status() {
		return this.health.health().getStatus();
	}

}
