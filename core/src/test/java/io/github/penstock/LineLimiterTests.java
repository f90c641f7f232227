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

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LineLimiter}: a call that is cut off while it waits, or does not get
 * to wait, leaves nothing behind.
 */
class LineLimiterTests {

	private final CuttingTime time = new CuttingTime();

	private final SemaphoreLimiter limiter = new SemaphoreLimiter("permits",
			ConcurrencyLimiterSpec.of(1).withMaxWaiting(2), this.time);

	private final Permit held = this.limiter.tryAcquire();

	@AfterEach
	void everythingIsBack() {
		this.held.close();
		assertThat(this.limiter.waiting()).isZero();
		assertThat(this.limiter.inUse()).isZero();
	}

	@Test
	void callThatIsCutOffWhileItWaitsLeavesTheLine() {
		assertThatExceptionOfType(CutOff.class).isThrownBy(this.limiter::enter);
		assertThat(this.limiter.waiting()).isZero();
		this.held.close();
		assertThat(this.limiter.inUse()).isZero();
	}

	@Test
	void callThatIsCutOffWhenItWasGrantedAPermitGivesItToTheNext() {
		AtomicReference<CompletableFuture<Permit>> next = new AtomicReference<>();
		this.time.before = () -> {
			next.set(waiting());
			this.held.close();
		};
		assertThatExceptionOfType(CutOff.class).isThrownBy(this.limiter::enter);
		assertThat(next.get()).isCompleted();
		next.get().join().close();
	}

	@Test
	void callThatFindsTheLineFullCountsNobodyOut() {
		CompletableFuture<Permit> first = waiting();
		CompletableFuture<Permit> second = waiting();
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(this.limiter::enter)
			.extracting(BulkheadFullException::reason)
			.isEqualTo(RefusalReason.LINE_FULL);
		assertThat(this.limiter.waiting()).isEqualTo(2);
		assertThat(waiting()).isCompletedExceptionally();
		assertThat(this.limiter.waiting()).isEqualTo(2);
		first.cancel(false);
		second.cancel(false);
	}

	private CompletableFuture<Permit> waiting() {
		return this.limiter.acquireAsync(Duration.ofHours(1), Runnable::run);
	}

	/** Time in which no thread parks and goes on. */
	private static final class CuttingTime implements TimeSource {

		private Runnable before = () -> {
		};

		@Override
		public long nanoTime() {
			return 0;
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			this.before.run();
			throw new CutOff();
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			return () -> {
			};
		}

	}

	private static final class CutOff extends Error {

		private static final long serialVersionUID = 1L;

	}

}
