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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConcurrencyLimiter#peakThenReset()}: no moment is missed, however
 * short.
 */
class PeakTests {

	private final ManualTime time = new ManualTime();

	private final SemaphoreLimiter limiter = new SemaphoreLimiter("export",
			ConcurrencyLimiterSpec.of(5).withTimeout(Duration.ofSeconds(1)), this.time);

	@Test
	void peakIsTheMostThatWereOutAtOnceThoughTheyAreBackAlready() {
		acquire(this.limiter, 3).forEach(Permit::close);
		acquire(this.limiter, 2).forEach(Permit::close);
		assertThat(this.limiter.peakThenReset()).isEqualTo(3);
		assertThat(this.limiter.peakThenReset()).isZero();
	}

	@Test
	void peakBeginsAnewWithWhatIsOut() {
		List<Permit> permits = acquire(this.limiter, 4);
		assertThat(this.limiter.peakThenReset()).isEqualTo(4);
		permits.forEach(Permit::close);
		assertThat(this.limiter.peakThenReset()).isEqualTo(4);
		assertThat(this.limiter.peakThenReset()).isZero();
	}

	@Test
	void peakCountsScopesAndThingsThatAreHandedOut() {
		Object checkedOut = this.limiter.checkOut();
		this.limiter.run(() -> {
		});
		this.limiter.checkIn(checkedOut);
		assertThat(this.limiter.peakThenReset()).isEqualTo(2);
	}

	@Test
	void peakCountsThoseWhoComeOutOfTheLine() {
		List<Permit> permits = acquire(this.limiter, 5);
		CompletableFuture<Permit> waiting = this.limiter.acquireAsync(Duration.ofSeconds(1), Runnable::run);
		permits.forEach(Permit::close);
		this.limiter.peakThenReset();
		waiting.join().close();
		permits = acquire(this.limiter, 5);
		assertThat(this.limiter.peakThenReset()).isEqualTo(5);
		waiting = this.limiter.acquireAsync(Duration.ofSeconds(1), Runnable::run);
		this.limiter.change((spec) -> spec.withMax(6));
		waiting.join().close();
		assertThat(this.limiter.peakThenReset()).isEqualTo(6);
		permits.forEach(Permit::close);
	}

	@Test
	void peakCountsThoseForWhomTheLimitDoesNotHold() throws InterruptedException {
		this.limiter.change((spec) -> spec.withEnforce(0));
		List<Permit> permits = acquire(this.limiter, 5);
		this.limiter.acquire(Duration.ofSeconds(1)).close();
		permits.add(this.limiter.acquire(Duration.ofSeconds(1)));
		permits.add(this.limiter.acquire(Duration.ofSeconds(1)));
		permits.forEach(Permit::close);
		assertThat(this.limiter.peakThenReset()).isEqualTo(7);
	}

	@Test
	void peakOfALimiterThatKnowsItsHoldersIsTheSame() {
		LimiterRegistry registry = new LimiterRegistry(
				LimiterFactory.tracking(LimiterFactory.local(this.time), this.time));
		ConcurrencyLimiter tracked = registry.register("tracked", ConcurrencyLimiterSpec.of(5));
		acquire(tracked, 3).forEach(Permit::close);
		assertThat(tracked.peakThenReset()).isEqualTo(3);
	}

	@Test // P1
	void peakOfManyThreadsIsNeverMoreThanTheLimitAndTheLimitWhereTheyMeet() throws Exception {
		CyclicBarrier allAreIn = new CyclicBarrier(5);
		ExecutorService threads = Executors.newFixedThreadPool(5);
		try {
			for (int round = 0; round < 200; round++) {
				List<Future<?>> calls = new ArrayList<>();
				for (int thread = 0; thread < 5; thread++) {
					calls.add(threads.submit(() -> this.limiter.call(allAreIn::await)));
				}
				for (Future<?> call : calls) {
					call.get();
				}
				assertThat(this.limiter.peakThenReset()).isEqualTo(5);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static List<Permit> acquire(ConcurrencyLimiter limiter, int count) {
		List<Permit> permits = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			permits.add(Objects.requireNonNull(limiter.tryAcquire()));
		}
		return permits;
	}

}
