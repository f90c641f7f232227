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
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import io.github.penstock.LimiterFactory;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.proof.Grants.Bucket;
import io.github.penstock.proof.Grants.Rate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The bounds of the token bucket, from above (T1) and from below (T2), over random rates,
 * bursts and clocks that start anywhere, wrap, stand still, leap and are read late (T5).
 */
class TokenBucketPropertyTests {

	private static final long YEAR = Duration.ofDays(365).toNanos();

	@Property(tries = 400, shrinking = ShrinkingMode.OFF)
	void grantsInAnyWindowAreAtMostBurstPlusRate(@ForAll("rates") Rate rate, @ForAll("starts") long start,
			@ForAll("calls") List<Call> calls) {
		FrozenTime time = new FrozenTime(start);
		RateLimiter limiter = newLimiter(rate, time);
		assertT1(rate, calls, (now) -> {
			time.set(start + now);
			return limiter.tryAcquire();
		});
	}

	@Property(tries = 200, shrinking = ShrinkingMode.OFF)
	void greedyCallerGetsAtLeastRate(@ForAll("roomyRates") Rate rate, @ForAll("starts") long start,
			@ForAll("leaps") List<Long> leaps) {
		FrozenTime time = new FrozenTime(start);
		RateLimiter limiter = newLimiter(rate, time);
		long now = 0;
		long granted = takeAll(limiter, rate.burst() + 1);
		assertThat(granted).isEqualTo(rate.burst());
		for (long leap : leaps) {
			// Never so far that the bucket overflows: that would not be greedy.
			now += rate.nanosFor(rate.burst() - 1) * leap / 1000;
			time.set(start + now);
			granted += takeAll(limiter, rate.burst() + 1);
			assertThat(BigInteger.valueOf(granted - rate.burst() + 1)).isGreaterThanOrEqualTo(least(rate, now));
		}
		assertThat(limiter.stats().granted()).isEqualTo(granted);
	}

	@Property(tries = 200, shrinking = ShrinkingMode.OFF)
	void changeOfRateMakesNoTokens(@ForAll("rates") Rate before, @ForAll("rates") Rate after,
			@ForAll("starts") long start, @ForAll("calls") List<Call> calls, @ForAll("calls") List<Call> callsAfter) {
		FrozenTime time = new FrozenTime(start);
		RateLimiter limiter = newLimiter(before, time);
		long now = 0;
		for (Call call : calls) {
			now += call.nanos(before);
			time.set(start + now);
			takeAll(limiter, call.attempts());
		}
		long had = limiter.available();
		limiter.change((spec) -> spec(after));
		assertThat(limiter.available()).isEqualTo(Math.min(had, after.burst()));
		Grants grants = new Grants(after);
		long changedAt = now;
		for (Call call : callsAfter) {
			now += call.nanos(after);
			time.set(start + now);
			for (int i = 0; i < call.attempts() && limiter.tryAcquire(); i++) {
				grants.add(now);
			}
		}
		grants.assertT1();
		grants.assertNoMoreSince(changedAt, had + 1);
	}

	@Property(tries = 200, shrinking = ShrinkingMode.OFF)
	void threadThatReadsTheClockLateMakesNoTokens(@ForAll("rates") Rate rate, @ForAll("starts") long start,
			@ForAll("calls") List<Call> calls) {
		FrozenTime time = new FrozenTime(start);
		RateLimiter limiter = newLimiter(rate, time);
		Grants grants = new Grants(rate);
		long now = 0;
		for (Call call : calls) {
			now += call.nanos(rate);
			// Every other call uses a reading of up to a burst ago.
			long late = (call.attempts() % 2 == 0) ? now
					: Math.max(0, now - rate.nanosFor(Math.min(call.attempts(), rate.burst())));
			time.set(start + late);
			for (int i = 0; i < call.attempts() && limiter.tryAcquire(); i++) {
				grants.add(late);
			}
		}
		grants.assertT1();
	}

	@Property(tries = 50, shrinking = ShrinkingMode.OFF)
	void waitersGetTheirTokensWhenDue(@ForAll("rates") Rate rate, @ForAll("starts") long start) {
		QueuedTime time = new QueuedTime(start);
		RateLimiter limiter = LimiterFactory.local(time).rateLimiter("property", spec(rate));
		Grants grants = new Grants(rate);
		long burst = takeAll(limiter, rate.burst());
		for (int i = 0; i < burst; i++) {
			grants.add(0);
		}
		int waiters = 40;
		for (int i = 0; i < waiters; i++) {
			limiter.acquireAsync(Duration.ofNanos(Long.MAX_VALUE), Runnable::run)
				.thenRun(() -> grants.add(time.elapsed()));
		}
		while (limiter.waiting() > 0) {
			time.runNext();
		}
		assertThat(grants.count()).isEqualTo((int) burst + waiters);
		// Timers fire on whole nanoseconds, tokens come between them.
		grants.assertT1(1);
		assertThat(BigInteger.valueOf(waiters + 1)).isGreaterThanOrEqualTo(least(rate, time.elapsed()));
	}

	@Property(tries = 1)
	void bucketThatForgetsTheSleepIsRejected() {
		assertRejected(SleepingBucket::new);
	}

	@Property(tries = 1)
	void fixedWindowIsRejected() {
		assertRejected(FixedWindow::new);
	}

