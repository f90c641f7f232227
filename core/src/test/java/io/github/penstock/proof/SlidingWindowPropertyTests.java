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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

import io.github.penstock.LimiterFactory;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.proof.Grants.Bucket;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The sliding window against a plain list of the times of all calls that began: from
 * above (T1) and from below (T2), over clocks that start anywhere, wrap, leap and are
 * read late (T5), and with other values at run time.
 */
class SlidingWindowPropertyTests {

	@Property(tries = 300, shrinking = ShrinkingMode.OFF)
	void answersAreThoseOfTheList(@ForAll @IntRange(min = 1, max = 40) int limit, @ForAll("starts") long start,
			@ForAll("steps") List<Step> steps) {
		FrozenTime time = new FrozenTime(start);
		RateLimiter limiter = newLimiter(spec(limit, 1000), time);
		assertLikeList(limit, steps, (now, attempt) -> {
			time.set(start + now);
			return limiter.tryAcquire();
		});
	}

	@Property(tries = 300, shrinking = ShrinkingMode.OFF)
	void whatIsThereAndWhenTheNextComesIsExact(@ForAll @IntRange(min = 1, max = 40) int limit,
			@ForAll("starts") long start, @ForAll("steps") List<Step> steps) {
		FrozenTime time = new FrozenTime(start);
		RateLimiter limiter = newLimiter(spec(limit, 1000), time);
		Times times = new Times();
		long now = 0;
		for (Step step : steps) {
			now += step.nanos();
			time.set(start + now);
			assertThat(limiter.available()).isEqualTo(limit - times.within(now, 1000));
			for (int i = 0; i < step.attempts(); i++) {
				if (times.within(now, 1000) == limit) {
					assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(limiter::enter)
						.extracting((ex) -> ex.retryAfter().toNanos())
						.isEqualTo(times.back(limit) + 1000 - now);
				}
				else {
					limiter.enter();
					times.add(now);
				}
			}
		}
		assertThat(limiter.stats().granted()).isEqualTo(times.count());
	}

	@Property(tries = 300, shrinking = ShrinkingMode.OFF)
	void otherLimitsAreThoseOfTheList(@ForAll("starts") long start, @ForAll("steps") List<Step> steps) {
		FrozenTime time = new FrozenTime(start);
		RateLimiter limiter = newLimiter(spec(10, 1000), time);
		Times times = new Times();
		long now = 0;
		int limit = 10;
		int most = 10;
		for (Step step : steps) {
			now += step.nanos();
			time.set(start + now);
			if (step.value() < 15) {
				limit = 1 + 3 * step.value();
				most = Math.max(most, limit);
				RateLimiterSpec changed = spec(limit, 1000);
				limiter.change((spec) -> changed);
			}
			for (int i = 0; i < step.attempts(); i++) {
				boolean room = times.within(now, 1000) < limit;
				assertThat(limiter.tryAcquire()).isEqualTo(room);
				if (room) {
					times.add(now);
				}
			}
		}
	}

	@Property(tries = 500, shrinking = ShrinkingMode.OFF)
	void changesOfAnyKindMakeNoTokens(@ForAll("starts") long start, @ForAll("steps") List<Step> steps) {
		FrozenTime time = new FrozenTime(start);
		RateLimiterSpec[] specs = { spec(10, 1000), spec(1, 10), spec(40, 1000), spec(100, 20_000), spec(3, 5000),
				spec(200, 300), bucket(10, 1000), bucket(3, 20_000), bucket(1, 10) };
		RateLimiterSpec spec = specs[0];
		RateLimiter limiter = newLimiter(spec, time);
		Times times = new Times();
		long now = 0;
		for (Step step : steps) {
			now += step.nanos();
			time.set(start + now);
			if (step.value() < specs.length) {
				RateLimiterSpec changed = specs[step.value()];
				spec = limiter.change((before) -> changed);
			}
			for (int i = 0; i < step.attempts() && limiter.tryAcquire(); i++) {
				times.add(now);
				if (spec.sliding()) {
					assertThat(times.within(now, spec.per().toNanos())).isLessThanOrEqualTo((int) spec.capacity());
				}
			}
		}
		assertThat(limiter.stats().granted()).isEqualTo(times.count());
		RateLimiterSpec last = spec(7, 100);
		limiter.change((before) -> last);
		time.advance(20_000);
		assertThat(limiter.available()).isEqualTo(7);
	}

