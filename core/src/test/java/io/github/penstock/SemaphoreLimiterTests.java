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

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SemaphoreLimiter}.
 */
@Timeout(30)
class SemaphoreLimiterTests {

	private static final Executor DIRECT = Runnable::run;

	private final ManualTime time = new ManualTime(Long.MAX_VALUE - 50);

	private SemaphoreLimiter limiter = limiter(1);

	private final List<Thread> threads = new ArrayList<>();

	private SemaphoreLimiter limiter(int max) {
		return new SemaphoreLimiter("orders", ConcurrencyLimiterSpec.of(max), this.time);
	}

	@AfterEach
	void everythingIsBack() throws InterruptedException {
		for (Thread thread : this.threads) {
			thread.join();
		}
		assertThat(this.limiter.inUse()).isZero();
		assertThat(this.limiter.waiting()).isZero();
		assertThat(this.limiter.available()).isEqualTo(this.limiter.max());
		assertThat(Scopes.describe()).isNull();
	}

	@Test
	void tryAcquireWhenFullIsRefused() {
		this.limiter = limiter(2);
		Permit first = this.limiter.tryAcquire();
		Permit second = this.limiter.tryAcquire();
		assertThat(first).isNotNull();
		assertThat(second).isNotNull();
		assertThat(this.limiter.tryAcquire()).isNull();
		assertThat(this.limiter.inUse()).isEqualTo(2);
		assertThat(this.limiter.available()).isZero();
		first.close();
		assertThat(this.limiter.available()).isOne();
		second.close();
		assertThat(this.limiter.stats().granted()).isEqualTo(2);
		assertThat(this.limiter.stats().refused()).containsEntry(RefusalReason.FULL, 1L);
		assertThat(this.limiter.stats().refusedTotal()).isOne();
	}

