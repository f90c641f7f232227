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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Grants that cross the timeout, for callers whose executor does not complete what it is
 * given. The clock is read between the server's look at the waiter and its claim: then
 * the time is over.
 */
@Timeout(120)
class DroppedCompletionTests {

	private static final Duration TIMEOUT = Duration.ofMillis(10);

	private final CrossingTime time = new CrossingTime();

	private final LimiterFactory factory = LimiterFactory.local(this.time);

	static Stream<Named<Executor>> executors() {
		ExecutorService discarding = new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(1),
				new ThreadPoolExecutor.DiscardPolicy());
		discarding.shutdown();
		ExecutorService stopped = new StoppingExecutor();
		return Stream.of(Named.of("discards", discarding), Named.of("drops", (task) -> {
		}), Named.of("is shut down with it in its queue", stopped), Named.of("rejects", (task) -> {
			throw new RejectedExecutionException("thrown by a test");
		}), Named.of("throws an Error", (task) -> {
			throw new AssertionError("thrown by a test");
		}), Named.of("runs it twice", (task) -> {
			task.run();
			task.run();
		}), Named.of("runs it and throws", (task) -> {
			task.run();
			throw new IllegalStateException("thrown by a test");
		}));
	}

	@ParameterizedTest
	@MethodSource("executors")
	void permitThatCrossesTheTimeoutIsNotLost(Executor executor) {
		ConcurrencyLimiter limiter = this.factory.concurrencyLimiter("permits",
				new ConcurrencyLimiterSpec(1, TIMEOUT, 10));
		// At every second reading so far that the executor's moment is over as well.
		for (int i = 0; i < 24; i++) {
			int reading = i / 2;
			Permit held = limiter.tryAcquire();
			assertThat(held).isNotNull();
			CompletableFuture<Permit> future = limiter.acquireAsync(TIMEOUT, executor);
			this.time.crossAt(reading, (i % 2 == 0) ? TIMEOUT : TIMEOUT.plusNanos(FutureWaiter.GRACE_NANOS));
			held.close();
			end(future);
			assertThat(limiter.waiting()).as("reading %s", reading).isZero();
			if (!future.isCompletedExceptionally()) {
				future.join().close();
			}
			await().pollInterval(Duration.ofMillis(1)).untilAsserted(() -> assertThat(limiter.inUse()).isZero());
			assertThat(limiter.available()).isOne();
		}
	}

	@ParameterizedTest
	@MethodSource("executors")
	void tokenThatCrossesTheTimeoutIsTold(Executor executor) {
		RateLimiter limiter = this.factory.rateLimiter("tokens",
				RateLimiterSpec.of(1_000).withBurst(1L).withTimeout(TIMEOUT));
		for (int reading = 0; reading < 12; reading++) {
			this.time.advance(Duration.ofSeconds(1));
			assertThat(limiter.tryAcquire()).isTrue();
			CompletableFuture<?> future = limiter.acquireAsync(TIMEOUT, executor);
			this.time.crossAt(reading, TIMEOUT);
			this.time.advance(Duration.ofMillis(1));
			end(future);
			assertThat(limiter.waiting()).as("reading %s", reading).isZero();
		}
	}

	@Tag("soak")
	@Test
	void permitsOfManyThreadsAndBadExecutorsAreAllBack() throws InterruptedException {
		int max = 7;
		ConcurrencyLimiter limiter = new LimiterRegistry().register("soak",
				new ConcurrencyLimiterSpec(max, Duration.ofMillis(3), 100));
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 24; i++) {
			Thread thread = new Thread(() -> {
				while (System.nanoTime() - end < 0) {
					executors().map(Named::getPayload).forEach((executor) -> {
						long nanos = 1 + ThreadLocalRandom.current().nextLong(3_000_000);
						CompletableFuture<Permit> future = limiter.acquireAsync(Duration.ofNanos(nanos), executor);
						future.thenAccept((permit) -> {
							Thread.yield();
							permit.close();
						});
						if (nanos % 5 == 0) {
							future.cancel(false);
						}
					});
				}
			});
			thread.start();
			threads.add(thread);
		}
		for (Thread thread : threads) {
			thread.join();
		}
		await().untilAsserted(() -> {
			assertThat(limiter.waiting()).isZero();
			assertThat(limiter.inUse()).isZero();
		});
	}

	/** By its executor, by the timer, or by a thread of the limiters' own. */
	private void end(CompletableFuture<?> future) {
		this.time.crossNever();
		for (int i = 0; i < 4; i++) {
			this.time.advanceNanos(TIMEOUT.toNanos());
			this.time.advanceNanos(FutureWaiter.GRACE_NANOS);
		}
		await().pollInterval(Duration.ofMillis(1)).untilAsserted(() -> assertThat(future).isDone());
	}

	/** A clock that runs what is due while it is read. */
	private static final class CrossingTime implements TimeSource {

		private final ManualTime time = new ManualTime();

		private int readingsLeft = -1;

		private long jump;

		private Thread reader = Thread.currentThread();

		private void crossAt(int reading, Duration jump) {
			this.reader = Thread.currentThread();
			this.readingsLeft = reading;
			this.jump = jump.toNanos();
		}

		private void crossNever() {
			this.readingsLeft = -1;
		}

		@Override
		public long nanoTime() {
			if (Thread.currentThread() == this.reader && this.readingsLeft >= 0 && this.readingsLeft-- == 0) {
				this.time.advanceNanos(this.jump);
			}
			return this.time.nanoTime();
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			this.time.parkNanos(blocker, nanos);
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			return this.time.schedule(task, nanos);
		}

		private void advance(Duration duration) {
			this.time.advance(duration);
		}

		private void advanceNanos(long nanos) {
			this.time.advanceNanos(nanos);
		}

	}

	/** Ends with each task still in its queue. */
	private static final class StoppingExecutor extends ThreadPoolExecutor {

		private StoppingExecutor() {
			super(0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Executors.defaultThreadFactory(),
					new DiscardPolicy());
		}

		@Override
		public void execute(Runnable task) {
			getQueue().add(task);
			shutdownNow();
		}

	}

}