	@Property(tries = 300, shrinking = ShrinkingMode.OFF)
	void threadThatReadsTheClockLateMakesNoTokensAndLosesNone(@ForAll @IntRange(min = 1, max = 20) int limit,
			@ForAll("starts") long start, @ForAll("steps") List<Step> steps) {
		FrozenTime time = new FrozenTime(start);
		RateLimiter limiter = newLimiter(spec(limit, 1000), time);
		Times times = new Times();
		long now = 0;
		long latest = 0;
		for (Step step : steps) {
			now += step.nanos();
			long late = Math.max(0, now - 50L * step.value());
			time.set(start + late);
			for (int i = 0; i < step.attempts() && limiter.tryAcquire(); i++) {
				// It begins after those who were let in before it.
				latest = Math.max(latest, late);
				times.add(latest);
				assertThat(times.within(latest, 1000)).isLessThanOrEqualTo(limit);
			}
			time.set(start + now);
			if (now >= latest) {
				assertThat(limiter.available()).isEqualTo(limit - times.within(now, 1000));
			}
		}
	}

	@Property(tries = 300, shrinking = ShrinkingMode.OFF)
	void tokensThatAreGivenUpCountNoMore(@ForAll @IntRange(min = 1, max = 20) int limit, @ForAll("starts") long start,
			@ForAll("steps") List<Step> steps) {
		QueuedTime time = new QueuedTime(start);
		RateLimiter limiter = LimiterFactory.local(time).rateLimiter("property", spec(limit, 1000));
		Times times = new Times();
		List<CompletableFuture<Void>> undelivered = new ArrayList<>();
		List<Long> undeliveredAt = new ArrayList<>();
		for (Step step : steps) {
			time.schedule(() -> {
			}, step.nanos());
			long until = time.elapsed() + step.nanos();
			while (time.elapsed() < until) {
				time.runNext();
			}
			long now = time.elapsed();
			for (int i = 0; i < step.attempts(); i++) {
				boolean room = times.within(now, 1000) < limit;
				assertThat(limiter.tryAcquire()).isEqualTo(room);
				if (room) {
					times.add(now);
				}
			}
			if (step.value() < 8 && times.within(now, 1000) == limit) {
				long due = times.back(limit) + 1000;
				// The executor keeps the grant to itself.
				undelivered.add(limiter.acquireAsync(Duration.ofDays(1), (task) -> {
				}));
				while (time.elapsed() < due) {
					time.runNext();
				}
				assertThat(limiter.waiting()).isZero();
				times.add(due);
				undeliveredAt.add(due);
			}
			else if (step.value() < 14 && !undelivered.isEmpty()) {
				undelivered.remove(0).cancel(false);
				times.remove(undeliveredAt.remove(0));
			}
		}
	}

	@Property(tries = 50, shrinking = ShrinkingMode.OFF)
	void waitersGetTheirTokensWhenDue(@ForAll @IntRange(min = 1, max = 20) int limit, @ForAll("starts") long start) {
		QueuedTime time = new QueuedTime(start);
		RateLimiter limiter = LimiterFactory.local(time).rateLimiter("property", spec(limit, 1000));
		Times times = new Times();
		List<CompletableFuture<Void>> futures = new ArrayList<>();
		for (int i = 0; i < 5 * limit; i++) {
			futures.add(limiter.acquireAsync(Duration.ofNanos(4000), Runnable::run));
		}
		assertThat(limiter.acquireAsync(Duration.ofNanos(4999), Runnable::run)).isCompletedExceptionally();
		for (int i = 0; i < futures.size(); i++) {
			while (!futures.get(i).isDone()) {
				time.runNext();
			}
			futures.get(i).join();
			times.add(time.elapsed());
			assertThat(time.elapsed()).isEqualTo(1000L * (i / limit));
		}
	}

