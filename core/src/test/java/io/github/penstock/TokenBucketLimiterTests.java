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

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link TokenBucketLimiter}.
 */
@Timeout(30)
class TokenBucketLimiterTests {

	private static final Executor DIRECT = Runnable::run;

	private final ManualTime time = new ManualTime(Long.MAX_VALUE - 5_000_000);

	private final List<Thread> threads = new ArrayList<>();

	private TokenBucketLimiter limiter = limiter(RateLimiterSpec.of(10).withBurst(1L));

	private TokenBucketLimiter limiter(RateLimiterSpec spec) {
		return new TokenBucketLimiter("supplier", spec, this.time);
	}

	@AfterEach
	void nobodyWaits() throws InterruptedException {
		for (Thread thread : this.threads) {
			thread.join();
		}
		assertThat(this.limiter.waiting()).isZero();
		assertThat(this.time.scheduled()).isZero();
	}

	@Test
	void tryAcquireLetsTheBurstInAndThenTheRate() {
		this.limiter = limiter(RateLimiterSpec.of(10).withBurst(3L));
		assertThat(this.limiter.available()).isEqualTo(3);
		assertThat(take()).isEqualTo(3);
		this.time.advance(Duration.ofMillis(99));
		assertThat(take()).isZero();
		this.time.advance(Duration.ofMillis(1));
		assertThat(take()).isOne();
		this.time.advance(Duration.ofHours(1));
		assertThat(take()).isEqualTo(3);
	}

	@Test
	void tryAcquireWhenRateIsNoWholeNumberOfNanosecondsLosesNothing() {
		this.limiter = limiter(RateLimiterSpec.of(3).withBurst(1L));
		int taken = 0;
		for (int i = 0; i < 1_000; i++) {
			this.time.advanceNanos(333_333_333);
			taken += take();
			this.time.advanceNanos(1);
			taken += take();
		}
		assertThat(taken).isEqualTo(1_000);
	}

	@ParameterizedTest
	@ValueSource(doubles = { 0.000_011_574, 0.5, 0.3, 1, 3, 7, 1_000, 333_333, 1_234_567.891, 9_999_999, 9_999_999.9,
			10_000_000, 1_000_000_000 })
	void retryAfterIsExact(double rps) {
		this.limiter = limiter(RateLimiterSpec.of(rps).withBurst(1L).withTimeout(Duration.ZERO));
		for (int i = 0; i < 20; i++) {
			this.limiter.enter();
			Duration retryAfter = refusal().retryAfter();
			this.time.advanceNanos(retryAfter.toNanos() - 1);
			assertThat(this.limiter.tryAcquire()).isEqualTo(retryAfter.toNanos() == 0);
			this.time.advanceNanos(1);
		}
	}

