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

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterFactory;
import io.github.penstock.Permit;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The semaphore without waiters is linearizable: whatever the threads do at the same
 * time, there is an order of the calls in which a plain counter gives the same answers.
 */
@Tag("lincheck")
class SemaphoreLincheckTests {

	@Test
	void semaphoreWhenModelCheckedIsLinearizable() {
		modelChecking(3).sequentialSpecification(Counter.class).check(Semaphore.class);
	}

	@Test
	void semaphoreWhenResizedAndModelCheckedIsLinearizable() {
		modelChecking(3).sequentialSpecification(ResizableCounter.class).check(ResizableSemaphore.class);
	}

	@Test
	void semaphoreWhenResizedAndStressedIsLinearizable() {
		Search.stress(5)
			.actorsBefore(1)
			.actorsAfter(1)
			.sequentialSpecification(ResizableCounter.class)
			.check(ResizableSemaphore.class);
	}

	@Test
	void semaphoreThatChecksThenActsIsRejected() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> modelChecking(Search.UNTIL_FOUND).minimizeFailedScenario(false)
				.sequentialSpecification(Counter.class)
				.check(CheckThenAct.class))
			.withMessageContaining("Invalid execution results");
	}

	private static ModelCheckingOptions modelChecking(int scenarios) {
		return Search.modelChecking(scenarios).invocationsPerIteration(100).threads(3).actorsBefore(1).actorsAfter(1);
	}

	private static ConcurrencyLimiter newLimiter(int max) {
		return LimiterFactory.local(new FrozenTime(0)).concurrencyLimiter("lincheck", ConcurrencyLimiterSpec.of(max));
	}

	/** What each thread does: take, and give back what it took itself. */
	@Param(name = "thread", gen = ThreadIdGen.class)
	public abstract static class Threads {

		private final Deque<Permit>[] held = newDeques();

		abstract Permit take();

		@SuppressWarnings("unchecked")
		private static Deque<Permit>[] newDeques() {
			Deque<Permit>[] deques = new Deque[8];
			for (int i = 0; i < deques.length; i++) {
				deques[i] = new ArrayDeque<>();
			}
			return deques;
		}

		@Operation
		public boolean tryAcquire(@Param(name = "thread") int thread) {
			Permit permit = take();
			if (permit != null) {
				this.held[thread].push(permit);
			}
			return permit != null;
		}

		@Operation
		public boolean close(@Param(name = "thread") int thread) {
			Permit permit = this.held[thread].poll();
			if (permit != null) {
				permit.close();
				permit.close();
			}
			return permit != null;
		}

	}

	public static class Semaphore extends Threads {

		private final ConcurrencyLimiter limiter = newLimiter(2);

		@Override
		Permit take() {
			return this.limiter.tryAcquire();
		}

		@Operation
		public int inUse() {
			return this.limiter.inUse();
		}

		@Operation
		public int available() {
			return this.limiter.available();
		}

	}

	@Param(name = "max", gen = IntGen.class, conf = "0:3")
	public static class ResizableSemaphore extends Threads {

		private final ConcurrencyLimiter limiter = newLimiter(2);

		@Override
		Permit take() {
			return this.limiter.tryAcquire();
		}

		@Operation
		public void resize(@Param(name = "max") int max) {
			this.limiter.change((spec) -> spec.withMax(max));
		}

	}

	/** The canary: two threads may both see the last permit. */
	public static class CheckThenAct extends Threads {

		private final AtomicInteger inUse = new AtomicInteger();

		@Override
		Permit take() {
			if (this.inUse.get() >= 2) {
				return null;
			}
			this.inUse.incrementAndGet();
			return new CanaryPermit(this.inUse::decrementAndGet);
		}

		@Operation
		public int inUse() {
			return this.inUse.get();
		}

		@Operation
		public int available() {
			return Math.max(0, 2 - this.inUse.get());
		}

	}

	/** What the answers have to be if one call comes after the other. */
	public static class Counter {

		private final int[] held = new int[8];

		int max = 2;

		public boolean tryAcquire(int thread) {
			if (inUse() >= this.max) {
				return false;
			}
			this.held[thread]++;
			return true;
		}

		public boolean close(int thread) {
			if (this.held[thread] == 0) {
				return false;
			}
			this.held[thread]--;
			return true;
		}

		public int inUse() {
			int sum = 0;
			for (int permits : this.held) {
				sum += permits;
			}
			return sum;
		}

		public int available() {
			return this.max - inUse();
		}

	}

	public static class ResizableCounter extends Counter {

		public void resize(int max) {
			this.max = max;
		}

	}

}