	@Property(tries = 1)
	void fixedWindowIsRejected() {
		assertRejected(new Bucket() {

			private long window;

			private int granted;

			@Override
			public boolean tryAcquire(long now) {
				if (now / 1000 != this.window) {
					this.window = now / 1000;
					this.granted = 0;
				}
				return this.granted++ < 10;
			}

		});
	}

	@Property(tries = 1)
	void tokenBucketIsRejected() {
		FrozenTime time = new FrozenTime(0);
		RateLimiter limiter = newLimiter(bucket(10, 1000), time);
		assertRejected((now) -> {
			time.set(now);
			return limiter.tryAcquire();
		});
	}

	private static void assertRejected(Bucket wrong) {
		List<Step> steps = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			steps.add(new Step(97 * i % 130, 1 + i % 3, 0));
		}
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertLikeList(10, steps, (now, attempt) -> wrong.tryAcquire(now)));
	}

	private static void assertLikeList(int limit, List<Step> steps, BiFunction<Long, Integer, Boolean> tryAcquire) {
		Times times = new Times();
		long now = 0;
		for (Step step : steps) {
			now += step.nanos();
			for (int i = 0; i < step.attempts(); i++) {
				boolean room = times.within(now, 1000) < limit;
				assertThat(tryAcquire.apply(now, i)).isEqualTo(room);
				if (room) {
					times.add(now);
				}
			}
		}
	}

	private static RateLimiter newLimiter(RateLimiterSpec spec, FrozenTime time) {
		return LimiterFactory.local(time).rateLimiter("property", spec);
	}

	private static RateLimiterSpec spec(int limit, long per) {
		return bucket(limit, per).withSliding(true);
	}

	private static RateLimiterSpec bucket(int limit, long per) {
		return new RateLimiterSpec(BigDecimal.valueOf(limit), Duration.ofNanos(per), null, Duration.ZERO,
				Integer.MAX_VALUE);
	}

	@Provide
	Arbitrary<Long> starts() {
		return Arbitraries.oneOf(Arbitraries.longs(), Arbitraries.of(0L, -1L, Long.MAX_VALUE, Long.MIN_VALUE),
				Arbitraries.longs().between(Long.MAX_VALUE - 10_000, Long.MAX_VALUE));
	}

	@Provide
	Arbitrary<List<Step>> steps() {
		Arbitrary<Long> nanos = Arbitraries.frequencyOf(Tuple.of(30, Arbitraries.longs().between(0, 400)),
				Tuple.of(4, Arbitraries.of(0L, 999L, 1000L, 1001L, 2500L)),
				Tuple.of(1, Arbitraries.of(Duration.ofDays(10).toNanos())));
		return Combinators.combine(nanos, Arbitraries.integers().between(0, 15), Arbitraries.integers().between(0, 20))
			.as(Step::new)
			.list()
			.ofSize(80);
	}

	/** So many nanoseconds later, so many attempts, and a number for other uses. */
	record Step(long nanos, int attempts, int value) {
	}

	/** The model: when calls began, all of them. */
	private static final class Times {

		private final List<Long> times = new ArrayList<>();

		void add(long time) {
			this.times.add(time);
		}

		void remove(Long time) {
			this.times.remove(time);
		}

		int count() {
			return this.times.size();
		}

		/** How many began in the window of a length that ends now. */
		int within(long now, long per) {
			return (int) this.times.stream().filter((time) -> time > now - per).count();
		}

		/** When the one began that is so many back. */
		long back(int calls) {
			return this.times.get(this.times.size() - calls);
		}

	}

}
