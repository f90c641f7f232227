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
 * The token bucket is linearizable, also when threads read the clock late and the rate
 * changes under them.
 */
@Tag("lincheck")
class TokenBucketLincheckTests {

	private static final int COST = 10;

	private static final int CAPACITY = 2;

	@Test
	void bucketWhenModelCheckedIsLinearizable() {
		modelChecking(3).sequentialSpecification(PlainBucket.class).check(Bucket.class);
	}

	@Test
	void bucketWhenRateChangesAndModelCheckedIsLinearizable() {
		modelChecking(3).sequentialSpecification(PlainChangingBucket.class).check(ChangingBucket.class);
	}

	@Test
	void bucketWhenRateChangesAndStressedIsLinearizable() {
		Search.stress(5)
			.actorsBefore(2)
			.actorsAfter(2)
			.sequentialSpecification(PlainChangingBucket.class)
			.check(ChangingBucket.class);
	}

	@Test
	void bucketOfTwoWordsIsRejected() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> modelChecking(Search.UNTIL_FOUND).minimizeFailedScenario(false)
				.sequentialSpecification(PlainBucket.class)
				.check(TwoWords.class))
			.withMessageContaining("Invalid execution results");
	}

	private static ModelCheckingOptions modelChecking(int scenarios) {
		return Search.modelChecking(scenarios).invocationsPerIteration(100).threads(3).actorsBefore(2).actorsAfter(2);
	}

	private static RateLimiterSpec spec(int cost, long capacity) {
		return new RateLimiterSpec(BigDecimal.ONE, Duration.ofNanos(cost), capacity, Duration.ZERO, 0);
	}

	@Param(name = "nanos", gen = IntGen.class, conf = "1:25")
	public static class Bucket {

		private final FrozenTime time = new FrozenTime(Long.MAX_VALUE - 20);

		final RateLimiter limiter = LimiterFactory.local(this.time).rateLimiter("lincheck", spec(COST, CAPACITY));

		@Operation
		public boolean tryAcquire() {
			return this.limiter.tryAcquire();
		}

		@Operation
		public void advance(@Param(name = "nanos") int nanos) {
			this.time.advance(nanos);
		}

	}

	@Param(name = "cost", gen = IntGen.class, conf = "1:4")
	public static class ChangingBucket extends Bucket {

		@Operation
		public void change(@Param(name = "cost") int cost) {
			this.limiter.change((spec) -> spec(cost * 5, cost));
		}

	}

	/** The canary: tokens and the time of the last refill are two words. */
	public static class TwoWords {

		private volatile long now;

		private volatile long level = CAPACITY * COST;

		private volatile long last;

		@Operation
		public boolean tryAcquire() {
			long now = this.now;
			long level = Math.min(CAPACITY * COST, this.level + now - this.last);
			this.last = now;
			this.level = (level >= COST) ? level - COST : level;
			return level >= COST;
		}

		@Operation(nonParallelGroup = "clock")
		public void advance(@Param(gen = IntGen.class, conf = "1:25") int nanos) {
			this.now += nanos;
		}

	}

	/** What the answers have to be if one call comes after the other. */
	public static class PlainBucket {

		private long cost = COST;

		private long capacity = CAPACITY * COST;

		private long level = this.capacity;

		public boolean tryAcquire() {
			if (this.level < this.cost) {
				return false;
			}
			this.level -= this.cost;
			return true;
		}

		public void advance(int nanos) {
			this.level = Math.min(this.capacity, this.level + nanos);
		}

		void become(int cost, int capacity) {
			this.capacity = (long) capacity * cost;
			this.level = Math.min(this.capacity, this.level * cost / this.cost);
			this.cost = cost;
		}

	}

	public static class PlainChangingBucket extends PlainBucket {

		public void change(int cost) {
			become(cost * 5, cost);
		}

	}

}
