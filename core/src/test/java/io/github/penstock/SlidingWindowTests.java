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

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SlidingWindow} within its limiter.
 */
@Timeout(30)
class SlidingWindowTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private final ManualTime time = new ManualTime(Long.MAX_VALUE - 5_000_000);

	private TokenBucketLimiter limiter = limiter(3, Duration.ofSeconds(1));

	private TokenBucketLimiter limiter(long limit, Duration per) {
		return new TokenBucketLimiter("provider", RateLimiterSpec.of(limit, per).withSliding(true), this.time);
	}

	@AfterEach
	void nobodyWaits() {
		assertThat(this.limiter.waiting()).isZero();
		assertThat(this.time.scheduled()).isZero();
	}

	@Test
	void inNoHourBeginMoreThanTheLimit() {
		this.limiter = limiter(5000, HOUR);
		assertThat(take()).isEqualTo(5000);
		int later = 0;
		for (int minute = 1; minute < 60; minute++) {
			this.time.advance(Duration.ofMinutes(1));
			later += take();
		}
		assertThat(later).isZero();
		this.time.advance(Duration.ofMinutes(1).minusNanos(1));
		assertThat(take()).isZero();
		this.time.advanceNanos(1);
		assertThat(take()).isEqualTo(5000);
		assertThat(this.limiter.stats().granted()).isEqualTo(10_000);
	}

	@Test
	void callsThatCameBitByBitGoBitByBit() {
		for (int i = 0; i < 3; i++) {
			assertThat(this.limiter.tryAcquire()).isTrue();
			this.time.advance(Duration.ofMillis(100));
		}
		assertThat(take()).isZero();
		assertThat(this.limiter.available()).isZero();
		this.time.advance(Duration.ofMillis(700));
		assertThat(this.limiter.available()).isOne();
		assertThat(take()).isOne();
		this.time.advance(Duration.ofMillis(250));
		assertThat(take()).isEqualTo(2);
	}

	@Test
	void refusalSaysExactlyWhenTheNextComes() {
		take();
		this.time.advance(Duration.ofMillis(1));
		RateLimitExceededException refusal = refusal(Duration.ofMillis(998));
		assertThat(refusal.reason()).isEqualTo(RefusalReason.WAIT_TOO_LONG);
		assertThat(refusal.retryAfter()).isEqualTo(Duration.ofMillis(999));
		assertThat(refusal.rate()).isEqualTo("3 per 1s");
		CompletableFuture<Void> inTime = this.limiter.acquireAsync(Duration.ofMillis(999), Runnable::run);
		assertThat(inTime).isNotDone();
		this.time.advance(Duration.ofMillis(999));
		assertThat(inTime).isCompleted();
	}

	@Test
	void waitersAreServedInOrderWhenTheirPlaceIsThere() {
		take();
		ConcurrentLinkedQueue<Integer> served = new ConcurrentLinkedQueue<>();
		for (int i = 0; i < 7; i++) {
			int number = i;
			this.limiter.acquireAsync(HOUR, Runnable::run).thenRun(() -> served.add(number));
		}
		assertThat(refusal(Duration.ofSeconds(2)).retryAfter()).isEqualTo(Duration.ofSeconds(3));
		this.time.advance(Duration.ofSeconds(1));
		assertThat(this.limiter.tryAcquire()).isFalse();
		assertThat(served).containsExactly(0, 1, 2);
		this.time.advance(Duration.ofSeconds(2));
		assertThat(served).containsExactlyElementsOf(IntStream.range(0, 7).boxed().toList());
		assertThat(take()).isEqualTo(2);
	}

	@Test
	void waiterWhoWakesLateCountsFromWhenItIsLetIn() throws Exception {
		this.limiter = limiter(1, Duration.ofSeconds(1));
		take();
		Thread thread = new Thread(this.limiter::enter);
		thread.start();
		await().until(() -> this.time.parked() == 1);
		this.time.advance(Duration.ofMillis(1_600));
		thread.join();
		this.time.advance(Duration.ofMillis(999));
		assertThat(take()).isZero();
		this.time.advance(Duration.ofMillis(1));
		assertThat(take()).isOne();
	}

	@Test
	void waiterWhoLeavesLetsThoseBehindItMoveUp() {
		take();
		List<CompletableFuture<Void>> waiters = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			waiters.add(this.limiter.acquireAsync(HOUR, Runnable::run));
		}
		waiters.get(0).cancel(false);
		this.time.advance(Duration.ofSeconds(1));
		assertThat(waiters.subList(1, 4)).allSatisfy((waiter) -> assertThat(waiter).isCompleted());
		assertThat(take()).isZero();
	}

	@Test
	void tokenThatNobodyUsedCountsNoMore() {
		take();
		List<Runnable> handed = new ArrayList<>();
		CompletableFuture<Void> future = this.limiter.acquireAsync(HOUR, handed::add);
		this.time.advance(Duration.ofSeconds(1));
		assertThat(take()).isEqualTo(2);
		future.cancel(false);
		assertThat(this.limiter.available()).isOne();
		handed.get(0).run();
		assertThat(take()).isOne();
		assertThat(this.limiter.stats().granted()).isEqualTo(6);
	}

	@Test
	void changeForgetsNothingThatCounts() {
		this.limiter = limiter(100, HOUR);
		assertThat(take()).isEqualTo(100);
		this.limiter.change((spec) -> spec.withRate(2, Duration.ofSeconds(1)));
		this.time.advance(Duration.ofSeconds(1));
		assertThat(take()).isEqualTo(2);
		this.limiter.change((spec) -> spec.withRate(103, HOUR));
		assertThat(take()).isOne();
		this.time.advance(HOUR.minusSeconds(2));
		assertThat(take()).isZero();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(take()).isEqualTo(100);
	}

	@Test
	void changeToALongerPeriodKnowsWhatWasForgotten() {
		for (int i = 0; i < 100; i++) {
			assertThat(take()).isEqualTo(3);
			this.time.advance(Duration.ofSeconds(1));
		}
		this.limiter.change((spec) -> spec.withRate(200, Duration.ofMinutes(1)));
		// Of the last 59 times, three were known and the others as late as they can be.
		assertThat(take()).isEqualTo(200 - 59 * 3);
		this.limiter.change((spec) -> spec.withRate(300, HOUR));
		assertThat(take()).isZero();
		this.limiter.change((spec) -> spec.withRate(200, Duration.ofMinutes(1)));
		this.time.advance(Duration.ofMinutes(1));
		assertThat(take()).isEqualTo(200);
	}

	@Test
	void changeToALargerLimitAfterLittleUseGivesItAtOnce() {
		this.limiter = limiter(1000, Duration.ofSeconds(1));
		for (int i = 0; i < 100; i++) {
			assertThat(this.limiter.tryAcquire()).isTrue();
			this.time.advance(Duration.ofMillis(100));
		}
		this.limiter.change((spec) -> spec.withRate(2000, Duration.ofSeconds(1)));
		assertThat(take()).isEqualTo(2000 - 9);
	}

	@Test
	void changeFromATokenBucketForgetsNothing() {
		this.limiter = new TokenBucketLimiter("provider", RateLimiterSpec.of(5000, HOUR), this.time);
		assertThat(take()).isEqualTo(5000);
		this.time.advance(Duration.ofMinutes(30));
		assertThat(take()).isEqualTo(2500);
		this.limiter.change((spec) -> spec.withSliding(true));
		assertThat(this.limiter.spec().sliding()).isTrue();
		assertThat(take()).isZero();
		this.time.advance(HOUR);
		assertThat(take()).isEqualTo(5000);
		assertThat(this.limiter.stats().granted()).isEqualTo(12_500);
	}

	@Test
	void changeFromABucketThatNobodyUsedGivesAllAtOnce() {
		this.limiter.change((spec) -> spec.withSliding(false));
		this.limiter.change((spec) -> spec.withSliding(true));
		assertThat(take()).isEqualTo(3);
		this.limiter.change((spec) -> spec.withSliding(false));
		assertThat(take()).isZero();
		this.time.advance(Duration.ofSeconds(2));
		assertThat(take()).isEqualTo(3);
		this.time.advance(HOUR);
		this.limiter.reset();
		assertThat(take()).isEqualTo(3);
	}

	@Test
	void changeTimesTheLineAnew() {
		this.limiter = limiter(1, HOUR);
		take();
		CompletableFuture<Void> waiter = this.limiter.acquireAsync(HOUR, Runnable::run);
		CompletableFuture<Void> other = this.limiter.acquireAsync(HOUR.multipliedBy(2), Runnable::run);
		this.limiter.change((spec) -> spec.withRate(1, Duration.ofMinutes(90)));
		assertThat(waiter).isCompletedExceptionally();
		this.limiter.change((spec) -> spec.withRate(2, Duration.ofMinutes(90)));
		assertThat(other).isCompleted();
		this.time.advance(HOUR.multipliedBy(2));
	}

	@Test
	void windowThatIdlesForYearsHasItsLimit() {
		for (int i = 0; i < 60; i++) {
			assertThat(take()).isEqualTo(3);
			this.time.advance(Duration.ofDays(365));
		}
		assertThat(this.limiter.available()).isEqualTo(3);
		assertThat(this.limiter.stats().granted()).isEqualTo(180);
	}

	@Test
	void largestWindowIsExact() {
		this.limiter = limiter(RateLimiterSpec.MOST_SLIDING, HOUR);
		assertThat(take()).isEqualTo(RateLimiterSpec.MOST_SLIDING);
		this.time.advance(HOUR.minusNanos(1));
		assertThat(take()).isZero();
		this.time.advanceNanos(1);
		assertThat(this.limiter.available()).isEqualTo(RateLimiterSpec.MOST_SLIDING);
	}

	@Test
	void specWhenSlidingNeedsAWholeLimitWithoutBurst() {
		RateLimiterSpec spec = RateLimiterSpec.of(5000, HOUR);
		assertThat(spec.withSliding(true).capacity()).isEqualTo(5000);
		assertInvalid("burst", () -> spec.withBurst(5L).withSliding(true));
		assertInvalid("burst", () -> spec.withSliding(true).withBurst(5L));
		assertInvalid("rps", () -> spec.withSliding(true).withRate(5));
		assertInvalid("limit", () -> RateLimiterSpec.of(0.5).withSliding(true));
		assertInvalid("limit", () -> RateLimiterSpec.of(1_000_001, HOUR).withSliding(true));
		assertInvalid("per",
				() -> new RateLimiterSpec(BigDecimal.valueOf(11), Duration.ofDays(3651), null, HOUR, 1, true));
		assertThat(new RateLimiterSpec(new BigDecimal("1E+6"), HOUR, null, HOUR, 1, true).capacity())
			.isEqualTo(1_000_000);
	}

	/** From many threads with the true clock: no window holds more than the limit. */
	@Tag("stress")
	@Test
	void manyThreadsKeepToTheLimit() throws Exception {
		int limit = 50;
		long per = Duration.ofMillis(5).toNanos();
		TokenBucketLimiter busy = new TokenBucketLimiter("busy",
				RateLimiterSpec.of(limit, Duration.ofNanos(per)).withSliding(true).withTimeout(Duration.ZERO),
				TimeSource.system());
		AtomicLong granted = new AtomicLong();
		long begun = System.nanoTime();
		AtomicLong attempts = new AtomicLong();
		CyclicBarrier start = new CyclicBarrier(4);
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			Thread thread = new Thread(() -> {
				awaitQuietly(start);
				while (granted.get() < 2_000 && attempts.incrementAndGet() < 20_000_000) {
					if (busy.tryAcquire()) {
						granted.incrementAndGet();
					}
				}
			});
			threads.add(thread);
			thread.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(busy.stats().granted()).isEqualTo(granted.get());
		// Threads may be held up before and after the grant, but not out of the whole
		// time.
		long periods = (System.nanoTime() - begun) / per + 1;
		assertThat(granted.get()).isLessThanOrEqualTo(limit * periods);
	}

	private static void awaitQuietly(CyclicBarrier barrier) {
		try {
			barrier.await();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void assertInvalid(String property, Runnable change) {
		assertThatExceptionOfType(InvalidLimitException.class).isThrownBy(change::run)
			.satisfies((ex) -> assertThat(ex.property()).isEqualTo(property));
	}

	private int take() {
		int taken = 0;
		while (this.limiter.tryAcquire()) {
			taken++;
		}
		return taken;
	}

	private RateLimitExceededException refusal(Duration timeout) {
		try {
			this.limiter.acquire(timeout);
		}
		catch (RateLimitExceededException ex) {
			return ex;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		throw new AssertionError("was let in");
	}

}
