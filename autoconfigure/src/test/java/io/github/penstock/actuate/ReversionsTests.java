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
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.test.MovableTime;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Reversions}, through {@link LimiterChanges}.
 */
class ReversionsTests {

	private final MovableTime time = new MovableTime();

	private final LimiterRegistry registry = new LimiterRegistry(this.time);

	private final ConcurrencyLimiter bulkhead = this.registry.register("inventory", ConcurrencyLimiterSpec.of(20));

	private final RateLimiter rateLimit = this.registry.register("api", RateLimiterSpec.of(100, Duration.ofHours(1)));

	private final CopyOnWriteArrayList<LimiterChange> told = new CopyOnWriteArrayList<>();

	private final LimiterChanges changes = new LimiterChanges(this.time, java.util.List.of(this.told::add),
			java.util.List.of());

	@Test
	void changeForTimeWhenItIsOverBringsTheValueOfBeforeBack() {
		change("max", "5", "10m");
		this.time.advance(Duration.ofSeconds(599));
		assertThat(this.bulkhead.max()).isEqualTo(5);
		this.time.advance(Duration.ofSeconds(1));
		awaitTold(2);
		assertThat(this.bulkhead.max()).isEqualTo(20);
		assertThat(this.told.get(1).cause()).isEqualTo(LimiterChange.Cause.REVERTED);
		assertThat(this.told.get(1).before()).isEqualTo(Map.of("max", 5));
		assertThat(this.told.get(1).after()).isEqualTo(Map.of("max", 20));
	}

	@Test
	void changeForTimeLeavesOtherValuesAlone() {
		change("max", "5", "10m");
		change("timeout", "1s", null);
		this.time.advance(Duration.ofMinutes(10));
		awaitTold(3);
		assertThat(this.bulkhead.spec()).isEqualTo(ConcurrencyLimiterSpec.of(20).withTimeout(Duration.ofSeconds(1)));
	}

	@Test
	void changeForTimeWhenValueIsChangedForGoodDoesNotEnd() {
		change("max", "5", "10m");
		change("max", "5", null);
		this.time.advance(Duration.ofMinutes(10));
		assertThat(this.changes.until(limiter(), "max")).isNull();
		assertThat(this.bulkhead.max()).isEqualTo(5);
	}

	@Test
	void changeForTimeWhenCodeHasChangedTheValueLeavesIt() {
		change("max", "5", "10m");
		this.bulkhead.change((spec) -> spec.withMax(7));
		change("timeout", "1s", "20m");
		this.time.advance(Duration.ofMinutes(20));
		awaitTold(3);
		assertThat(this.bulkhead.max()).isEqualTo(7);
	}

	@Test
	void shortChangeOverLongOneBringsTheLongOneBack() {
		change("max", "5", "10m");
		change("max", "7", "1m");
		this.time.advance(Duration.ofMinutes(1));
		awaitTold(3);
		assertThat(this.bulkhead.max()).isEqualTo(5);
		this.time.advance(Duration.ofMinutes(9));
		awaitTold(4);
		assertThat(this.bulkhead.max()).isEqualTo(20);
	}

	@Test
	void longChangeOverShortOneGoesOnAndThenBringsTheFirstValueBack() {
		change("max", "5", "1m");
		change("max", "7", "10m");
		this.time.advance(Duration.ofMinutes(1));
		Awaitility.await().until(() -> this.changes.until(limiter(), "max") != null);
		assertThat(this.bulkhead.max()).isEqualTo(7);
		this.time.advance(Duration.ofMinutes(9));
		awaitTold(3);
		assertThat(this.bulkhead.max()).isEqualTo(20);
	}

	@RepeatedTest(50)
	void sameChangeForLongerIsProlonged() {
		change("max", "5", "1m");
		change("max", "5", "10m");
		this.time.advance(Duration.ofMinutes(1));
		assertThat(this.bulkhead.max()).isEqualTo(5);
		this.time.advance(Duration.ofMinutes(9));
		awaitTold(3);
		assertThat(this.bulkhead.max()).isEqualTo(20);
	}

	@Test
	void resetEndsAllChanges() {
		change("max", "5", "10m");
		this.changes.reset(limiter(), null);
		assertThat(this.bulkhead.max()).isEqualTo(20);
		assertThat(this.changes.until(limiter(), "max")).isNull();
		this.bulkhead.change((spec) -> spec.withMax(5));
		this.time.advance(Duration.ofMinutes(10));
		assertThat(this.bulkhead.max()).isEqualTo(5);
	}

	@Test
	void rateComesBackAsOneValue() {
		AdjustableLimiter<?> limiter = AdjustableLimiter.of(this.rateLimit);
		this.changes.change(limiter, Map.of("rps", "50"), "1m", null, null);
		assertThat(this.rateLimit.spec().rate()).isEqualTo("50 per 1s");
		this.time.advance(Duration.ofMinutes(1));
		awaitTold(2);
		assertThat(this.rateLimit.spec()).isEqualTo(this.rateLimit.configured());
	}

	@Test
	void listenerWhenItThrowsHarmsNobody() {
		LimiterChanges changes = new LimiterChanges(this.time, java.util.List.of((change) -> {
			throw new IllegalStateException("listener");
		}, this.told::add), java.util.List.of());
		changes.change(limiter(), Map.of("max", "5"), null, null, null);
		assertThat(this.bulkhead.max()).isEqualTo(5);
		assertThat(this.told).hasSize(1);
	}

	@Test
	void destroyBringsNothingBack() {
		change("max", "5", "10m");
		this.changes.destroy();
		assertThat(this.changes.until(limiter(), "max")).isNull();
	}

	private void change(String name, String value, String duration) {
		this.changes.change(limiter(), Map.of(name, value), duration, null, "operator");
	}

	private AdjustableLimiter<?> limiter() {
		return AdjustableLimiter.of(this.bulkhead);
	}

	private void awaitTold(int times) {
		Awaitility.await().untilAsserted(() -> assertThat(this.told).hasSize(times));
	}

}
