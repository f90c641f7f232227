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
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link FutureWaiter}: to complete its future in any way is to give up.
 */
@Timeout(60)
class FutureWaiterTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	private static final Executor DIRECT = Runnable::run;

	private final ManualTime time = new ManualTime();

	private final SemaphoreLimiter limiter = new SemaphoreLimiter("permits", ConcurrencyLimiterSpec.of(1), this.time);

	private final List<Runnable> handed = new ArrayList<>();

	private final List<String> heard = new CopyOnWriteArrayList<>();

	@AfterEach
	void everythingIsBack() {
		assertThat(this.limiter.waiting()).isZero();
		assertThat(this.limiter.inUse()).isZero();
		assertThat(this.time.scheduled()).isZero();
	}

	static Stream<Named<Consumer<CompletableFuture<Permit>>>> waysToGiveUp() {
		return Stream.of(Named.of("complete", (future) -> future.complete(null)),
				Named.of("fail", (future) -> future.completeExceptionally(new IllegalStateException())),
				Named.of("cancel", (future) -> future.cancel(false)),
				Named.of("complete with another's", (future) -> future.completeAsync(() -> null, DIRECT)),
				Named.of("fail with another's", (future) -> future.completeAsync(() -> {
					throw new IllegalStateException();
				}, DIRECT)), Named.of("obtrude a value", (future) -> future.obtrudeValue(null)),
				Named.of("obtrude a failure", (future) -> future.obtrudeException(new IllegalStateException())));
	}

	@ParameterizedTest
	@MethodSource("waysToGiveUp")
	void whoGivesUpIsGoneFromTheLine(Consumer<CompletableFuture<Permit>> giveUp) {
		Permit held = this.limiter.tryAcquire();
		CompletableFuture<Permit> future = this.limiter.acquireAsync(TIMEOUT, DIRECT);
		giveUp.accept(future);
		assertThat(future).isDone();
		assertThat(this.limiter.waiting()).isZero();
		assertThat(this.time.scheduled()).isZero();
		assertThat(this.limiter.stats().refused()).containsEntry(RefusalReason.CANCELLED, 1L);
		held.close();
	}

	@ParameterizedTest
	@MethodSource("waysToGiveUp")
	void whoGivesUpWhatIsOnItsWayGivesItBack(Consumer<CompletableFuture<Permit>> giveUp) {
		Permit held = this.limiter.tryAcquire();
		CompletableFuture<Permit> future = this.limiter.acquireAsync(TIMEOUT, this.handed::add);
		held.close();
		assertThat(this.limiter.inUse()).isOne();
		giveUp.accept(future);
		assertThat(this.limiter.inUse()).isZero();
		assertThat(this.limiter.stats().granted()).isOne();
		this.handed.forEach(Runnable::run);
		assertThat(this.limiter.stats().refused()).containsEntry(RefusalReason.CANCELLED, 1L);
	}

	@Test
	void completingTellsWhetherItDid() {
		Permit held = this.limiter.tryAcquire();
		CompletableFuture<Permit> future = this.limiter.acquireAsync(TIMEOUT, DIRECT);
		assertThat(future.complete(null)).isTrue();
		assertThat(future.complete(null)).isFalse();
		assertThat(future.completeExceptionally(new IllegalStateException())).isFalse();
		assertThat(future.cancel(false)).isFalse();
		CompletableFuture<Permit> failed = this.limiter.acquireAsync(TIMEOUT, DIRECT);
		assertThat(failed.completeExceptionally(new IllegalStateException())).isTrue();
		CompletableFuture<Permit> cancelled = this.limiter.acquireAsync(TIMEOUT, DIRECT);
		assertThat(cancelled.cancel(false)).isTrue();
		held.close();
	}

	@Test
	void completeAsyncAsksNobodyOnceItIsDone() {
		Permit held = this.limiter.tryAcquire();
		CompletableFuture<Permit> future = this.limiter.acquireAsync(TIMEOUT, DIRECT);
		assertThatNullPointerException().isThrownBy(() -> future.completeAsync(null, DIRECT));
		assertThat(future.completeAsync(() -> null, this.handed::add)).isSameAs(future);
		assertThat(this.limiter.waiting()).isOne();
		held.close();
		future.join().close();
		future.completeAsync(() -> {
			throw new IllegalStateException("asked");
		}, DIRECT);
		this.handed.forEach(Runnable::run);
		assertThat(future).isCompleted();
	}

	@Test
	void executorHasAMomentForWhatIsDecidedAtTheTimeout() {
		Permit held = this.limiter.tryAcquire();
		CompletableFuture<Permit> future = this.limiter.acquireAsync(TIMEOUT, this.handed::add);
		this.time.advance(TIMEOUT);
		assertThat(this.limiter.waiting()).isZero();
		this.time.advanceNanos(FutureWaiter.GRACE_NANOS - 1);
		assertThat(future).isNotDone();
		this.handed.get(0).run();
		assertThat(future).isCompletedExceptionally();
		assertThat(this.time.scheduled()).isZero();
		held.close();
	}

	@Test
	void executorThatLetsItsMomentPassIsDoneWithout() {
		Permit held = this.limiter.tryAcquire();
		CompletableFuture<Permit> future = this.limiter.acquireAsync(TIMEOUT, this.handed::add);
		this.time.advance(TIMEOUT.plusNanos(FutureWaiter.GRACE_NANOS));
		assertThatRefusal(future, RefusalReason.TIMED_OUT);
		held.close();
	}

	@Test
	void grantThatTheExecutorHasHadForAWhileIsTakenBackAtTheTimeout() {
		Permit held = this.limiter.tryAcquire();
		CompletableFuture<Permit> future = this.limiter.acquireAsync(TIMEOUT, this.handed::add);
		this.time.advance(TIMEOUT.minusNanos(FutureWaiter.GRACE_NANOS));
		held.close();
		this.time.advanceNanos(FutureWaiter.GRACE_NANOS - 1);
		assertThat(this.limiter.inUse()).isOne();
		this.time.advanceNanos(1);
		assertThat(this.limiter.inUse()).isZero();
		assertThatRefusal(future, RefusalReason.TIMED_OUT);
	}

	@Test
	void grantThatIsTakenBackGoesToTheNext() {
		Permit held = this.limiter.tryAcquire();
		this.limiter.acquireAsync(TIMEOUT, (task) -> {
		});
		CompletableFuture<Permit> next = this.limiter.acquireAsync(TIMEOUT.multipliedBy(2), DIRECT);
		held.close();
		assertThat(next).isNotDone();
		this.time.advance(TIMEOUT);
		assertThat(next).isCompleted();
		next.join().close();
	}

	@Test
	void grantThatTheExecutorHasJustGotMayStillBeHandedOver() {
		Permit held = this.limiter.tryAcquire();
		CompletableFuture<Permit> future = this.limiter.acquireAsync(TIMEOUT, this.handed::add);
		this.time.advance(TIMEOUT.minusNanos(FutureWaiter.GRACE_NANOS - 1));
		held.close();
		this.time.advanceNanos(FutureWaiter.GRACE_NANOS);
		assertThat(this.limiter.inUse()).isOne();
		this.handed.get(0).run();
		assertThat(this.time.scheduled()).isZero();
		future.join().close();
	}

	@ParameterizedTest
	@MethodSource("waysToGiveUp")
	void whoHearsThatItWasGivenUpFindsWhatWasGrantedBack(Consumer<CompletableFuture<Permit>> giveUp) {
		Permit held = this.limiter.tryAcquire();
		CompletableFuture<Permit> future = this.limiter.acquireAsync(TIMEOUT, this.handed::add);
		held.close();
		AtomicInteger inUse = new AtomicInteger(-1);
		future.whenComplete((permit, refusal) -> inUse.set(this.limiter.inUse()));
		giveUp.accept(future);
		assertThat(inUse).hasValue(0);
	}

	@Test
	void turnThatComesEarlierThanItWasSaidHasOneTimer() {
		TokenBucketLimiter tokens = new TokenBucketLimiter("tokens", RateLimiterSpec.of(1).withBurst(1L), this.time);
		tokens.tryAcquire();
		CompletableFuture<Void> future = tokens.acquireAsync(Duration.ofSeconds(5), DIRECT);
		tokens.change((spec) -> spec.withRate(10));
		this.time.advance(Duration.ofMillis(100));
		assertThat(future).isCompleted();
		assertThat(this.time.scheduled()).isZero();
	}

	@Test
	void whatIsDecidedWhileItsTimeoutIsScheduledLeavesNoTimer() {
		FaultyTime faulty = new FaultyTime(this.time);
		SemaphoreLimiter limiter = new SemaphoreLimiter("permits", ConcurrencyLimiterSpec.of(1), faulty);
		Permit held = limiter.tryAcquire();
		faulty.scheduling = held::close;
		CompletableFuture<Permit> future = limiter.acquireAsync(TIMEOUT, DIRECT);
		future.join().close();
		assertThat(this.time.scheduled()).isZero();
	}

	@Test
	void executorHasNoMomentWhereNoTimerCanLookAfterIt() {
		FaultyTime faulty = new FaultyTime(this.time);
		SemaphoreLimiter limiter = new SemaphoreLimiter("permits", ConcurrencyLimiterSpec.of(1), faulty);
		limiter.tryAcquire();
		CompletableFuture<Permit> future = limiter.acquireAsync(TIMEOUT, this.handed::add);
		faulty.scheduling = () -> {
			throw new OutOfMemoryError("thrown by a test");
		};
		this.time.advance(TIMEOUT);
		assertThatRefusal(future, RefusalReason.TIMED_OUT);
	}

	@ParameterizedTest
	@MethodSource("waysToGiveUp")
	void whoGivesUpJustAsAnotherThreadSaysThatItWasGrantedGivesItBack(Consumer<CompletableFuture<Permit>> giveUp) {
		FutureWaiter<Permit> waiter = waiter();
		// Another thread has decided, and says what while the future is completed.
		waiter.claim();
		CompletableFuture<Permit> future = waiter.await();
		future.whenComplete((permit, refusal) -> waiter.settle(Waiter.State.GRANTED));
		giveUp.accept(future);
		assertThat(this.heard).containsExactly("abandoned");
	}

	@Test
	void whoHasGivenUpBeforeAnotherThreadSaysThatItWasGrantedGivesItBack() {
		FutureWaiter<Permit> waiter = waiter();
		waiter.claim();
		waiter.await().cancel(false);
		assertThat(this.heard).isEmpty();
		waiter.settle(Waiter.State.GRANTED);
		waiter.tell();
		assertThat(this.heard).containsExactly("granted", "abandoned");
	}

	@Test
	void callThatHearsTooLateThatItWasGrantedIsRefused() {
		FutureWaiter<Permit> waiter = waiter();
		waiter.claim();
		CompletableFuture<Permit> future = waiter.await();
		this.time.advance(TIMEOUT);
		this.time.advanceNanos(3 * FutureWaiter.GRACE_NANOS);
		assertThat(future).isNotDone();
		waiter.settle(Waiter.State.GRANTED);
		this.time.advanceNanos(FutureWaiter.GRACE_NANOS);
		assertThat(future).failsWithin(20, TimeUnit.SECONDS);
		assertThat(this.heard).containsExactly("take back", "took back");
	}

	private FutureWaiter<Permit> waiter() {
		return new FutureWaiter<>(this.limiter.line, this.time, TIMEOUT.toNanos(), 1, DIRECT, new ToldDesk());
	}

	private static void assertThatRefusal(CompletableFuture<Permit> future, RefusalReason reason) {
		assertThat(future).failsWithin(20, TimeUnit.SECONDS);
		await().until(future::isDone);
		try {
			future.join();
		}
		catch (CompletionException ex) {
			assertThat(ex.getCause()).isInstanceOfSatisfying(BulkheadFullException.class,
					(refusal) -> assertThat(refusal.reason()).isEqualTo(reason));
		}
	}

	/** Hears what becomes of a waiter. */
	private final class ToldDesk implements FutureWaiter.Desk<Permit> {

		private LimitExceededException hear(String what) {
			FutureWaiterTests.this.heard.add(what);
			return FutureWaiterTests.this.limiter.refusal(RefusalReason.TIMED_OUT, 0, 0, 1);
		}

		@Override
		public Permit granted(Waiter waiter) {
			hear("granted");
			return null;
		}

		@Override
		public LimitExceededException refused(Waiter waiter) {
			return hear("refused");
		}

		@Override
		public void left(Waiter waiter) {
			hear("left");
		}

		@Override
		public void abandoned(Waiter waiter) {
			hear("abandoned");
		}

		@Override
		public void takeBack(Waiter waiter) {
			hear("take back");
		}

		@Override
		public LimitExceededException tookBack(Waiter waiter) {
			return hear("took back");
		}

	}

	/** Time in which something happens before a task is scheduled. */
	private static final class FaultyTime implements TimeSource {

		private final TimeSource time;

		private Runnable scheduling = () -> {
		};

		FaultyTime(TimeSource time) {
			this.time = time;
		}

		@Override
		public long nanoTime() {
			return this.time.nanoTime();
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			this.time.parkNanos(blocker, nanos);
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			this.scheduling.run();
			return this.time.schedule(task, nanos);
		}

	}

}
