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
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimitExceededException;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Time-outs, interrupts, cancels, resizes and nested scopes at the same time, ending in
 * the invariants (P1, P2, P3, T1).
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LimiterStressTests {

	private static final int MOST = 6;

	private static final int THREADS = 12;

	private final LongAdder granted = new LongAdder();

	private final LongAdder refused = new LongAdder();

	private final AtomicInteger inside = new AtomicInteger();

	private final AtomicInteger mostInside = new AtomicInteger();

	@Test
	void semaphoreUnderStressKeepsItsInvariants() throws Exception {
		stressSemaphore(Duration.ofSeconds(1));
	}

	@Tag("soak")
	@Test
	void semaphoreUnderLongStressKeepsItsInvariants() throws Exception {
		stressSemaphore(Duration.ofSeconds(30));
	}

	@Test
	void bucketUnderStressKeepsItsInvariants() throws Exception {
		stressBucket(Duration.ofSeconds(1));
	}

	@Tag("soak")
	@Test
	void bucketUnderLongStressKeepsItsInvariants() throws Exception {
		stressBucket(Duration.ofSeconds(30));
	}

	private void stressSemaphore(Duration length) throws Exception {
		ConcurrencyLimiter limiter = new LimiterRegistry().register("stress",
				new ConcurrencyLimiterSpec(MOST, Duration.ofMillis(20), 8));
		stress(length, () -> callSemaphore(limiter), () -> limiter.change((spec) -> spec.withMax(random(MOST + 1))));
		limiter.change((spec) -> spec.withMax(MOST));
		await().untilAsserted(() -> {
			assertThat(limiter.inUse()).isZero();
			assertThat(limiter.waiting()).isZero();
			assertThat(limiter.available()).isEqualTo(MOST);
			assertThat(limiter.stats().granted()).isEqualTo(this.granted.sum());
			assertThat(limiter.stats().refusedTotal()).isEqualTo(this.refused.sum());
		});
		assertThat(this.granted.sum()).isPositive();
		assertThat(this.refused.sum()).isPositive();
		assertThat(this.inside).hasValue(0);
		assertThat(this.mostInside.get()).isBetween(1, MOST);
		for (int i = 0; i < MOST; i++) {
			assertThat(limiter.tryAcquire()).isNotNull();
		}
		assertThat(limiter.tryAcquire()).isNull();
	}

	private void callSemaphore(ConcurrencyLimiter limiter) throws InterruptedException {
		Duration timeout = Duration.ofNanos(random(2_000_000));
		switch (random(5)) {
			case 0 -> use(limiter.tryAcquire(), limiter);
			case 1 -> use(limiter.acquire(timeout), limiter);
			case 2 -> enter(limiter);
			case 3 -> {
				CompletableFuture<Permit> future = limiter.acquireAsync(timeout, Runnable::run);
				end(future, random(3) == 0, (permit) -> use(permit, limiter));
			}
			default -> {
				CompletableFuture<Permit> future = limiter.acquireAsync();
				end(future, random(2) == 0, (permit) -> use(permit, limiter));
			}
		}
	}

	private void enter(ConcurrencyLimiter limiter) {
		Object entry = limiter.enter();
		try {
			this.granted.increment();
			body(() -> nested(limiter));
		}
		finally {
			limiter.exit(entry);
		}
	}

	private void use(Permit permit, ConcurrencyLimiter limiter) {
		if (permit == null) {
			this.refused.increment();
			return;
		}
		this.granted.increment();
		body(() -> {
			try (Permit.Scope scope = permit.makeCurrent()) {
				nested(limiter);
			}
		});
		permit.close();
		permit.close();
	}

	/** A thread that has a permit needs no second one (P7). */
	private static void nested(ConcurrencyLimiter limiter) {
		if (random(3) == 0) {
			limiter.run(Thread::onSpinWait);
		}
		if (random(3) == 0) {
			try (Permit share = limiter.tryAcquire()) {
				assertThat(share).isNotNull();
			}
		}
	}

	private void body(Runnable body) {
		this.mostInside.accumulateAndGet(this.inside.incrementAndGet(), Math::max);
		try {
			body.run();
		}
		finally {
			this.inside.decrementAndGet();
		}
	}

	private void stressBucket(Duration length) throws Exception {
		long start = System.nanoTime();
		RateLimiter limiter = new LimiterRegistry().register("stress",
				RateLimiterSpec.of(20_000).withBurst(50L).withMaxWaiting(8).withTimeout(Duration.ofMillis(5)));
		stress(length, () -> callBucket(limiter),
				() -> limiter.change((spec) -> spec.withRate(10_000 + random(10_001))));
		await().untilAsserted(() -> {
			assertThat(limiter.waiting()).isZero();
			assertThat(limiter.stats().granted()).isEqualTo(this.granted.sum());
			assertThat(limiter.stats().refusedTotal()).isEqualTo(this.refused.sum());
		});
		long elapsed = System.nanoTime() - start;
		assertThat(this.granted.sum()).isPositive().isLessThanOrEqualTo(50 + elapsed / (1_000_000_000 / 20_000));
		assertThat(this.refused.sum()).isPositive();
		limiter.enter();
	}

	@Test
	void windowUnderStressKeepsItsInvariants() throws Exception {
		RateLimiter limiter = new LimiterRegistry().register("stress",
				RateLimiterSpec.of(100, Duration.ofMillis(5))
					.withSliding(true)
					.withMaxWaiting(8)
					.withTimeout(Duration.ofMillis(5)));
		long start = System.nanoTime();
		stress(Duration.ofSeconds(1), () -> callBucket(limiter), () -> limiter
			.change((spec) -> spec.withRate(1 + random(100), Duration.ofMillis(5)).withSliding(random(4) != 0)));
		await().untilAsserted(() -> {
			assertThat(limiter.waiting()).isZero();
			assertThat(limiter.stats().granted()).isEqualTo(this.granted.sum());
			assertThat(limiter.stats().refusedTotal()).isEqualTo(this.refused.sum());
		});
		long elapsed = System.nanoTime() - start;
		assertThat(this.granted.sum()).isPositive().isLessThanOrEqualTo(200 + elapsed / 50_000);
		assertThat(this.refused.sum()).isPositive();
		limiter.change((spec) -> spec.withSliding(true).withTimeout(Duration.ofMinutes(1)));
		limiter.enter();
	}

	private void callBucket(RateLimiter limiter) throws InterruptedException {
		Duration timeout = Duration.ofNanos(random(2_000_000));
		switch (random(4)) {
			case 0 -> (limiter.tryAcquire() ? this.granted : this.refused).increment();
			case 1 -> {
				limiter.acquire(timeout);
				this.granted.increment();
			}
			case 2 -> {
				limiter.enter();
				this.granted.increment();
			}
			default ->
				end(limiter.acquireAsync(timeout, Runnable::run), random(3) == 0, (none) -> this.granted.increment());
		}
	}

	private <T> void end(CompletableFuture<T> future, boolean cancel, Consumer<T> granted) {
		if (cancel && future.cancel(false)) {
			this.refused.increment();
			return;
		}
		boolean interrupted = Thread.interrupted();
		try {
			granted.accept(future.join());
		}
		catch (CompletionException | CancellationException ex) {
			assertThat(ex).hasCauseInstanceOf(LimitExceededException.class);
			this.refused.increment();
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private void stress(Duration length, Call call, Runnable change) throws Exception {
		ExecutorService threads = Executors.newCachedThreadPool();
		AtomicBoolean stop = new AtomicBoolean();
		CountDownLatch done = new CountDownLatch(THREADS);
		Thread[] callers = new Thread[THREADS];
		CountDownLatch started = new CountDownLatch(THREADS);
		CompletableFuture<?> failure = new CompletableFuture<>();
		try {
			for (int i = 0; i < THREADS; i++) {
				int caller = i;
				threads.execute(() -> {
					callers[caller] = Thread.currentThread();
					started.countDown();
					try {
						while (!stop.get()) {
							tryCall(call);
						}
					}
					catch (Throwable ex) {
						failure.completeExceptionally(ex);
					}
					done.countDown();
				});
			}
			started.await();
			long end = System.nanoTime() + length.toNanos();
			while (System.nanoTime() < end && !failure.isDone()) {
				change.run();
				callers[random(THREADS)].interrupt();
				LockSupport.parkNanos(200_000);
			}
			stop.set(true);
			// The gate may have been closed last.
			change.run();
			assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
			assertThat(failure).isNotDone();
		}
		finally {
			stop.set(true);
			threads.shutdownNow();
		}
	}

	private void tryCall(Call call) {
		try {
			call.run();
		}
		catch (LimitExceededException | InterruptedException ex) {
			this.refused.increment();
		}
		Thread.interrupted();
	}

	private static int random(int bound) {
		return ThreadLocalRandom.current().nextInt(bound);
	}

	/** One way of acquiring, with what follows. */
	interface Call {

		void run() throws InterruptedException;

	}

}