	private static void assertRejected(Function<Rate, Bucket> wrong) {
		Rate rate = new Rate(BigDecimal.TEN, Duration.ofSeconds(1), 10);
		List<Call> calls = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			calls.add(new Call(7 * i % 13, 100, 1 + i % 4));
		}
		Bucket bucket = wrong.apply(rate);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> assertT1(rate, calls, bucket))
			.withMessageContaining("grants within");
	}

	private static void assertT1(Rate rate, List<Call> calls, Bucket bucket) {
		Grants grants = new Grants(rate);
		long now = 0;
		for (Call call : calls) {
			now += call.nanos(rate);
			for (int i = 0; i < call.attempts(); i++) {
				if (bucket.tryAcquire(now)) {
					grants.add(now);
				}
			}
		}
		grants.assertT1();
	}

	private static BigInteger least(Rate rate, long nanos) {
		return rate.tokensIn(nanos).multiply(Grants.EXACT).divide(Grants.EXACT.add(BigInteger.ONE));
	}

	private static long takeAll(RateLimiter limiter, long most) {
		long taken = 0;
		while (taken < most && limiter.tryAcquire()) {
			taken++;
		}
		return taken;
	}

	private static RateLimiter newLimiter(Rate rate, FrozenTime time) {
		return LimiterFactory.local(time).rateLimiter("property", spec(rate));
	}

	private static RateLimiterSpec spec(Rate rate) {
		return new RateLimiterSpec(rate.limit(), rate.per(), rate.burst(), Duration.ofNanos(Long.MAX_VALUE),
				Integer.MAX_VALUE);
	}

	/** From one a day to ten million a second. */
	@Provide
	Arbitrary<Rate> rates() {
		Arbitrary<BigDecimal> limits = Arbitraries.oneOf(
				Arbitraries.integers().between(1, 1000).map(BigDecimal::valueOf),
				Arbitraries.of("0.5", "0.1", "3", "7", "97", "333.3333333", "1e7", "9999991", "3333333.333", "0.07")
					.map(BigDecimal::new),
				Arbitraries.bigDecimals()
					.between(new BigDecimal("0.001"), new BigDecimal("10000000"))
					.ofScale(6)
					.filter((limit) -> limit.signum() > 0));
		Arbitrary<Duration> pers = Arbitraries.oneOf(
				Arbitraries.of(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofDays(1)),
				Arbitraries.longs().between(1_000_000_000L, 1_000_000_000_000L).map(Duration::ofNanos));
		Arbitrary<Long> bursts = Arbitraries.longs().between(1, 40);
		return Combinators.combine(limits, pers, bursts).as(Rate::new).filter(Rate::isUsual);
	}

	@Provide
	Arbitrary<Rate> roomyRates() {
		return rates().filter((rate) -> rate.burst() > 1);
	}

	@Provide
	Arbitrary<Long> starts() {
		return Arbitraries.oneOf(Arbitraries.longs(), Arbitraries.of(0L, -1L, Long.MAX_VALUE, Long.MIN_VALUE),
				Arbitraries.longs().between(Long.MAX_VALUE - Duration.ofHours(1).toNanos(), Long.MAX_VALUE));
	}

	@Provide
	Arbitrary<List<Call>> calls() {
		return Combinators
			.combine(Arbitraries.integers().between(0, 12), Arbitraries.integers().between(0, 999),
					Arbitraries.integers().between(1, 12))
			.as(Call::new)
			.list()
			.ofSize(60);
	}

	@Provide
	Arbitrary<List<Long>> leaps() {
		return Arbitraries.longs().between(0, 1000).list().ofSize(60);
	}

	/** So many tokens later, and so many thousandths of one, so many attempts. */
	record Call(int tokens, int thousandths, int attempts) {

		long nanos(Rate rate) {
			if (this.tokens == 12) {
				// A huge gap, of which the test has room for sixty.
				return YEAR + this.thousandths;
			}
			return rate.nanosFor(this.tokens / 4) + BigDecimal.valueOf(rate.nanosFor(1))
				.multiply(BigDecimal.valueOf(this.thousandths, 3))
				.setScale(0, RoundingMode.DOWN)
				.longValueExact();
		}

	}

	/** A canary: waits for the missing token, then has none and forgets the waiting. */
	private static final class SleepingBucket implements Bucket {

		private final long burst;

		private final double perNano;

		private double tokens;

		private long last;

		private long sleepsUntil;

		SleepingBucket(Rate rate) {
			this.burst = rate.burst();
			this.perNano = 1.0 / rate.nanosFor(1);
			this.tokens = this.burst;
		}

		@Override
		public boolean tryAcquire(long now) {
			if (now < this.sleepsUntil) {
				return false;
			}
			this.tokens = Math.min(this.burst, this.tokens + (now - this.last) * this.perNano);
			this.last = now;
			if (this.tokens < 1) {
				this.sleepsUntil = now + (long) ((1 - this.tokens) / this.perNano);
				this.tokens = 0;
			}
			else {
				this.tokens--;
			}
			return true;
		}

	}

	/** A canary: twice the burst around the edge of a window. */
	private static final class FixedWindow implements Bucket {

		private final Rate rate;

		private long window;

		private long granted;

		FixedWindow(Rate rate) {
			this.rate = rate;
		}

		@Override
		public boolean tryAcquire(long now) {
			long window = now / this.rate.nanosFor(this.rate.burst());
			if (window != this.window) {
				this.window = window;
				this.granted = 0;
			}
			return this.granted++ < this.rate.burst();
		}

	}

}
