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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.TimeSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Who comes first is served first, each permit wakes one (P4, B01, B03, B14).
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class FairnessTests {

	private static final Duration LONG = Duration.ofMinutes(2);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final AtomicBoolean stop = new AtomicBoolean();

	@AfterEach
	void stop() {
		this.stop.set(true);
		this.threads.shutdownNow();
	}

	@Test
	void waitersWhileOthersBargeAreServedInOrderOfArrival() throws Exception {
		ConcurrencyLimiter limiter = newLimiter(1, TimeSource.system());
		Permit held = limiter.acquire();
		ConcurrentLinkedQueue<Integer> served = new ConcurrentLinkedQueue<>();
		int waiters = 60;
		CountDownLatch done = new CountDownLatch(waiters);
		for (int i = 0; i < waiters; i++) {
			int number = i;
			if (i % 3 == 0) {
				limiter.acquireAsync(LONG, Runnable::run).thenAccept((permit) -> {
					served.add(number);
					permit.close();
					done.countDown();
				});
			}
			else {
				this.threads.execute(() -> limiter.run(() -> {
					served.add(number);
					done.countDown();
				}));
			}
			await().pollInterval(Duration.ofMillis(1)).until(() -> limiter.waiting() == number + 1);
		}
		LongAdder barged = new LongAdder();
		AtomicLong attempts = new AtomicLong();
		for (int i = 0; i < 3; i++) {
			this.threads.execute(() -> {
				while (!this.stop.get() && done.getCount() > 0) {
					attempts.incrementAndGet();
					Permit permit = limiter.tryAcquire();
					if (permit != null) {
						if (served.size() < waiters) {
							barged.increment();
						}
						permit.close();
					}
				}
			});
		}
		await().until(() -> attempts.get() > 1000);
		held.close();
		assertThat(done.await(2, TimeUnit.MINUTES)).isTrue();
		assertThat(served).containsExactlyElementsOf(IntStream.range(0, waiters).boxed().toList());
		assertThat(barged.sum()).isZero();
	}

	@Test
	void releasesLetExactlyAsManyWaitersProceed() throws Exception {
		ConcurrencyLimiter limiter = newLimiter(5, TimeSource.system());
		List<Permit> held = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			held.add(limiter.acquire());
		}
		LongAdder proceeded = new LongAdder();
		CountDownLatch end = new CountDownLatch(1);
		CountDownLatch three = new CountDownLatch(3);
		for (int i = 0; i < 8; i++) {
			this.threads.execute(() -> limiter.run(() -> {
				proceeded.increment();
				three.countDown();
				awaitQuietly(end);
			}));
		}
		await().until(() -> limiter.waiting() == 8);
		held.subList(0, 3).forEach(Permit::close);
		assertThat(three.await(1, TimeUnit.MINUTES)).isTrue();
		assertThat(limiter.waiting()).isEqualTo(5);
		assertThat(limiter.inUse()).isEqualTo(5);
		assertThat(proceeded.sum()).isEqualTo(3);
		end.countDown();
		held.forEach(Permit::close);
		await().until(() -> limiter.inUse() == 0 && limiter.waiting() == 0);
		assertThat(proceeded.sum()).isEqualTo(8);
	}

	@Test
	void growthLetsExactlyAsManyWaitersProceed() {
		ConcurrencyLimiter limiter = newLimiter(1, TimeSource.system());
		Permit held = limiter.tryAcquire();
		List<CompletableFuture<Permit>> waiters = Stream.generate(() -> limiter.acquireAsync(LONG, Runnable::run))
			.limit(10)
			.toList();
		limiter.change((spec) -> spec.withMax(5));
		assertThat(waiters.stream().map(CompletableFuture::isDone)).containsExactly(true, true, true, true, false,
				false, false, false, false, false);
		held.close();
		assertThat(waiters.get(4)).isDone();
		assertThat(waiters.get(5)).isNotDone();
	}

	@Test
	void eachPermitWakesOneOfAThousandWaiters() throws Exception {
		CountingTime time = new CountingTime();
		ConcurrencyLimiter limiter = newLimiter(1, time);
		Permit held = limiter.acquire();
		int waiters = 1000;
		CountDownLatch done = new CountDownLatch(waiters);
		for (int i = 0; i < waiters; i++) {
			this.threads.execute(() -> limiter.run(done::countDown));
		}
		await().until(() -> limiter.waiting() == waiters);
		held.close();
		assertThat(done.await(2, TimeUnit.MINUTES)).isTrue();
		assertFewParks(time, waiters);
	}

	@Test
	void newcomersDoNotPassThoseWhoWaitForASlidingWindow() throws Exception {
		RateLimiter limiter = new LimiterRegistry().register("fair",
				RateLimiterSpec.of(10, Duration.ofMillis(50)).withSliding(true).withTimeout(LONG));
		while (limiter.tryAcquire()) {
			Thread.onSpinWait();
		}
		int waiters = 60;
		CountDownLatch done = new CountDownLatch(waiters);
		for (int i = 0; i < waiters; i++) {
			limiter.acquireAsync(LONG, Runnable::run).thenRun(done::countDown);
		}
		LongAdder barged = new LongAdder();
		for (int i = 0; i < 2; i++) {
			this.threads.execute(() -> {
				while (!this.stop.get() && done.getCount() > 0) {
					if (limiter.waiting() > 0 && limiter.tryAcquire() && limiter.waiting() > 0) {
						barged.increment();
					}
				}
			});
		}
		assertThat(done.await(2, TimeUnit.MINUTES)).isTrue();
		assertThat(barged.sum()).isZero();
	}

	@Test
	void eachTokenWakesOneOfAThousandWaiters() throws Exception {
		CountingTime time = new CountingTime();
		RateLimiter limiter = new LimiterRegistry(time).register("herd",
				RateLimiterSpec.of(2_000).withBurst(1L).withTimeout(LONG));
		int waiters = 1000;
		CountDownLatch done = new CountDownLatch(waiters);
		for (int i = 0; i < waiters; i++) {
			this.threads.execute(() -> {
				limiter.enter();
				done.countDown();
			});
		}
		assertThat(done.await(2, TimeUnit.MINUTES)).isTrue();
		assertFewParks(time, waiters);
	}

	/**
	 * A thread parks until its turn, or again: at most a few times, never once each
	 * token.
	 */
	private static void assertFewParks(CountingTime time, int waiters) {
		// A park of more than the longest one is cut into pieces of five seconds.
		assertThat(time.parks.sum()).isLessThan(waiters * 20L);
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static ConcurrencyLimiter newLimiter(int max, TimeSource time) {
		return new LimiterRegistry(time).register("fair", ConcurrencyLimiterSpec.of(max).withTimeout(LONG));
	}

	/** Counts how often threads go to sleep. */
	private static final class CountingTime implements TimeSource {

		private final TimeSource system = TimeSource.system();

		private final LongAdder parks = new LongAdder();

		@Override
		public long nanoTime() {
			return this.system.nanoTime();
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			this.parks.increment();
			this.system.parkNanos(blocker, nanos);
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			return this.system.schedule(task, nanos);
		}

	}

}
