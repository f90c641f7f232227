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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

import io.github.penstock.LimiterFactory;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The sliding window is linearizable, also when threads read the clock late and its
 * values change under them.
 */
@Tag("lincheck")
class SlidingWindowLincheckTests {

	private static final int LIMIT = 2;

	private static final int PER = 20;

	@Test
	void windowWhenModelCheckedIsLinearizable() {
		modelChecking(2).sequentialSpecification(PlainList.class).check(Window.class);
	}

	@Test
	void windowWhenLimitChangesAndModelCheckedIsLinearizable() {
		modelChecking(2).sequentialSpecification(PlainChangingList.class).check(ChangingWindow.class);
	}

	@Test
	void windowWhenLimitChangesAndStressedIsLinearizable() {
		Search.stress(4)
			.actorsBefore(2)
			.actorsAfter(2)
			.sequentialSpecification(PlainChangingList.class)
			.check(ChangingWindow.class);
	}

	@Test
	void windowThatCountsBeforeItEntersTheTimeIsRejected() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> modelChecking(Search.UNTIL_FOUND).minimizeFailedScenario(false)
				.sequentialSpecification(PlainList.class)
				.check(CountedFirst.class))
			.withMessageContaining("Invalid execution results");
	}

	private static ModelCheckingOptions modelChecking(int scenarios) {
		return Search.modelChecking(scenarios).invocationsPerIteration(60).threads(3).actorsBefore(2).actorsAfter(2);
	}

	private static RateLimiterSpec spec(int limit) {
		return RateLimiterSpec.of(limit, Duration.ofNanos(PER)).withTimeout(Duration.ZERO).withSliding(true);
	}

	@Param(name = "nanos", gen = IntGen.class, conf = "1:25")
	public static class Window {

		private final FrozenTime time = new FrozenTime(Long.MAX_VALUE - 20);

		final RateLimiter limiter = LimiterFactory.local(this.time).rateLimiter("lincheck", spec(LIMIT));

		@Operation
		public boolean tryAcquire() {
			return this.limiter.tryAcquire();
		}

		@Operation
		public void advance(@Param(name = "nanos") int nanos) {
			this.time.advance(nanos);
		}

	}

	@Param(name = "limit", gen = IntGen.class, conf = "1:4")
	public static class ChangingWindow extends Window {

		@Operation
		public void change(@Param(name = "limit") int limit) {
			this.limiter.change((spec) -> spec(limit));
		}

	}

	/** The canary: the number of grants moves on before the time is in the ring. */
	public static class CountedFirst {

		private final AtomicLong now = new AtomicLong();

		private final AtomicLong number = new AtomicLong();

		private final AtomicLongArray ring = new AtomicLongArray(new long[] { -PER, -PER });

		@Operation
		public boolean tryAcquire() {
			while (true) {
				long now = this.now.get();
				long number = this.number.get();
				int index = (int) (number % LIMIT);
				if (now - this.ring.get(index) < PER) {
					return false;
				}
				if (this.number.compareAndSet(number, number + 1)) {
					this.ring.set(index, now);
					return true;
				}
			}
		}

		@Operation
		public void advance(@Param(gen = IntGen.class, conf = "1:25") int nanos) {
			this.now.addAndGet(nanos);
		}

	}

	/** What the answers have to be if one call comes after the other. */
	public static class PlainList {

		private final List<Long> times = new ArrayList<>();

		private long now;

		int limit = LIMIT;

		public boolean tryAcquire() {
			boolean room = this.times.stream().filter((time) -> this.now - time < PER).count() < this.limit;
			if (room) {
				this.times.add(this.now);
			}
			return room;
		}

		public void advance(int nanos) {
			this.now += nanos;
		}

	}

	public static class PlainChangingList extends PlainList {

		public void change(int limit) {
			this.limit = limit;
		}

	}

}
