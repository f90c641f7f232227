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

package io.github.penstock.proof;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.penstock.LimiterFactory;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.proof.Grants.Rate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A key has what a limiter of its own would have, whatever becomes of the others, and
 * whether it is forgotten in between or not (K1, K2, T1, T2).
 */
class KeyPropertyTests {

	private static final int KEYS = 4;

	@Property(tries = 300, shrinking = ShrinkingMode.OFF)
	void aKeyIsLikeALimiterOfItsOwn(@ForAll("rates") Rate rate, @ForAll("starts") long start,
			@ForAll("steps") List<Step> steps) {
		assertLikeItsOwn(spec(rate), start, steps);
	}

	@Property(tries = 100, shrinking = ShrinkingMode.OFF)
	void aKeyOfAWindowIsLikeALimiterOfItsOwn(@ForAll("starts") long start, @ForAll("steps") List<Step> steps) {
		assertLikeItsOwn(
				spec(new Rate(BigDecimal.valueOf(7), Duration.ofSeconds(1), 7)).withBurst(null).withSliding(true),
				start, steps);
	}

	private static void assertLikeItsOwn(RateLimiterSpec spec, long start, List<Step> steps) {
		FrozenTime time = new FrozenTime(start);
		RateLimiter keyed = LimiterFactory.local(time).rateLimiter("keyed", spec);
		List<RateLimiter> own = new ArrayList<>();
		for (int i = 0; i < KEYS; i++) {
			own.add(LimiterFactory.local(time).rateLimiter("own", spec));
		}
		// From now on there are keys.
		keyed.forKey("first").tryAcquire();
		int newcomers = 0;
		long now = 0;
		for (Step step : steps) {
			now += step.nanos(spec);
			time.set(start + now);
			RateLimiter ofKey = keyed.forKey(step.key());
			RateLimiter alone = own.get(step.key());
			switch (step.kind()) {
				case TAKE -> assertThat(ofKey.tryAcquire(step.tokens())).isEqualTo(alone.tryAcquire(step.tokens()));
				case CHARGE -> {
					ofKey.charge(step.tokens());
					alone.charge(step.tokens());
				}
				case REFUND -> {
					ofKey.refund(step.tokens());
					alone.refund(step.tokens());
				}
				case CHANGE -> {
					keyed.change(step::change);
					own.forEach((limiter) -> limiter.change(step::change));
				}
				case NEWCOMERS -> {
					for (int i = 0; i < 2 * KEYS; i++) {
						keyed.forKey("new " + newcomers++).tryAcquire();
					}
				}
			}
			for (int key = 0; key < KEYS; key++) {
				assertThat(keyed.forKey(key).available()).as("key %s after %s", key, step)
					.isEqualTo(own.get(key).available());
				assertThat(keyed.forKey(key).debt()).as("key %s after %s", key, step).isEqualTo(own.get(key).debt());
			}
		}
	}

	@Property(tries = 200, shrinking = ShrinkingMode.OFF)
	void aKeyThatChoosesItsPlanGetsNoMoreThanBothTogether(@ForAll("rates") Rate rate, @ForAll("rates") Rate gold,
			@ForAll("starts") long start, @ForAll("steps") List<Step> steps) {
		FrozenTime time = new FrozenTime(start);
		RateLimiterSpec spec = spec(rate)
			.withPlans(Map.of("gold", new RateLimiterSpec.Plan(gold.limit(), gold.per(), gold.burst())));
		RateLimiter keyed = LimiterFactory.local(time).rateLimiter("keyed", spec);
		Grants grants = new Grants(both(rate, gold));
		long now = 0;
		int newcomers = 0;
		for (Step step : steps) {
			now += step.nanos(((step.tokens() & 1) == 0) ? spec : spec.ofPlan("gold"));
			time.set(start + now);
			if (step.kind() == Kind.NEWCOMERS) {
				for (int i = 0; i < 2 * KEYS; i++) {
					keyed.forKey("new " + newcomers++).tryAcquire();
				}
			}
			RateLimiter ofKey = keyed.forKey("key", (step.key() % 2 == 0) ? "gold" : null);
			while (ofKey.tryAcquire()) {
				grants.add(now);
			}
		}
		grants.assertT1();
	}

	/** As much as two buckets together. */
	private static Rate both(Rate one, Rate other) {
		BigDecimal per = BigDecimal.valueOf(one.per().toNanos());
		BigDecimal otherPer = BigDecimal.valueOf(other.per().toNanos());
		BigDecimal day = BigDecimal.valueOf(Duration.ofDays(1).toNanos());
		return new Rate(
				one.limit()
					.multiply(day)
					.divide(per, 30, RoundingMode.CEILING)
					.add(other.limit().multiply(day).divide(otherPer, 30, RoundingMode.CEILING)),
				Duration.ofDays(1), one.burst() + other.burst());
	}

	private static RateLimiterSpec spec(Rate rate) {
		return new RateLimiterSpec(rate.limit(), rate.per(), rate.burst(), Duration.ZERO, 0);
	}

	/** From one a day to ten million a second. */
	@Provide
	Arbitrary<Rate> rates() {
		Arbitrary<BigDecimal> limits = Arbitraries.of("1", "0.5", "3", "7", "97", "333.3333333", "1e7", "9999991")
			.map(BigDecimal::new);
		Arbitrary<Duration> pers = Arbitraries.of(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofDays(1));
		return Combinators.combine(limits, pers, Arbitraries.longs().between(1, 40))
			.as(Rate::new)
			.filter(Rate::isUsual);
	}

	@Provide
	Arbitrary<Long> starts() {
		return Arbitraries.oneOf(Arbitraries.longs(), Arbitraries.of(0L, -1L, Long.MAX_VALUE, Long.MIN_VALUE),
				Arbitraries.longs().between(Long.MAX_VALUE - Duration.ofHours(1).toNanos(), Long.MAX_VALUE));
	}

	@Provide
	Arbitrary<List<Step>> steps() {
		return Combinators
			.combine(
					Arbitraries.frequencyOf(Tuple.of(8, Arbitraries.just(Kind.TAKE)),
							Tuple.of(1, Arbitraries.of(Kind.class))),
					Arbitraries.integers().between(0, KEYS - 1), Arbitraries.longs().between(0, 12),
					Arbitraries.integers().between(0, 15))
			.as(Step::new)
			.list()
			.ofSize(80);
	}

	private enum Kind {

		TAKE, CHARGE, REFUND, CHANGE, NEWCOMERS

	}

	/** What happens next, and how much later. */
	record Step(Kind kind, int key, long tokens, int later) {

		/** From nothing at all to more than the clock of a bucket can count. */
		long nanos(RateLimiterSpec spec) {
			long perToken = BigDecimal.valueOf(spec.per().toNanos())
				.divideToIntegralValue(spec.limit())
				.longValueExact();
			return switch (this.later) {
				case 15 -> Duration.ofDays(1_000).toNanos();
				case 14 -> perToken * spec.capacity();
				case 13 -> perToken * spec.capacity() * 3;
				default -> perToken * this.later / 6;
			};
		}

		RateLimiterSpec change(RateLimiterSpec spec) {
			long limit = 1 + this.tokens;
			// A window keeps what may count by longer periods, which a forgotten key does
			// not.
			return spec.sliding() ? spec.withMaxWaiting(this.later)
					: spec.withRate(limit, Duration.ofSeconds(1 + this.later)).withBurst(1 + this.tokens * 2);
		}

	}

}
