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

package io.github.penstock;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ConcurrencyLimiterSpec} and {@link RateLimiterSpec}.
 */
class LimiterSpecTests {

	@ParameterizedTest
	@ValueSource(doubles = { Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, -0.0, -1, 1e-12, 1e-300,
			Double.MIN_VALUE, 1.1e9, 1e308, Double.MAX_VALUE })
	void rateWhenNotANumberOrOutOfRangeIsRefused(double rps) {
		assertThatExceptionOfType(InvalidLimitException.class).isThrownBy(() -> RateLimiterSpec.of(rps))
			.withMessageStartingWith("Invalid rate '")
			.satisfies((ex) -> assertThat(ex.property()).isEqualTo("rate"));
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, -1, Long.MIN_VALUE, Long.MAX_VALUE })
	void limitWhenOutOfRangeIsRefused(long limit) {
		assertThatExceptionOfType(InvalidLimitException.class)
			.isThrownBy(() -> RateLimiterSpec.of(limit, Duration.ofHours(1)));
	}

	@Test
	void perWhenNotPositiveIsRefused() {
		assertThatExceptionOfType(InvalidLimitException.class).isThrownBy(() -> RateLimiterSpec.of(1, Duration.ZERO))
			.withMessage("Invalid per 'PT0S': it must be more than 0");
		assertThatExceptionOfType(InvalidLimitException.class)
			.isThrownBy(() -> RateLimiterSpec.of(1, Duration.ofSeconds(Long.MAX_VALUE)));
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, -1, Long.MIN_VALUE, Long.MAX_VALUE })
	void burstWhenOutOfRangeIsRefused(long burst) {
		assertThatExceptionOfType(InvalidLimitException.class)
			.isThrownBy(() -> RateLimiterSpec.of(100).withBurst(burst))
			.withMessageStartingWith("Invalid burst '" + burst + "': ");
	}

	@Test
	void burstWhenLeftOutIsOneSecondsWorthOrTheLimit() {
		assertThat(RateLimiterSpec.of(100).capacity()).isEqualTo(100);
		assertThat(RateLimiterSpec.of(0.5).capacity()).isOne();
		assertThat(RateLimiterSpec.of(12.7).capacity()).isEqualTo(12);
		assertThat(RateLimiterSpec.of(5000, Duration.ofHours(1)).capacity()).isEqualTo(5000);
		assertThat(RateLimiterSpec.of(100).withRate(7).capacity()).isEqualTo(7);
		assertThat(RateLimiterSpec.of(100).withBurst(3).withRate(7).capacity()).isEqualTo(3);
		assertThat(RateLimiterSpec.of(100).withBurst(3).withBurst(null).capacity()).isEqualTo(100);
	}

	@Test
	void rateIsWrittenAsPeopleDo() {
		assertThat(RateLimiterSpec.of(100).rate()).isEqualTo("100 per 1s");
		assertThat(RateLimiterSpec.of(5000, Duration.ofHours(1)).rate()).isEqualTo("5000 per 1h");
		assertThat(RateLimiterSpec.of(0.5).rate()).isEqualTo("0.5 per 1s");
		assertThat(RateLimiterSpec.of(5000, Duration.ofHours(1)).ratePerSecond()).isEqualTo(5000 / 3600.0);
	}

	@Test
	void specsWhenEqualInValueAreEqual() {
		assertThat(RateLimiterSpec.of(100)).isEqualTo(RateLimiterSpec.of(100, Duration.ofSeconds(1)));
		assertThat(RateLimiterSpec.of(100).limit()).isEqualByComparingTo(BigDecimal.valueOf(100));
	}

	@Test
	void timeoutAndLineWhenNegativeAreRefused() {
		assertThatExceptionOfType(InvalidLimitException.class)
			.isThrownBy(() -> ConcurrencyLimiterSpec.of(1).withTimeout(Duration.ofNanos(-1)))
			.satisfies((ex) -> assertThat(ex.property()).isEqualTo("timeout"));
		assertThatExceptionOfType(InvalidLimitException.class)
			.isThrownBy(() -> RateLimiterSpec.of(1).withMaxWaiting(-1))
			.satisfies((ex) -> assertThat(ex.property()).isEqualTo("maxWaiting"));
	}

	@Test
	void maxWhenZeroIsAClosedGateAndAnyIntIsValid() {
		assertThat(ConcurrencyLimiterSpec.of(0).max()).isZero();
		assertThat(ConcurrencyLimiterSpec.of(Integer.MAX_VALUE).max()).isEqualTo(Integer.MAX_VALUE);
		assertThatExceptionOfType(InvalidLimitException.class).isThrownBy(() -> ConcurrencyLimiterSpec.of(-1));
	}

	@Test
	void enforceAndKeysAndPlansWhenOutOfRangeAreRefused() {
		ConcurrencyLimiterSpec spec = ConcurrencyLimiterSpec.of(1);
		assertThat(spec.withEnforce(0).withEnforce(100).withMaxKeys(1)).isEqualTo(spec.withMaxKeys(1));
		assertThatExceptionOfType(InvalidLimitException.class).isThrownBy(() -> spec.withEnforce(-1))
			.satisfies((ex) -> assertThat(ex.property()).isEqualTo("enforce"));
		assertThatExceptionOfType(InvalidLimitException.class).isThrownBy(() -> spec.withEnforce(101));
		assertThatExceptionOfType(InvalidLimitException.class).isThrownBy(() -> spec.withMaxKeys(0))
			.satisfies((ex) -> assertThat(ex.property()).isEqualTo("maxKeys"));
		assertThatExceptionOfType(InvalidLimitException.class).isThrownBy(() -> spec.withPlans(Map.of("gold", -1)))
			.satisfies((ex) -> assertThat(ex.property()).isEqualTo("plans.gold.max"));
	}

	@Test
	void whatIsWrongWithAPartSaysWhoseItIs() {
		InvalidLimitException ofPlan = new InvalidLimitException("burst", 0, "it must be more").of("gold");
		assertThat(ofPlan).hasMessage("In 'gold': Invalid burst '0': it must be more");
		assertThat(ofPlan.property()).isEqualTo("gold.burst");
		assertThat(ofPlan.reason()).isEqualTo("it must be more");
	}

	@Test
	void whatWasChangedStaysAndTheRestFollowsWhatIsConfigured() {
		ConcurrencyLimiterSpec before = ConcurrencyLimiterSpec.of(1);
		ConcurrencyLimiterSpec now = new ConcurrencyLimiterSpec(2, Duration.ofSeconds(2), 2, 2, 2, Map.of("two", 2));
		ConcurrencyLimiterSpec changed = new ConcurrencyLimiterSpec(3, Duration.ofSeconds(3), 3, 3, 3,
				Map.of("three", 3));
		assertThat(before.following(before, now)).isEqualTo(now);
		assertThat(changed.following(before, now)).isEqualTo(changed);
	}

}