	@Test
	void enterWhenTokenComesTooLateIsRefusedAtOnce() {
		this.limiter = limiter(RateLimiterSpec.of(1).withTimeout(Duration.ofMillis(999)));
		this.limiter.enter();
		RateLimitExceededException refusal = refusal();
		assertThat(refusal.reason()).isEqualTo(RefusalReason.WAIT_TOO_LONG);
		assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(1));
		assertThat(refusal.waited()).isZero();
		assertThat(refusal).hasMessage("Rate limit 'supplier' has no token within the timeout: rate=1 per 1s, "
				+ "burst=1, waiting=0, waited=0s, retryAfter=1s");
	}

	@Test
	void enterWhenTokenComesJustInTimeWaits() {
		this.limiter = limiter(RateLimiterSpec.of(1).withTimeout(Duration.ofSeconds(1)));
		this.limiter.enter();
		start(() -> this.limiter.enter());
		awaitParked(1);
		assertThat(refusal().retryAfter()).isEqualTo(Duration.ofSeconds(2));
		assertThat(this.limiter.available()).isZero();
		this.time.advance(Duration.ofSeconds(1));
		join();
		assertThat(this.limiter.stats().granted()).isEqualTo(2);
		assertThat(this.limiter.stats().waited()).isOne();
		assertThat(this.limiter.stats().waitTime()).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void waitersOnAnEmptyBucketWaitOneIntervalEach() {
		this.limiter.tryAcquire();
		List<CompletableFuture<Void>> futures = waiters(3);
		for (int i = 0; i < 3; i++) {
			this.time.advance(Duration.ofMillis(99));
			assertThat(futures.get(i)).isNotDone();
			this.time.advance(Duration.ofMillis(1));
			assertThat(futures.get(i)).isCompleted();
		}
	}

	@Test
	void waitersWhoWakeLateLoseNoToken() {
		this.limiter.tryAcquire();
		for (int i = 0; i < 5; i++) {
			int before = i;
			start(() -> this.limiter.enter());
			await().until(() -> this.limiter.waiting() == before + 1);
		}
		awaitParked(5);
		this.time.advance(Duration.ofMillis(350));
		await().until(() -> this.limiter.waiting() == 2);
		this.time.advance(Duration.ofMillis(150));
		join();
		assertThat(take()).isZero();
		this.time.advance(Duration.ofMillis(100));
		assertThat(take()).isOne();
	}

	@Test
	void waiterWhoLeavesGivesItsPlaceBack() {
		this.limiter.tryAcquire();
		List<CompletableFuture<Void>> futures = waiters(3);
		futures.get(0).cancel(false);
		this.time.advance(Duration.ofMillis(100));
		assertThat(futures.get(1)).isCompleted();
		this.time.advance(Duration.ofMillis(100));
		assertThat(futures.get(2)).isCompleted();
		assertThat(this.limiter.stats().granted()).isEqualTo(3);
	}

	@Test
	void parkedWaiterMovesUpWhenOneAheadLeaves() {
		this.limiter.tryAcquire();
		List<CompletableFuture<Void>> futures = waiters(1);
		start(() -> this.limiter.enter());
		awaitParked(1);
		futures.get(0).cancel(false);
		this.time.advance(Duration.ofMillis(100));
		join();
		assertThat(this.limiter.stats().granted()).isEqualTo(2);
	}

	@Test
	void acquireWhenInterruptedGivesItsPlaceBack() throws Exception {
		this.limiter.tryAcquire();
		Thread thread = start(
				() -> assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> this.limiter.acquire()));
		awaitParked(1);
		List<CompletableFuture<Void>> futures = waiters(1);
		thread.interrupt();
		await().until(() -> this.limiter.waiting() == 1);
		this.time.advance(Duration.ofMillis(100));
		assertThat(futures.get(0)).isCompleted();
		assertThat(this.limiter.stats().refused()).containsEntry(RefusalReason.INTERRUPTED, 1L);
	}

	@Test
	void cancelWhenGrantedAndNotDeliveredPutsTheTokenBackAtOnce() {
		this.limiter.tryAcquire();
		List<Runnable> handed = new ArrayList<>();
		CompletableFuture<Void> future = this.limiter.acquireAsync(Duration.ofSeconds(1), handed::add);
		this.time.advance(Duration.ofMillis(100));
		assertThat(this.limiter.available()).isZero();
		future.cancel(false);
		assertThat(this.limiter.available()).isOne();
		handed.get(0).run();
		assertThat(this.limiter.available()).isOne();
		assertThat(this.limiter.stats().granted()).isOne();
	}

	@Test
	void cancelWhenTheBucketMayHaveBeenFullMeanwhileMakesNoToken() {
		this.limiter = limiter(RateLimiterSpec.of(10).withBurst(5L));
		assertThat(take()).isEqualTo(5);
		List<CompletableFuture<Void>> futures = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			futures.add(this.limiter.acquireAsync(Duration.ofHours(1), (task) -> {
			}));
		}
		this.time.advance(Duration.ofMinutes(1));
		assertThat(take()).isEqualTo(5);
		futures.forEach((future) -> future.cancel(false));
		assertThat(take()).isZero();
	}

	@Test
	void lineWhenRateHasManyDigitsIsAsLongAsTheTimeoutLetsItBe() {
		this.limiter = limiter(RateLimiterSpec.of(10 / 3.0).withBurst(1L));
		this.limiter.tryAcquire();
		int admitted = 0;
		List<CompletableFuture<Void>> futures = new ArrayList<>();
		for (CompletableFuture<Void> future = join30(futures); !future.isDone(); future = join30(futures)) {
			admitted++;
		}
		assertThat(admitted).isBetween(99, 100);
		assertThat(refusal().retryAfter()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(31));
		futures.forEach((future) -> future.cancel(false));
	}

	private CompletableFuture<Void> join30(List<CompletableFuture<Void>> futures) {
		CompletableFuture<Void> future = this.limiter.acquireAsync(Duration.ofSeconds(30), DIRECT);
		futures.add(future);
		return future;
	}

	@Test
	void changeWhenTimeHasPassedSinceTheBaseGivesNoFullBucket() {
		this.limiter = limiter(RateLimiterSpec.of(3.3333333).withBurst(14L));
		for (int i = 0; i < 100; i++) {
			this.time.advance(Duration.ofSeconds(60));
			assertThat(take()).isEqualTo(14);
			this.limiter.change((spec) -> spec.withTimeout(spec.timeout().plusMillis(1)));
			assertThat(take()).isZero();
		}
	}

	@Test
	void configureChangesWhatIsInForceUnlessItWasChanged() {
		this.limiter = limiter(RateLimiterSpec.of(10));
		this.limiter.configure(RateLimiterSpec.of(5));
		assertThat(this.limiter.spec()).isEqualTo(RateLimiterSpec.of(5));
		assertThat(this.limiter.available()).isEqualTo(5);
		RateLimiterSpec changed = this.limiter.change((spec) -> spec.withRate(3));
		this.limiter.configure(RateLimiterSpec.of(4));
		assertThat(this.limiter.spec()).isEqualTo(changed);
		this.limiter.reset();
		assertThat(this.limiter.spec()).isEqualTo(RateLimiterSpec.of(4));
	}

	@Test
	void availableWhenIdleForLongIsTheWholeBucket() {
		this.limiter = limiter(RateLimiterSpec.of(9_999_999.9).withBurst(14L));
		assertThat(take()).isEqualTo(14);
		this.time.advance(Duration.ofHours(1));
		assertThat(this.limiter.available()).isEqualTo(14);
	}

	@Test
	void waitersWhoCancelAndJoinAgainFindTheirPlacesGone() {
		this.limiter.tryAcquire();
		List<CompletableFuture<Void>> futures = waiters(5);
		futures.subList(1, 5).forEach((future) -> future.cancel(false));
		CompletableFuture<Void> again = this.limiter.acquireAsync(Duration.ofMillis(250), DIRECT);
		assertThat(again).isNotDone();
		this.time.advance(Duration.ofMillis(200));
		assertThat(again).isCompleted();
	}

	@Test
	void changeWhenRateRisesTimesTheLineAnew() {
		this.limiter = limiter(RateLimiterSpec.of(1, Duration.ofHours(1)).withTimeout(Duration.ofDays(2)));
		this.limiter.tryAcquire();
		start(() -> this.limiter.enter());
		awaitParked(1);
		List<CompletableFuture<Void>> futures = waiters(2);
		this.limiter.change((spec) -> spec.withRate(10));
		this.time.advance(Duration.ofMillis(300));
		join();
		assertThat(futures).allSatisfy((future) -> assertThat(future).isCompleted());
	}

	@Test
	void changeWhenRateFallsRefusesAtOnceWhoWouldWaitTooLong() {
		this.limiter.tryAcquire();
		CompletableFuture<Void> first = this.limiter.acquireAsync(Duration.ofSeconds(3), DIRECT);
		CompletableFuture<Void> second = this.limiter.acquireAsync(Duration.ofSeconds(1), DIRECT);
		CompletableFuture<Void> third = this.limiter.acquireAsync(Duration.ofSeconds(4), DIRECT);
		this.limiter.change((spec) -> spec.withRate(0.5));
		assertThat(first).isNotDone();
		assertThat(second).isCompletedExceptionally();
		assertThat(third).isNotDone();
		this.time.advance(Duration.ofSeconds(2));
		assertThat(first).isCompleted();
		this.time.advance(Duration.ofSeconds(2));
		assertThat(third).isCompleted();
	}

	@Test
	void changeWhenBurstFallsClipsTheTokensAtOnce() {
		this.limiter = limiter(RateLimiterSpec.of(100));
		assertThat(this.limiter.available()).isEqualTo(100);
		this.limiter.change((spec) -> spec.withRate(5));
		assertThat(this.limiter.available()).isEqualTo(5);
	}

	@Test
	void changeWhenRateRisesGivesNoFreeTokens() {
		assertThat(take()).isOne();
		this.limiter.change((spec) -> spec.withRate(1_000).withBurst(null));
		assertThat(this.limiter.available()).isZero();
		this.time.advance(Duration.ofMillis(10));
		assertThat(this.limiter.available()).isEqualTo(10);
		this.limiter.reset();
		assertThat(this.limiter.spec()).isEqualTo(this.limiter.configured());
		assertThat(this.limiter.available()).isOne();
	}

	@Test
	void changeWhenInvalidChangesNothing() {
		assertThatExceptionOfType(InvalidLimitException.class)
			.isThrownBy(() -> this.limiter.change((spec) -> spec.withBurst(5L).withRate(Double.NaN)));
		assertThat(this.limiter.spec()).isEqualTo(this.limiter.configured());
	}

	@Test
	void bucketThatIdlesForYearsIsFull() {
		this.limiter = limiter(RateLimiterSpec.of(9_999_999).withBurst(2L));
		for (int i = 0; i < 50; i++) {
			assertThat(take()).isEqualTo(2);
			this.time.advance(Duration.ofDays(365));
		}
		assertThat(this.limiter.stats().granted()).isEqualTo(100);
	}

	@Test
	void waitersOfABucketThatIsSucceededMeanwhileKeepTheirTimes() {
		// 16.2 seconds a token: longer than this bucket's units count from one base.
		this.limiter = limiter(RateLimiterSpec.of(0.061_728_394_55).withTimeout(Duration.ofMinutes(2)));
		this.limiter.tryAcquire();
		start(() -> this.limiter.enter());
		awaitParked(1);
		start(() -> this.limiter.enter());
		awaitParked(2);
		long parks = this.time.parks();
		this.time.advance(Duration.ofSeconds(10));
		this.time.advance(Duration.ofSeconds(6));
		assertThat(this.limiter.waiting()).isEqualTo(2);
		this.time.advance(Duration.ofSeconds(1));
		await().until(() -> this.limiter.waiting() == 1);
		this.time.advance(Duration.ofSeconds(17));
		join();
		assertThat(this.time.parks() - parks).isLessThan(40);
	}

	@Test // T3, W2
	void whoIsTooLateAfterAChargeIsRefusedAtOnce() {
		take();
		CompletableFuture<Void> waiting = this.limiter.acquireAsync(Duration.ofSeconds(1), DIRECT);
		this.limiter.charge(9);
		assertThat(waiting).isNotDone();
		this.limiter.charge(1);
		assertThatRefusal(waiting, RefusalReason.WAIT_TOO_LONG);
	}

	@Test // W1
	void whoWantsMoreThanABurstThatHasShrunkIsToldSo() {
		this.limiter = limiter(RateLimiterSpec.of(10).withBurst(5L));
		take();
		CompletableFuture<Void> waiting = this.limiter.acquireAsync(5, Duration.ofSeconds(1), DIRECT);
		this.limiter.change((spec) -> spec.withBurst(3));
		assertThatRefusal(waiting, RefusalReason.TOO_COSTLY);
	}

	@Test // W1
	void callThatCostsNothingIsLetInWhateverIsOwed() {
		this.limiter.charge(10);
		assertThat(this.limiter.tryAcquire(0)).isTrue();
		assertThat(this.limiter.debt()).isEqualTo(9);
		assertThat(this.limiter.stats().granted()).isOne();
		assertThat(this.limiter.stats().tokens()).isEqualTo(10);
	}

	@Test
	void tokensOfThoseWhoWaitedAreCountedUntilTheyAreGivenUp() {
		this.limiter = limiter(RateLimiterSpec.of(10).withBurst(3L));
		assertThat(take()).isEqualTo(3);
		List<Runnable> handed = new ArrayList<>();
		CompletableFuture<Void> waiting = this.limiter.acquireAsync(3, Duration.ofSeconds(1), handed::add);
		this.time.advance(Duration.ofMillis(300));
		assertThat(this.limiter.stats().granted()).isEqualTo(4);
		assertThat(this.limiter.stats().tokens()).isEqualTo(6);
		waiting.cancel(false);
		assertThat(this.limiter.stats().granted()).isEqualTo(3);
		assertThat(this.limiter.stats().tokens()).isEqualTo(3);
		assertThat(this.limiter.available()).isEqualTo(3);
	}

	@Test // W2
	void tokensOfAWindowThatComeBackAreThereAgain() {
		this.limiter = limiter(RateLimiterSpec.of(5, Duration.ofSeconds(1)).withSliding(true));
		assertThat(this.limiter.tryAcquire(4)).isTrue();
		long stamp = this.limiter.stamp();
		this.limiter.putBack(3, stamp);
		assertThat(this.limiter.available()).isEqualTo(4);
		this.time.advance(Duration.ofSeconds(1));
		this.limiter.putBack(1, stamp);
		assertThat(this.limiter.available()).isEqualTo(5);
	}

	@Test // O1
	void inShadowModeEverybodyIsLetInAndWhatWouldHaveBecomeOfThemIsCounted() {
		this.limiter = limiter(RateLimiterSpec.of(10).withBurst(2L).withEnforce(0).withMaxWaiting(2));
		List<RefusalReason> wouldRefuse = new ArrayList<>();
		this.limiter.listen(new LimiterListener() {

			@Override
			public void wouldRefuse(RefusalReason reason) {
				wouldRefuse.add(reason);
			}

		});
		this.limiter.enter(2, null);
		enterWithin(2, Duration.ofMillis(200));
		assertThat(wouldRefuse).isEmpty();
		assertThat(this.limiter.debt()).isEqualTo(2);
		assertThat(this.limiter.stats().granted()).isEqualTo(2);
		assertThat(this.limiter.stats().tokens()).isEqualTo(4);
		enterWithin(1, Duration.ofSeconds(5));
		enterWithin(3, Duration.ofSeconds(5));
		assertThat(this.limiter.tryAcquire()).isTrue();
		assertThat(wouldRefuse).containsExactly(RefusalReason.LINE_FULL, RefusalReason.TOO_COSTLY, RefusalReason.FULL);
		this.time.advance(Duration.ofMillis(100));
		enterWithin(1, Duration.ofMillis(200).minusNanos(1));
		assertThat(wouldRefuse).hasSize(4).endsWith(RefusalReason.WAIT_TOO_LONG);
		assertThat(this.limiter.debt()).isOne();
		enterWithin(1, Duration.ofMillis(200));
		assertThat(wouldRefuse).hasSize(4);
		assertThat(this.limiter.debt()).isEqualTo(2);
		assertThat(this.limiter.stats().wouldRefuse()).isEqualTo(4);
		assertThat(this.limiter.stats().refusedTotal()).isZero();
	}

	@Test // O1
	void inShadowModeAWindowOwesWhatItLetsInBeyondItsLimit() {
		this.limiter = limiter(RateLimiterSpec.of(2, Duration.ofSeconds(1)).withSliding(true).withEnforce(0));
		enterWithin(2, Duration.ZERO);
		enterWithin(1, Duration.ofSeconds(1));
		assertThat(this.limiter.debt()).isOne();
		assertThat(this.limiter.stats().granted()).isEqualTo(2);
		assertThat(this.limiter.stats().tokens()).isEqualTo(3);
	}

	private void enterWithin(long tokens, Duration timeout) {
		this.limiter.enter(tokens, (configured) -> timeout);
	}

	private static void assertThatRefusal(CompletableFuture<?> refused, RefusalReason reason) {
		assertThat(refused).isCompletedExceptionally();
		assertThat(Acquisition.failure(refused)).isInstanceOfSatisfying(RateLimitExceededException.class,
				(refusal) -> assertThat(refusal.reason()).isEqualTo(reason));
	}

	@Test
	void lineBoundRefusesTheNext() {
		this.limiter = limiter(RateLimiterSpec.of(1).withMaxWaiting(1));
		this.limiter.tryAcquire();
		List<CompletableFuture<Void>> futures = waiters(2);
		assertThat(futures.get(0)).isNotDone();
		assertThat(futures.get(1)).isCompletedExceptionally();
		assertThat(this.limiter.stats().refused()).containsEntry(RefusalReason.LINE_FULL, 1L);
		this.time.advance(Duration.ofSeconds(1));
	}

	@Test
	void tryAcquireCountsItsRefusals() {
		assertThat(this.limiter.tryAcquire()).isTrue();
		assertThat(this.limiter.stats().refusedTotal()).isZero();
		assertThat(this.limiter.tryAcquire()).isFalse();
		assertThat(this.limiter.stats().refused()).containsEntry(RefusalReason.FULL, 1L);
	}

	@Test
	void acquireAsyncWithoutATimeoutWaitsAsLongAsIsConfigured() {
		assertThat(this.limiter.acquireAsync()).isCompleted();
		CompletableFuture<Void> waiting = this.limiter.acquireAsync();
		assertThat(waiting).isNotDone();
		this.limiter.change((spec) -> spec.withTimeout(Duration.ZERO));
		assertThat(this.limiter.acquireAsync()).isCompletedExceptionally();
		waiting.cancel(false);
	}

	@Test
	void changeThatChangesNothingReturnsWhatIsInForce() {
		RateLimiterSpec inForce = this.limiter.spec();
		assertThat(this.limiter.change((spec) -> RateLimiterSpec.of(10).withBurst(1L))).isSameAs(inForce);
	}

	@Test
	void changeGivesWhoIsDueAlreadyTheTokensOfTheOldRate() {
		ManualTime late = new ManualTime();
		TimeSource withoutTimers = new TimeSource() {

			@Override
			public long nanoTime() {
				return late.nanoTime();
			}

			@Override
			public void parkNanos(Object blocker, long nanos) {
				throw new IllegalStateException("Nobody parks here");
			}

			@Override
			public Runnable schedule(Runnable task, long nanos) {
				return () -> {
				};
			}

		};
		this.limiter = new TokenBucketLimiter("late", RateLimiterSpec.of(10).withBurst(1L), withoutTimers);
		this.limiter.tryAcquire();
		List<CompletableFuture<Void>> futures = waiters(2);
		late.advance(Duration.ofMillis(250));
		assertThat(futures).noneMatch(CompletableFuture::isDone);
		this.limiter.change((spec) -> spec.withRate(0.001));
		assertThat(futures).allMatch(CompletableFuture::isDone);
	}

	private int take() {
		int taken = 0;
		while (this.limiter.tryAcquire()) {
			taken++;
		}
		return taken;
	}

	private List<CompletableFuture<Void>> waiters(int count) {
		List<CompletableFuture<Void>> futures = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			futures.add(this.limiter.acquireAsync(Duration.ofDays(1), DIRECT));
		}
		return futures;
	}

	private RateLimitExceededException refusal() {
		try {
			this.limiter.enter();
		}
		catch (RateLimitExceededException ex) {
			return ex;
		}
		throw new AssertionError("was let in");
	}

	private Thread start(Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
		this.threads.add(thread);
		thread.start();
		return thread;
	}

	private void join() {
		for (Thread thread : this.threads) {
			await().until(() -> !thread.isAlive());
		}
	}

	private void awaitParked(int count) {
		await().until(() -> this.time.parked() == count);
	}

	private interface Task {

		void run() throws Exception;

	}

}
