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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Two threads that change a limiter at the same time: whatever is in force after a change
 * is what it says, or what somebody has said later. One of them only ever says more, the
 * other less, so that after a change to more there may come less, and never more again.
 */
@Timeout(60)
class ChangeStressTests {

	private static final Duration SHORT = Duration.ofMillis(400);

	/** A bucket that is full again at once. */
	private static final RateLimiterSpec FAST = RateLimiterSpec.of(1_000_000_000).withBurst(2L);

	@Test
	void whatHoldsOfABulkheadIsWhatWasSaidLast() throws Exception {
		assertNothingComesBack(SHORT, local());
	}

	@Tag("soak")
	@Test
	void whatHoldsOfABulkheadIsWhatWasSaidLastForLong() throws Exception {
		assertNothingComesBack(Duration.ofSeconds(10), local());
	}

	/** By itself, so that all of it is here. */
	@Test
	void whatHoldsOfASharedBulkheadIsWhatWasSaidLast() throws Exception {
		assertNothingComesBack(SHORT, shared());
	}

	@Tag("soak")
	@Test
	void whatHoldsOfASharedBulkheadIsWhatWasSaidLastForLong() throws Exception {
		assertNothingComesBack(Duration.ofSeconds(10), shared());
	}

	@Test
	void whatHoldsOfARateLimitIsWhatWasSaidLast() throws Exception {
		assertNothingComesBack(SHORT, LimiterFactory.local(TimeSource.system()).rateLimiter("changed", FAST));
	}

	/** By itself, so that all of it is here. */
	@Test
	void whatHoldsOfASharedRateLimitIsWhatWasSaidLast() throws Exception {
		assertNothingComesBack(SHORT, sharedRate());
	}

	@Tag("soak")
	@Test
	void whatHoldsOfASharedRateLimitIsWhatWasSaidLastForLong() throws Exception {
		assertNothingComesBack(Duration.ofSeconds(10), sharedRate());
	}

	@Test
	void whatHoldsOfAKeyIsWhatWasSaidLast() throws Exception {
		ConcurrencyLimiter limiter = local();
		assertNothingComesBack(SHORT, limiter, limiter.forKey("known"));
	}

	/** The canary: what is said comes into force when it has been looked at. */
	@Test
	void valuesThatComeIntoForceLateAreFound() {
		AtomicInteger said = new AtomicInteger(2);
		AtomicInteger inForce = new AtomicInteger(1);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> assertNothingComesBack(SHORT,
				() -> said.set(2), Thread::yield, () -> inForce.getAndSet(said.get()) == 2));
	}

	private static ConcurrencyLimiter local() {
		return LimiterFactory.local(TimeSource.system()).concurrencyLimiter("changed", ConcurrencyLimiterSpec.of(2));
	}

	private static ConcurrencyLimiter shared() {
		ModelStore store = new ModelStore(TimeSource.system(), Runnable::run);
		LimiterStore instance = store.instance();
		ConcurrencyLimiter limiter = LimiterFactory.sharing(TimeSource.system(), () -> instance)
			.concurrencyLimiter("changed", ConcurrencyLimiterSpec.of(2).withSharing(Sharing.DEFAULT));
		store.goDown();
		Awaitility.await().until(() -> {
			Permit permit = limiter.tryAcquire();
			if (permit != null) {
				permit.close();
			}
			return limiter.sharedStatus().degraded();
		});
		return limiter;
	}

	private static RateLimiter sharedRate() {
		ModelStore store = new ModelStore(TimeSource.system(), Runnable::run);
		LimiterStore instance = store.instance();
		RateLimiter limiter = LimiterFactory.sharing(TimeSource.system(), () -> instance)
			.rateLimiter("changed", FAST.withSharing(Sharing.DEFAULT));
		store.goDown();
		Awaitility.await().until(() -> {
			limiter.tryAcquire();
			return limiter.sharedStatus().degraded();
		});
		return limiter;
	}

	private static void assertNothingComesBack(Duration length, RateLimiter limiter) throws Exception {
		assertNothingComesBack(length, () -> limiter.change((spec) -> spec.withBurst(2L)),
				() -> limiter.change((spec) -> spec.withBurst(1L)), () -> limiter.tryAcquire(2));
	}

	private static void assertNothingComesBack(Duration length, ConcurrencyLimiter limiter) throws Exception {
		assertNothingComesBack(length, limiter, limiter);
	}

	private static void assertNothingComesBack(Duration length, ConcurrencyLimiter limiter, ConcurrencyLimiter called)
			throws Exception {
		assertThat(called.tryAcquire()).isNotNull();
		assertNothingComesBack(length, () -> limiter.change((spec) -> spec.withMax(2)),
				() -> limiter.change((spec) -> spec.withMax(1)), () -> {
					Permit second = called.tryAcquire();
					if (second != null) {
						second.close();
					}
					return second != null;
				});
		assertThat(limiter.spec().max()).isEqualTo(2);
	}

	private static void assertNothingComesBack(Duration length, Runnable more, Runnable less, BooleanSupplier isMore)
			throws Exception {
		AtomicBoolean stop = new AtomicBoolean();
		CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
			while (!stop.get()) {
				less.run();
			}
		}, (task) -> new Thread(task, "less").start());
		int seen = 0;
		try {
			long end = System.nanoTime() + length.toNanos();
			while (System.nanoTime() - end < 0) {
				more.run();
				boolean first = isMore.getAsBoolean();
				boolean second = isMore.getAsBoolean();
				assertThat(second && !first).as("after a change to 2 there was 1, and then 2 again").isFalse();
				seen += (first) ? 1 : 0;
			}
		}
		finally {
			stop.set(true);
			other.get(10, TimeUnit.SECONDS);
		}
		more.run();
		assertThat(isMore.getAsBoolean()).isTrue();
		assertThat(seen).isPositive();
	}

}