	@Test
	void callWhenTaskThrowsGivesThePermitBackAndThrowsTheSameObject() {
		IOException failure = new IOException("broken");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.limiter.call(() -> {
			throw failure;
		})).isSameAs(failure);
	}

	@Test
	void runWhenTaskThrowsAnErrorGivesThePermitBack() {
		AssertionError failure = new AssertionError();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.limiter.run(() -> {
			throw failure;
		})).isSameAs(failure);
	}

	@Test
	void closeWhenCalledTwiceGivesBackOnce() throws Exception {
		this.limiter = limiter(3);
		Permit kept = this.limiter.acquire();
		Permit permit = this.limiter.acquire();
		CyclicBarrier barrier = new CyclicBarrier(2);
		Runnable close = () -> {
			try {
				barrier.await();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
			permit.close();
		};
		start(close);
		start(close);
		for (Thread thread : this.threads) {
			thread.join();
		}
		permit.close();
		assertThat(this.limiter.inUse()).isOne();
		kept.close();
	}

	@Test
	void closeWhenOtherThreadThanAcquiredGivesBack() throws Exception {
		Permit permit = this.limiter.acquire();
		start(permit::close).join();
		assertThat(this.limiter.available()).isOne();
	}

	@Test
	void acquireWhenWaiterTimesOutCostsNobodyAPermit() throws Exception {
		Permit held = this.limiter.acquire();
		AtomicReference<Throwable> refusal = startAndCatch(() -> this.limiter.acquire(Duration.ofSeconds(2)));
		awaitParked(1);
		this.time.advance(Duration.ofSeconds(2));
		await().until(() -> refusal.get() != null);
		assertThat(refusal.get()).isInstanceOfSatisfying(BulkheadFullException.class, (ex) -> {
			assertThat(ex.reason()).isEqualTo(RefusalReason.TIMED_OUT);
			assertThat(ex.name()).isEqualTo("orders");
			assertThat(ex.limit()).isOne();
			assertThat(ex.inUse()).isOne();
			assertThat(ex.waiting()).isZero();
			assertThat(ex.waited()).isEqualTo(Duration.ofSeconds(2));
			assertThat(ex).hasMessage("Bulkhead 'orders' had no free permit within the timeout: "
					+ "limit=1, inUse=1, waiting=0, waited=2s");
			assertThat(ex.getStackTrace()).isEmpty();
		});
		held.close();
		Permit next = this.limiter.tryAcquire();
		assertThat(next).isNotNull();
		next.close();
	}

	@Test
	void acquireWhenTimeoutIsOneNanosecondOrEndlessBehaves() throws Exception {
		Permit held = this.limiter.acquire();
		AtomicReference<Throwable> refusal = startAndCatch(() -> this.limiter.acquire(Duration.ofNanos(1)));
		AtomicReference<Throwable> none = startAndCatch(
				() -> this.limiter.acquire(Duration.ofSeconds(Long.MAX_VALUE)).close());
		awaitParked(2);
		this.time.advanceNanos(1);
		await().until(() -> refusal.get() != null);
		this.time.advanceNanos(Long.MAX_VALUE / 2);
		assertThat(this.limiter.waiting()).isOne();
		held.close();
		this.threads.get(1).join();
		assertThat(none.get()).isNull();
	}

	@Test
	void acquireWhenTimeoutIsZeroDoesNotWait() throws Exception {
		Permit held = this.limiter.acquire();
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> this.limiter.acquire(Duration.ZERO))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RefusalReason.FULL));
		held.close();
	}

	@Test
	void acquireWhenInterruptedLeavesTheLine() throws Exception {
		Permit held = this.limiter.acquire();
		AtomicReference<Throwable> interruption = startAndCatch(() -> this.limiter.acquire());
		awaitParked(1);
		this.threads.get(0).interrupt();
		await().until(() -> interruption.get() != null);
		assertThat(interruption.get()).isInstanceOf(InterruptedException.class);
		held.close();
	}

	@Test
	void enterWhenInterruptedBeforeTheWaitIsRefusedAndKeepsTheFlag() throws Exception {
		Permit held = this.limiter.acquire();
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> this.limiter.enter())
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RefusalReason.INTERRUPTED));
		assertThat(Thread.interrupted()).isTrue();
		held.close();
	}

	@Test
	void enterWhenInterruptedAndAPermitIsFreeEntersAndKeepsTheFlag() {
		Thread.currentThread().interrupt();
		this.limiter.run(() -> assertThat(this.limiter.inUse()).isOne());
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void acquireWhenLineIsFullIsRefusedAtOnce() throws Exception {
		this.limiter.change((spec) -> spec.withMaxWaiting(2));
		Permit held = this.limiter.acquire();
		startAndCatch(() -> this.limiter.acquire().close());
		startAndCatch(() -> this.limiter.acquire().close());
		awaitParked(2);
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> this.limiter.acquire())
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(RefusalReason.LINE_FULL);
				assertThat(ex.waiting()).isEqualTo(2);
			});
		held.close();
	}

	@Test
	void waitersAreServedFirstComeFirstServedAndNobodyPasses() throws Exception {
		Permit held = this.limiter.acquire();
		List<Integer> order = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			int number = i;
			start(() -> this.limiter.run(() -> order.add(number)));
			await().until(() -> this.limiter.waiting() == number + 1);
		}
		assertThat(this.limiter.tryAcquire()).isNull();
		held.close();
		for (Thread thread : this.threads) {
			thread.join();
		}
		assertThat(order).containsExactly(0, 1, 2, 3, 4);
		assertThat(this.limiter.stats().waited()).isEqualTo(5);
	}

	@Test
	void releaseWhenTwoComeBackLetsExactlyTwoIn() throws Exception {
		this.limiter = limiter(2);
		Permit one = this.limiter.acquire();
		Permit two = this.limiter.acquire();
		CountDownLatch done = new CountDownLatch(1);
		for (int i = 0; i < 3; i++) {
			start(() -> this.limiter.run(() -> awaitLatch(done)));
		}
		await().until(() -> this.limiter.waiting() == 3);
		one.close();
		two.close();
		await().until(() -> this.limiter.waiting() == 1);
		assertThat(this.limiter.inUse()).isEqualTo(2);
		done.countDown();
	}

	@Test
	void enterWhenNestedTakesNoSecondPermit() throws Exception {
		this.limiter.call(() -> this.limiter.call(() -> {
			assertThat(this.limiter.inUse()).isOne();
			try (Permit permit = this.limiter.acquire(); Permit other = this.limiter.tryAcquire()) {
				assertThat(permit).isNotSameAs(other);
				assertThat(this.limiter.inUse()).isOne();
			}
			assertThat(this.limiter.inUse()).isOne();
			return null;
		}));
	}

	@Test
	void exitWhenTheScopeWasSharedKeepsThePermitUntilTheLastShareIsClosed() {
		AtomicReference<Permit> share = new AtomicReference<>();
		this.limiter.run(() -> share.set(this.limiter.acquireAsync().join()));
		assertThat(this.limiter.inUse()).isOne();
		share.get().close();
		assertThat(this.limiter.inUse()).isZero();
	}

	@Test
	void makeCurrentMakesNestedCallsShare() throws Exception {
		Permit permit = this.limiter.acquire();
		Permit.Scope scope = permit.makeCurrent();
		this.limiter.run(() -> assertThat(this.limiter.inUse()).isOne());
		Object entry = this.limiter.enter();
		permit.close();
		assertThat(this.limiter.inUse()).isOne();
		this.limiter.exit(entry);
		assertThat(this.limiter.inUse()).isZero();
		this.limiter.run(() -> assertThat(this.limiter.inUse()).isOne());
		scope.close();
		scope.close();
	}

	@Test
	void enterWhenNestedInManyLimitersKeepsThemApart() throws Exception {
		List<SemaphoreLimiter> limiters = new ArrayList<>();
		List<Object> entries = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			limiters.add(new SemaphoreLimiter("limiter-" + i, ConcurrencyLimiterSpec.of(1), this.time));
			entries.add(limiters.get(i).enter());
		}
		assertThat(limiters).allSatisfy((limiter) -> assertThat(limiter.inUse()).isOne());
		Permit held = this.limiter.acquire();
		assertThatExceptionOfType(BulkheadFullException.class)
			.isThrownBy(() -> new SemaphoreLimiter("b", ConcurrencyLimiterSpec.of(0), this.time).enter())
			.withMessageContaining("while this call holds 'limiter-0', 'limiter-1'");
		held.close();
		for (int i = 19; i >= 0; i--) {
			limiters.get(i).exit(entries.get(i));
		}
		assertThat(limiters).allSatisfy((limiter) -> assertThat(limiter.inUse()).isZero());
	}

	@Test
	void exitWhenNotEnteredIsAnError() {
		assertThatIllegalStateException().isThrownBy(() -> this.limiter.exit(2)).withMessageContaining("'orders'");
	}

	@Test
	void changeWhenShrinkingReturnsAtOnceAndTakesEffectAsPermitsComeBack() throws Exception {
		this.limiter = limiter(3);
		List<Permit> permits = List.of(this.limiter.acquire(), this.limiter.acquire(), this.limiter.acquire());
		this.limiter.change((spec) -> spec.withMax(1));
		assertThat(this.limiter.max()).isOne();
		assertThat(this.limiter.inUse()).isEqualTo(3);
		assertThat(this.limiter.available()).isZero();
		permits.get(0).close();
		permits.get(1).close();
		assertThat(this.limiter.tryAcquire()).isNull();
		permits.get(2).close();
		Permit permit = this.limiter.tryAcquire();
		assertThat(permit).isNotNull();
		permit.close();
		this.limiter.reset();
		assertThat(this.limiter.max()).isEqualTo(3);
	}

	@Test
	void changeWhenGrowingWakesWaitersAtOnce() throws Exception {
		Permit held = this.limiter.acquire();
		CountDownLatch inside = new CountDownLatch(2);
		CountDownLatch done = new CountDownLatch(1);
		for (int i = 0; i < 2; i++) {
			start(() -> this.limiter.run(() -> {
				inside.countDown();
				awaitLatch(done);
			}));
		}
		awaitParked(2);
		this.limiter.change((spec) -> spec.withMax(3));
		awaitLatch(inside);
		done.countDown();
		held.close();
	}

	@Test
	void changeWhenClosedRefusesNewCallsAndKeepsTheLine() throws Exception {
		Permit held = this.limiter.acquire();
		AtomicReference<Throwable> none = startAndCatch(() -> this.limiter.acquire().close());
		awaitParked(1);
		this.limiter.change((spec) -> spec.withMax(0));
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> this.limiter.acquire())
			.withMessageStartingWith("Bulkhead 'orders' is closed (max = 0)")
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RefusalReason.CLOSED));
		assertThat(this.limiter.acquireAsync()).isCompletedExceptionally();
		held.close();
		assertThat(this.limiter.waiting()).isOne();
		this.limiter.reset();
		this.threads.get(0).join();
		assertThat(none.get()).isNull();
	}

	@Test
	void configureChangesWhatIsInForceAndWhatResetGoesBackTo() {
		ConcurrencyLimiterSpec configured = this.limiter.configured().withMax(7).withMaxWaiting(3);
		this.limiter.configure(configured);
		assertThat(this.limiter.spec()).isEqualTo(configured);
		this.limiter.change((spec) -> spec.withMax(5));
		this.limiter.reset();
		assertThat(this.limiter.spec()).isEqualTo(configured);
	}

	@Test
	void configureWhenValuesWereChangedKeepsThemUntilReset() {
		ConcurrencyLimiterSpec changed = this.limiter.change((spec) -> spec.withMax(5));
		ConcurrencyLimiterSpec configured = this.limiter.configured().withMax(7);
		this.limiter.configure(configured);
		assertThat(this.limiter.spec()).isEqualTo(changed);
		assertThat(this.limiter.configured()).isEqualTo(configured);
		this.limiter.reset();
		assertThat(this.limiter.spec()).isEqualTo(configured);
	}

	@Test
	void changeWhenInvalidChangesNothing() {
		assertThatExceptionOfType(InvalidLimitException.class)
			.isThrownBy(() -> this.limiter.change((spec) -> spec.withMaxWaiting(5).withMax(-1)))
			.withMessage("Invalid max '-1': it must be 0 (a closed gate) or more")
			.satisfies((ex) -> assertThat(ex.property()).isEqualTo("max"));
		assertThat(this.limiter.spec()).isEqualTo(this.limiter.configured());
	}

	@Test
	void acquireAsyncWhenFreeIsDoneAlready() {
		CompletableFuture<Permit> future = this.limiter.acquireAsync();
		assertThat(future).isCompleted();
		future.join().close();
	}

	@Test
	void acquireAsyncWhenFullCompletesOnTheExecutorNotOnTheReleaser() throws Exception {
		Permit held = this.limiter.acquire();
		List<Runnable> handed = new ArrayList<>();
		CompletableFuture<Permit> future = this.limiter.acquireAsync(Duration.ofSeconds(1), handed::add);
		held.close();
		assertThat(future).isNotDone();
		assertThat(this.limiter.inUse()).isOne();
		handed.get(0).run();
		assertThat(this.time.scheduled()).isZero();
		future.join().close();
	}

	@Test
	void acquireAsyncWhenTimedOutFails() throws Exception {
		Permit held = this.limiter.acquire();
		CompletableFuture<Permit> future = this.limiter.acquireAsync(Duration.ofSeconds(1), DIRECT);
		this.time.advance(Duration.ofMillis(999));
		assertThat(future).isNotDone();
		this.time.advance(Duration.ofMillis(1));
		assertThatExceptionOfType(CompletionException.class).isThrownBy(future::join)
			.havingCause()
			.isInstanceOf(BulkheadFullException.class);
		held.close();
	}

	@Test
	void acquireAsyncWhenCancelledLeavesTheLineAtOnce() throws Exception {
		Permit held = this.limiter.acquire();
		CompletableFuture<Permit> future = this.limiter.acquireAsync(Duration.ofDays(1), DIRECT);
		assertThat(this.limiter.waiting()).isOne();
		future.cancel(false);
		assertThat(this.limiter.waiting()).isZero();
		assertThat(this.time.scheduled()).isZero();
		held.close();
		assertThat(this.limiter.stats().refused()).containsEntry(RefusalReason.CANCELLED, 1L);
	}

	@Test
	void acquireAsyncWhenCancelledBetweenGrantAndDeliveryGivesThePermitOn() throws Exception {
		Permit held = this.limiter.acquire();
		List<Runnable> handed = new ArrayList<>();
		CompletableFuture<Permit> cancelled = this.limiter.acquireAsync(Duration.ofSeconds(1), handed::add);
		CompletableFuture<Permit> next = this.limiter.acquireAsync(Duration.ofSeconds(1), DIRECT);
		held.close();
		cancelled.cancel(false);
		handed.get(0).run();
		assertThat(next).isCompleted();
		next.join().close();
		assertThat(this.limiter.stats().granted()).isEqualTo(2);
	}

	@Test
	void acquireAsyncWhenExecutorRejectsStillTellsTheCaller() throws Exception {
		Permit held = this.limiter.acquire();
		CompletableFuture<Permit> future = this.limiter.acquireAsync(Duration.ofSeconds(1), (task) -> {
			throw new RejectedExecutionException();
		});
		held.close();
		future.get(10, TimeUnit.SECONDS).close();
	}

	@Test
	void acquireAsyncWhenExecutorThrowsHarmsNobody() throws Exception {
		Permit held = this.limiter.acquire();
		CompletableFuture<Permit> first = this.limiter.acquireAsync(Duration.ofSeconds(1), (task) -> {
			throw new AssertionError("broken executor");
		});
		CompletableFuture<Permit> second = this.limiter.acquireAsync(Duration.ofSeconds(1), DIRECT);
		held.close();
		first.get(10, TimeUnit.SECONDS).close();
		second.get(10, TimeUnit.SECONDS).close();
	}

	@Test
	void acquireAsyncWhenExecutorRunsTheTaskAndThenRejectsDeliversOnce() throws Exception {
		Permit held = this.limiter.acquire();
		CompletableFuture<Permit> future = this.limiter.acquireAsync(Duration.ofSeconds(1), (task) -> {
			task.run();
			task.run();
			throw new RejectedExecutionException();
		});
		held.close();
		assertThat(this.limiter.inUse()).isOne();
		future.join().close();
		assertThat(this.limiter.stats().granted()).isEqualTo(2);
	}

	@Test
	void acquireAsyncWhenExecutorDropsTheTaskGivesThePermitBackAtTheTimeout() throws Exception {
		Permit held = this.limiter.acquire();
		CompletableFuture<Permit> future = this.limiter.acquireAsync(Duration.ofSeconds(1), (task) -> {
		});
		held.close();
		assertThat(this.limiter.inUse()).isOne();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(this.limiter.inUse()).isZero();
		await().until(future::isCompletedExceptionally);
	}

	@Test
	void acquireAsyncWhenDirectExecutorsCloseAtOnceDoesNotGrowTheStack() throws Exception {
		Permit held = this.limiter.acquire();
		List<CompletableFuture<Void>> futures = new ArrayList<>();
		for (int i = 0; i < 20_000; i++) {
			futures.add(this.limiter.acquireAsync(Duration.ofDays(1), DIRECT).thenAccept(Permit::close));
		}
		held.close();
		assertThat(futures).allSatisfy((future) -> assertThat(future).isCompleted());
	}

	@Test
	void acquireAsyncWhenExecutorOrTimeoutIsNullFailsAtOnce() throws Exception {
		Permit held = this.limiter.acquire();
		assertThatNullPointerException().isThrownBy(() -> this.limiter.acquireAsync(Duration.ofSeconds(1), null));
		assertThatNullPointerException().isThrownBy(() -> this.limiter.acquireAsync(null, DIRECT));
		held.close();
	}

	@Test
	void acquireAsyncWhenCancelledHasLeftBeforeItsDependentsRun() throws Exception {
		this.limiter.change((spec) -> spec.withMaxWaiting(1));
		Permit held = this.limiter.acquire();
		CompletableFuture<Permit> future = this.limiter.acquireAsync(Duration.ofSeconds(1), DIRECT);
		AtomicReference<CompletableFuture<Permit>> again = new AtomicReference<>();
		future.whenComplete((permit, failure) -> again.set(this.limiter.acquireAsync(Duration.ofSeconds(1), DIRECT)));
		future.cancel(false);
		held.close();
		again.get().join().close();
	}

	@Test
	void acquireWhenTimeoutIsNegativeDoesNotWait() throws Exception {
		Permit held = this.limiter.acquire();
		assertThatExceptionOfType(BulkheadFullException.class)
			.isThrownBy(() -> this.limiter.acquire(Duration.ofSeconds(Long.MIN_VALUE)))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RefusalReason.FULL));
		held.close();
	}

	@Test
	void changeWhenNullChangesNothing() {
		assertThatNullPointerException().isThrownBy(() -> this.limiter.change((spec) -> null));
		assertThat(this.limiter.max()).isOne();
	}

	@Test
	void lineWhenThreadsAndFuturesWaitIsOneLine() throws Exception {
		Permit held = this.limiter.acquire();
		CompletableFuture<Permit> first = this.limiter.acquireAsync(Duration.ofSeconds(1), DIRECT);
		start(() -> this.limiter.run(() -> {
		}));
		await().until(() -> this.limiter.waiting() == 2);
		CompletableFuture<Permit> third = this.limiter.acquireAsync(Duration.ofSeconds(1), DIRECT);
		held.close();
		assertThat(first).isCompleted();
		assertThat(third).isNotDone();
		first.join().close();
		third.get(10, TimeUnit.SECONDS).close();
	}

	@Test
	void statsMeasureTheHoldTimeOfTheFirstOfEach128() {
		for (int i = 0; i < 129; i++) {
			this.limiter.run(() -> this.time.advance(Duration.ofMillis(10)));
		}
		LimiterStats stats = this.limiter.stats();
		assertThat(stats.granted()).isEqualTo(129);
		assertThat(stats.holdsMeasured()).isEqualTo(2);
		assertThat(stats.holdTime()).isBetween(Duration.ofMillis(20).minusNanos(2), Duration.ofMillis(20));
		Permit held = this.limiter.tryAcquire();
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> this.limiter.acquire(Duration.ZERO))
			.satisfies((ex) -> assertThat(ex.retryAfter()).isBetween(Duration.ofMillis(9), Duration.ofMillis(10)));
		held.close();
	}

	@Test
	void enterWhenNestedInManyPermitsMadeCurrentKeepsThemApart() {
		List<SemaphoreLimiter> limiters = new ArrayList<>();
		List<Permit> permits = new ArrayList<>();
		List<Permit.Scope> scopes = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			SemaphoreLimiter limiter = new SemaphoreLimiter("limiter-" + i, ConcurrencyLimiterSpec.of(1), this.time);
			limiters.add(limiter);
			permits.add(limiter.tryAcquire());
			scopes.add(permits.get(i).makeCurrent());
		}
		for (SemaphoreLimiter limiter : limiters) {
			limiter.run(() -> assertThat(limiter.inUse()).isOne());
		}
		// The outermost first, so that those behind it move up.
		for (int i = 0; i < 20; i++) {
			scopes.get(i).close();
			assertThat(limiters.get(i).isHeldByCurrentThread()).isFalse();
			assertThat(limiters.get(i).tryAcquire()).isNull();
			for (int j = i + 1; j < 20; j++) {
				SemaphoreLimiter inner = limiters.get(j);
				assertThat(inner.isHeldByCurrentThread()).isTrue();
				inner.run(() -> assertThat(inner.inUse()).isOne());
			}
			permits.get(i).close();
			assertThat(limiters.get(i).inUse()).isZero();
		}
	}

	@Test
	void permitSaysWhetherItIsBack() {
		Permit permit = this.limiter.tryAcquire();
		assertThat(permit).hasToString("Permit of 'orders'");
		try (Permit.Scope scope = permit.makeCurrent()) {
			assertThat(this.limiter.isHeldByCurrentThread()).isTrue();
			permit.close();
			assertThat(this.limiter.isHeldByCurrentThread()).isFalse();
		}
		assertThat(permit).hasToString("Permit of 'orders', given back");
	}

	@Test
	void scopeWhenEnteredAmongOthersIsTheOneThatIsLeft() {
		SemaphoreLimiter other = new SemaphoreLimiter("other", ConcurrencyLimiterSpec.of(1), this.time);
		Object outer = other.enter();
		Object entry = this.limiter.enter();
		try (Permit share = this.limiter.tryShare()) {
			assertThat(share).isNotNull();
			assertThat(this.limiter.isHeldByCurrentThread()).isTrue();
			assertThat(other.isHeldByCurrentThread()).isTrue();
			this.limiter.exit(entry);
			assertThat(this.limiter.isHeldByCurrentThread()).isFalse();
			assertThat(this.limiter.inUse()).isOne();
		}
		other.exit(outer);
		assertThat(other.inUse()).isZero();
	}

	@Test
	void scopesThatWereOpenedWithinAnotherAndLeftOpenEndWithIt() {
		SemaphoreLimiter other = new SemaphoreLimiter("other", ConcurrencyLimiterSpec.of(2), this.time);
		Permit first = other.tryAcquire();
		Permit second = other.tryAcquire();
		Permit.Scope outer = first.makeCurrent();
		Object entry = this.limiter.enter();
		first.makeCurrent();
		second.makeCurrent();
		first.makeCurrent();
		this.limiter.exit(entry);
		assertThat(Scopes.describe()).isEqualTo("'other'");
		outer.close();
		assertThat(Scopes.describe()).isNull();
		first.close();
		second.close();
	}

	@Test
	void scopeThatIsLeftTakesThoseThatWereLeftOpenWithinItWithIt() {
		SemaphoreLimiter other = new SemaphoreLimiter("other", ConcurrencyLimiterSpec.of(1), this.time);
		Permit permit = other.tryAcquire();
		Object entry = this.limiter.enter();
		permit.makeCurrent();
		this.limiter.exit(entry);
		this.limiter.run(() -> assertThat(other.isHeldByCurrentThread()).isFalse());
		permit.close();
	}

	@Test
	void scopeInTheMiddleIsLeftAndTheOthersStay() {
		// In a thread that has been in no scope before.
		CompletableFuture.runAsync(this::leaveScopeInTheMiddle, (task) -> new Thread(task).start()).join();
	}

	private void leaveScopeInTheMiddle() {
		List<SemaphoreLimiter> limiters = new ArrayList<>();
		List<Object> entries = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			limiters.add(new SemaphoreLimiter("limiter-" + i, ConcurrencyLimiterSpec.of(1), this.time));
			entries.add(limiters.get(i).enter());
		}
		limiters.get(19).tryShare().close();
		limiters.get(17).exit(entries.get(17));
		assertThat(limiters).filteredOn((limiter) -> !limiter.isHeldByCurrentThread())
			.containsExactly(limiters.get(17));
		for (int i = 19; i >= 0; i--) {
			if (i != 17) {
				limiters.get(i).exit(entries.get(i));
			}
		}
		assertThat(limiters).allSatisfy((limiter) -> assertThat(limiter.inUse()).isZero());
	}

	@Test
	void changeWhenGrowingServesFuturesAtOnce() {
		Permit held = this.limiter.tryAcquire();
		CompletableFuture<Permit> waiting = this.limiter.acquireAsync(Duration.ofSeconds(1), DIRECT);
		this.limiter.change((spec) -> spec.withMax(2));
		assertThat(waiting).isCompleted();
		waiting.join().close();
		held.close();
	}

	@Test // O1
	void inShadowModeEverybodyIsLetInAndWhatWouldHaveBecomeOfThemIsCounted() throws Exception {
		List<RefusalReason> wouldRefuse = wouldRefuse();
		this.limiter.change((spec) -> spec.withEnforce(0).withMaxWaiting(2));
		List<Permit> permits = new ArrayList<>();
		permits.add(this.limiter.acquire());
		permits.add(this.limiter.tryAcquire());
		assertThat(wouldRefuse).containsExactly(RefusalReason.FULL);
		assertThat(this.limiter.inUse()).isOne();
		// These would have waited, so that they count.
		permits.add(this.limiter.acquire());
		permits.add(this.limiter.acquireAsync().join());
		assertThat(this.limiter.inUse()).isEqualTo(3);
		permits.add(this.limiter.acquire());
		permits.add(this.limiter.acquire(Duration.ZERO));
		assertThat(wouldRefuse).containsExactly(RefusalReason.FULL, RefusalReason.LINE_FULL, RefusalReason.FULL);
		Object entry = this.limiter.enter();
		assertThat(this.limiter.inUse()).isEqualTo(3);
		this.limiter.exit(entry);
		assertThat(this.limiter.inUse()).isEqualTo(3);
		assertThat(this.limiter.stats().wouldRefuse()).isEqualTo(4);
		assertThat(this.limiter.stats().refusedTotal()).isZero();
		permits.forEach(Permit::close);
	}

	@Test // O1
	void inShadowModeAClosedGateLetsEverybodyInAsWell() {
		List<RefusalReason> wouldRefuse = wouldRefuse();
		this.limiter.change((spec) -> spec.withEnforce(0).withMax(0));
		this.limiter.run(() -> assertThat(this.limiter.inUse()).isZero());
		assertThat(this.limiter.tryAcquire()).isNotNull();
		assertThat(wouldRefuse).containsExactly(RefusalReason.CLOSED, RefusalReason.CLOSED);
	}

	@Test // O1
	void inShadowModeAWaitOverTheTimeoutIsOneThatWouldHaveBeenRefused() throws Exception {
		List<RefusalReason> wouldRefuse = wouldRefuse();
		Permit measured = this.limiter.tryAcquire();
		this.time.advance(Duration.ofMillis(10));
		measured.close();
		Permit held = this.limiter.tryAcquire();
		AtomicReference<Duration> expected = new AtomicReference<>();
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> this.limiter.acquire(Duration.ZERO))
			.satisfies((refusal) -> expected.set(refusal.retryAfter()));
		this.limiter.change((spec) -> spec.withEnforce(0));
		this.limiter.acquire(expected.get().minusNanos(1)).close();
		assertThat(wouldRefuse).containsExactly(RefusalReason.TIMED_OUT);
		this.limiter.acquire(expected.get()).close();
		assertThat(wouldRefuse).hasSize(1);
		held.close();
	}

	@Test
	void limiterIsShownByItsName() {
		assertThat(this.limiter).hasToString("orders");
	}

	private List<RefusalReason> wouldRefuse() {
		List<RefusalReason> heard = new ArrayList<>();
		this.limiter.listen(new LimiterListener() {

			@Override
			public void wouldRefuse(RefusalReason reason) {
				heard.add(reason);
			}

		});
		return heard;
	}

	private void awaitParked(int count) {
		await().until(() -> this.time.parked() == count);
	}

	private Thread start(Runnable task) {
		Thread thread = new Thread(task);
		this.threads.add(thread);
		thread.start();
		return thread;
	}

	private AtomicReference<Throwable> startAndCatch(ThrowingTask task) {
		AtomicReference<Throwable> failure = new AtomicReference<>();
		start(() -> {
			try {
				task.run();
			}
			catch (Throwable ex) {
				failure.set(ex);
			}
		});
		return failure;
	}

	private static void awaitLatch(CountDownLatch latch) {
		Supplier<Boolean> opened = () -> {
			try {
				return latch.await(20, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		};
		assertThat(opened.get()).isTrue();
	}

	private interface ThrowingTask {

		void run() throws Exception;

	}

}
