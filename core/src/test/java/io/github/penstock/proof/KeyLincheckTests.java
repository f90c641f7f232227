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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterFactory;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Nobody can tell that keys are forgotten: whatever calls of several keys do at the same
 * time, which has some of them forgotten, there is an order in which plain buckets and
 * counters, one for each key, give the same answers (K1, K2).
 */
@Tag("lincheck")
class KeyLincheckTests {

	private static final int KEYS = 4;

	private static final int COST = 10;

	private static final int CAPACITY = 2;

	@Test
	void bucketsOfKeysWhenModelCheckedAreLinearizable() {
		modelChecking(2).sequentialSpecification(PlainBuckets.class).check(Buckets.class);
	}

	@Test
	void bucketsOfKeysWhenStressedAreLinearizable() {
		Search.stress(5)
			.actorsBefore(3)
			.actorsAfter(2)
			.sequentialSpecification(PlainChangingBuckets.class)
			.check(ChangingBuckets.class);
	}

	@Test
	void permitsOfKeysWhenModelCheckedAreLinearizable() {
		modelChecking(1).invocationsPerIteration(40).sequentialSpecification(Counters.class).check(Permits.class);
	}

	@Test
	void permitsOfKeysWhenStressedAreLinearizable() {
		Search.stress(2)
			.actorsBefore(2)
			.actorsAfter(2)
			.sequentialSpecification(ResizableCounters.class)
			.check(ResizablePermits.class);
	}

