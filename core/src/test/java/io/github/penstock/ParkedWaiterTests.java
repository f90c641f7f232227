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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ParkedWaiter}: how long the thread of a call that waits parks.
 */
@Timeout(60)
class ParkedWaiterTests {

	private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(4);

	private final Parking time = new Parking();

	private final SemaphoreLimiter limiter = new SemaphoreLimiter("permits",
			ConcurrencyLimiterSpec.of(1).withTimeout(Duration.ofNanos(TIMEOUT)), this.time);

	@Test
	void threadParksForWhatIsLeftOfItsTimeoutAndNoLonger() {
		Permit held = this.limiter.tryAcquire();
		this.time.parking = () -> this.time.now += TIMEOUT / 4;
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(this.limiter::enter)
			.extracting(BulkheadFullException::reason)
			.isEqualTo(RefusalReason.TIMED_OUT);
		assertThat(this.time.parks).containsExactly(TIMEOUT, TIMEOUT / 4 * 3, TIMEOUT / 4 * 2, TIMEOUT / 4);
		held.close();
	}

	@Test
	void threadParksForAFewSecondsAtMostForAnUnparkMayBeLost() {
		Permit held = this.limiter.tryAcquire();
		this.time.parking = held::close;
		this.limiter.exit(this.limiter.enter((configured) -> Duration.ofHours(1)));
		assertThat(this.time.parks).containsExactly(TimeUnit.SECONDS.toNanos(5));
	}

	@Test
	void threadOfACrowdParksForLongerSoThatAllTogetherSeldomWakeForNothing() {
		Permit held = this.limiter.tryAcquire();
		for (int waiting = 0; waiting < 4999; waiting++) {
			assertThat(this.limiter.line.join(waiter(), Integer.MAX_VALUE)).isTrue();
		}
		this.time.parking = () -> {
			this.time.now = TimeUnit.HOURS.toNanos(1);
			held.close();
		};
		assertThatExceptionOfType(BulkheadFullException.class)
			.isThrownBy(() -> this.limiter.enter((configured) -> Duration.ofHours(1)));
		assertThat(this.time.parks).containsExactly(TimeUnit.SECONDS.toNanos(25));
	}

	@Test
	void threadOfALargeCrowdParksForAMinuteAtMost() {
		Permit held = this.limiter.tryAcquire();
		for (int waiting = 0; waiting < 20_000; waiting++) {
			assertThat(this.limiter.line.join(waiter(), Integer.MAX_VALUE)).isTrue();
		}
		this.time.parking = () -> this.time.now = TimeUnit.HOURS.toNanos(1);
		assertThatExceptionOfType(BulkheadFullException.class)
			.isThrownBy(() -> this.limiter.enter((configured) -> Duration.ofHours(1)));
		assertThat(this.time.parks).containsExactly(TimeUnit.MINUTES.toNanos(1));
		held.close();
	}

	@Test
	void threadThatWaitsHasNoScopesOfItsOwnBeforeItIsLetIn() {
		Permit held = this.limiter.tryAcquire();
		List<long[]> scopes = new ArrayList<>();
		this.time.parking = () -> {
			scopes.add(Scopes.currentOrNone());
			held.close();
		};
		CompletableFuture.runAsync(() -> {
			Object entry = this.limiter.enter();
			scopes.add(Scopes.currentOrNone());
			assertThat(this.limiter.isHeldByCurrentThread()).isTrue();
			this.limiter.exit(entry);
		}, (task) -> new Thread(task).start()).orTimeout(20, TimeUnit.SECONDS).join();
		assertThat(scopes).hasSize(2);
		assertThat(scopes.get(0)).isSameAs(Scopes.NONE).containsOnly(0);
		assertThat(scopes.get(1)).isNotSameAs(Scopes.NONE);
		assertThat(this.limiter.inUse()).isZero();
	}

	private ParkedWaiter waiter() {
		return new ParkedWaiter(this.limiter.line, this.time, TIMEOUT, 1);
	}

	@Test
	void callThatWaitsForLongServesTheLineWhereWhoDidSoWasCutOff() {
		CutOffSupply supply = new CutOffSupply();
		ManualTime stopped = new ManualTime();
		WaitLine line = new WaitLine(supply, stopped);
		this.time.parking = () -> {
			assertThat(this.time.parks).as("parks in vain").hasSizeLessThan(3);
			supply.cutOff = true;
			assertThatExceptionOfType(CutOff.class).isThrownBy(line::serve);
		};
		ParkedWaiter waiter = new ParkedWaiter(line, this.time, TimeUnit.HOURS.toNanos(1), 1);
		assertThat(line.join(waiter, 1)).isTrue();
		waiter.await();
		assertThat(waiter.state()).isEqualTo(Waiter.State.GRANTED);
		assertThat(this.time.parks).hasSize(1);
	}

	@Test
	void callWhoseTimeIsOverAsksAgainWhileAnotherThreadServesTheLine() throws Exception {
		CutOffSupply supply = new CutOffSupply();
		WaitLine line = new WaitLine(supply, this.time);
		ParkedWaiter waiter = new ParkedWaiter(line, this.time, TIMEOUT, 1);
		assertThat(line.join(waiter, 1)).isTrue();
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		supply.asked = () -> {
			asked.countDown();
			await(goOn);
		};
		CompletableFuture<Void> server = CompletableFuture.runAsync(line::serve, (task) -> new Thread(task).start());
		await(asked);
		this.time.now = TIMEOUT;
		this.time.parking = () -> {
			goOn.countDown();
			server.orTimeout(20, TimeUnit.SECONDS).join();
		};
		waiter.await();
		assertThat(waiter.state()).isEqualTo(Waiter.State.TIMED_OUT);
		assertThat(this.time.parks).containsExactly(TimeUnit.MILLISECONDS.toNanos(10));
	}

	@Test
	void callThatWaitsForATokenIsWokenWhenThatComesEarlierThanItWasSaid() throws Exception {
		TokenBucketLimiter tokens = new TokenBucketLimiter("tokens", RateLimiterSpec.of(1).withBurst(1L), this.time);
		assertThat(tokens.tryAcquire()).isTrue();
		LinkedBlockingQueue<Long> parked = new LinkedBlockingQueue<>();
		this.time.parking = () -> {
			parked.add(this.time.parks.get(this.time.parks.size() - 1));
			LockSupport.parkNanos(this, TimeUnit.SECONDS.toNanos(20));
		};
		CompletableFuture<Void> call = CompletableFuture.runAsync(() -> tokens.enter(),
				(task) -> new Thread(task).start());
		assertThat(parked.poll(20, TimeUnit.SECONDS)).isEqualTo(TimeUnit.SECONDS.toNanos(1));
		tokens.change((spec) -> spec.withRate(10));
		assertThat(parked.poll(20, TimeUnit.SECONDS)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
		tokens.shutdown();
		assertThat(call).failsWithin(20, TimeUnit.SECONDS);
	}

	@Test
	void callThatIsDecidedWaitsToHearWhatThoughItIsInterrupted() {
		ParkedWaiter waiter = new ParkedWaiter(this.limiter.line, this.time, TIMEOUT, 1);
		assertThat(waiter.claim()).isTrue();
		Thread.currentThread().interrupt();
		this.time.parking = () -> {
			assertThat(Thread.currentThread().isInterrupted()).as("spins").isFalse();
			if (this.time.parks.size() == 3) {
				waiter.settle(Waiter.State.GRANTED);
			}
		};
		waiter.awaitSettled();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.time.parks).containsOnly(TimeUnit.MILLISECONDS.toNanos(10)).hasSize(3);
		waiter.awaitSettled();
		assertThat(this.time.parks).hasSize(3);
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	void callThatIsInterruptedWhileItWaitsToHearWhatWasDecidedKeepsTheFlag() {
		ParkedWaiter waiter = new ParkedWaiter(this.limiter.line, this.time, TIMEOUT, 1);
		assertThat(waiter.claim()).isTrue();
		this.time.parking = () -> {
			Thread.currentThread().interrupt();
			waiter.settle(Waiter.State.GRANTED);
		};
		waiter.awaitSettled();
		assertThat(Thread.interrupted()).isTrue();
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Time in which something happens instead of a park. */
	private static final class Parking implements TimeSource {

		private final List<Long> parks = new ArrayList<>();

		private volatile long now;

		private Runnable parking = () -> {
		};

		@Override
		public long nanoTime() {
			return this.now;
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			this.parks.add(nanos);
			this.parking.run();
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			return () -> {
			};
		}

	}

	/** Has nothing until it was asked in vain by a thread that was cut off. */
	private static final class CutOffSupply implements Supply {

		private boolean cutOff;

		private boolean hasOne;

		private Runnable asked = () -> {
		};

		@Override
		public long takeFor(Waiter first) {
			this.asked.run();
			if (this.cutOff && !this.hasOne) {
				this.hasOne = true;
				throw new CutOff();
			}
			return this.hasOne ? 0 : UNKNOWN;
		}

		@Override
		public void untake(Waiter waiter) {
			throw new UnsupportedOperationException();
		}

		@Override
		public long expectedFor(Waiter waiter, Waiter first, long ahead) {
			return UNKNOWN;
		}

	}

	private static final class CutOff extends Error {

		private static final long serialVersionUID = 1L;

	}

}