	@Test
	void bucketsThatAreForgottenWhileACallHasThemAreRejected() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> modelChecking(Search.UNTIL_FOUND).minimizeFailedScenario(false)
				.sequentialSpecification(PlainPermitsThatStay.class)
				.check(ForgottenTooEarly.class))
			.withMessageContaining("Invalid execution results");
	}

	private static ModelCheckingOptions modelChecking(int scenarios) {
		return Search.modelChecking(scenarios).invocationsPerIteration(100).threads(2).actorsBefore(2).actorsAfter(2);
	}

	private static RateLimiterSpec spec(int cost, long capacity) {
		return new RateLimiterSpec(BigDecimal.ONE, Duration.ofNanos(cost), capacity, Duration.ZERO, 0);
	}

	/** Each key that comes looks at two others, and has them forgotten. */
	@Param(name = "key", gen = IntGen.class, conf = "1:4")
	@Param(name = "nanos", gen = IntGen.class, conf = "1:25")
	public static class Buckets {

		private final FrozenTime time = new FrozenTime(Long.MAX_VALUE - 20);

		final RateLimiter limiter = newLimiter(this.time);

		private static RateLimiter newLimiter(FrozenTime time) {
			RateLimiter limiter = LimiterFactory.local(time).rateLimiter("lincheck", spec(COST, CAPACITY));
			// From now on there are keys.
			limiter.forKey("0").tryAcquire();
			return limiter;
		}

		@Operation
		public boolean tryAcquire(@Param(name = "key") int key) {
			return this.limiter.forKey("" + key).tryAcquire();
		}

		@Operation
		public void advance(@Param(name = "nanos") int nanos) {
			this.time.advance(nanos);
		}

	}

	@Param(name = "cost", gen = IntGen.class, conf = "1:4")
	public static class ChangingBuckets extends Buckets {

		@Operation(nonParallelGroup = "change")
		public void change(@Param(name = "cost") int cost) {
			this.limiter.change((spec) -> spec(cost * 5, cost));
		}

	}

	/** What the answers have to be if no key is ever forgotten. */
	public static class PlainBuckets {

		final TokenBucketLincheckTests.PlainBucket[] buckets = Stream
			.generate(TokenBucketLincheckTests.PlainBucket::new)
			.limit(KEYS + 1)
			.toArray(TokenBucketLincheckTests.PlainBucket[]::new);

		public boolean tryAcquire(int key) {
			return this.buckets[key].tryAcquire();
		}

		public void advance(int nanos) {
			for (TokenBucketLincheckTests.PlainBucket bucket : this.buckets) {
				bucket.advance(nanos);
			}
		}

	}

	public static class PlainChangingBuckets extends PlainBuckets {

		public void change(int cost) {
			for (TokenBucketLincheckTests.PlainBucket bucket : this.buckets) {
				bucket.become(cost * 5, cost);
			}
		}

	}

	/**
	 * One permit for each key, which a thread gives back whatever the key has by then.
	 */
	@Param(name = "key", gen = IntGen.class, conf = "1:4")
	@Param(name = "thread", gen = ThreadIdGen.class)
	public static class Permits {

		final ConcurrencyLimiter limiter = LimiterFactory.local(new FrozenTime(0))
			.concurrencyLimiter("lincheck", ConcurrencyLimiterSpec.of(1).withTimeout(Duration.ZERO));

		private final Permit[] held = new Permit[8];

		@Operation
		public boolean tryAcquire(@Param(name = "thread") int thread, @Param(name = "key") int key) {
			if (this.held[thread] != null) {
				return false;
			}
			this.held[thread] = this.limiter.forKey("" + key).tryAcquire();
			return this.held[thread] != null;
		}

		@Operation
		public boolean close(@Param(name = "thread") int thread) {
			Permit permit = this.held[thread];
			this.held[thread] = null;
			if (permit != null) {
				permit.close();
			}
			return permit != null;
		}

		@Operation
		public int inUse(@Param(name = "key") int key) {
			return this.limiter.forKey("" + key).inUse();
		}

	}

	@Param(name = "max", gen = IntGen.class, conf = "0:2")
	public static class ResizablePermits extends Permits {

		@Operation
		public void resize(@Param(name = "max") int max) {
			this.limiter.change((spec) -> spec.withMax(max));
		}

	}

	public static class Counters {

		int max = 1;

		private final int[] inUse = new int[KEYS + 1];

		private final int[] held = new int[8];

		public boolean tryAcquire(int thread, int key) {
			if (this.held[thread] != 0 || this.inUse[key] >= this.max) {
				return false;
			}
			this.inUse[key]++;
			this.held[thread] = key;
			return true;
		}

		public boolean close(int thread) {
			int key = this.held[thread];
			this.held[thread] = 0;
			if (key != 0) {
				this.inUse[key]--;
			}
			return key != 0;
		}

		public int inUse(int key) {
			return this.inUse[key];
		}

	}

	public static class ResizableCounters extends Counters {

		public void resize(int max) {
			this.max = max;
		}

	}

	/** The canary: forgets whoever has taken nothing, though a call is about to. */
	@Param(name = "key", gen = IntGen.class, conf = "1:2")
	public static class ForgottenTooEarly {

		private final Map<Integer, AtomicInteger> taken = new ConcurrentHashMap<>();

		@Operation
		public boolean tryAcquire(@Param(name = "key") int key) {
			AtomicInteger ofKey = this.taken.computeIfAbsent(key, (unknown) -> new AtomicInteger());
			return ofKey.compareAndSet(0, 1);
		}

		@Operation
		public void forget(@Param(name = "key") int key) {
			AtomicInteger ofKey = this.taken.get(key);
			if (ofKey != null && ofKey.get() == 0) {
				this.taken.remove(key, ofKey);
			}
		}

		@Operation
		public void giveBack(@Param(name = "key") int key) {
			AtomicInteger ofKey = this.taken.get(key);
			if (ofKey != null) {
				ofKey.set(0);
			}
		}

	}

	public static class PlainPermitsThatStay {

		private final int[] taken = new int[KEYS + 1];

		public boolean tryAcquire(int key) {
			boolean free = this.taken[key] == 0;
			this.taken[key] = 1;
			return free;
		}

		public void forget(int key) {
			// That changes nothing.
		}

		public void giveBack(int key) {
			this.taken[key] = 0;
		}

	}

}
