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
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link RateLimiter#allOf}.
 */
class SeveralRateLimitersTests {

	private static final Duration PATIENCE = Duration.ofMinutes(10);

	/** Its clock wraps, and a call comes at no round time. */
	private static final long START = Long.MAX_VALUE - 1_234_567_890;

	private final ManualTime time = new ManualTime(START);

	private final TokenBucketLimiter second = limiter("second", RateLimiterSpec.of(10));

	private final TokenBucketLimiter minute = limiter("minute", RateLimiterSpec.of(15, Duration.ofMinutes(1)));

	private final TokenBucketLimiter third = limiter("third", RateLimiterSpec.of(10));

	private final List<Runnable> handed = new ArrayList<>();

	private final RateLimiter both = RateLimiter.allOf(this.second, this.minute);

	private TokenBucketLimiter limiter(String name, RateLimiterSpec spec) {
		return new TokenBucketLimiter(name, spec.withTimeout(Duration.ZERO), this.time);
	}

	private CompletableFuture<Void> waiting(RateLimiter limiter, long tokens) {
		return limiter.acquireAsync(tokens, Duration.ofMinutes(10), Runnable::run);
	}

	@Test // M1, L07
	void aRefusedCallHasTakenNothing() {
		for (int i = 0; i < 10; i++) {
			assertThat(this.both.tryAcquire()).isTrue();
		}
		assertThat(this.both.tryAcquire()).isFalse();
		assertThat(this.minute.available()).isEqualTo(5);
		assertThat(this.minute.stats().granted()).isEqualTo(10);
		assertThat(this.second.stats().refusedTotal()).isOne();
		this.time.advance(Duration.ofSeconds(1));
		for (int i = 0; i < 5; i++) {
			assertThat(this.both.tryAcquire()).isTrue();
		}
		assertThat(this.both.tryAcquire()).isFalse();
		assertThat(this.second.available()).isEqualTo(5);
		assertThat(this.minute.stats().refusedTotal()).isOne();
	}

	@Test // M1
	void theRefusalIsOfTheOneThatWouldTakeLongest() {
		this.second.tryAcquire(10);
		this.minute.tryAcquire(15);
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(this.both::enter)
			.satisfies((refusal) -> {
				assertThat(refusal.name()).isEqualTo("minute");
				assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(4).minusSeconds(0));
			});
	}

	@Test // M2
	void whoWaitsHoldsNothingAndIsInNobodysWay() {
		this.minute.tryAcquire(15);
		CompletableFuture<Void> waiting = waiting(this.both, 1);
		assertThat(waiting).isNotDone();
		assertThat(this.second.available()).isEqualTo(10);
		assertThat(this.second.waiting()).isZero();
		assertThat(this.second.tryAcquire(10)).isTrue();
		this.time.advance(Duration.ofSeconds(4));
		assertThat(waiting).isCompleted();
		assertThat(this.second.available()).isEqualTo(9);
		assertThat(this.minute.available()).isZero();
	}

	@Test // M2
	void whoFindsAnotherEmptyWhenItsTurnComesWaitsForThat() {
		this.minute.tryAcquire(15);
		CompletableFuture<Void> waiting = waiting(this.both, 1);
		this.time.advance(Duration.ofMillis(3999));
		this.second.tryAcquire(10);
		this.time.advance(Duration.ofMillis(1));
		assertThat(waiting).isNotDone();
		this.time.advance(Duration.ofMillis(99));
		assertThat(waiting).isCompleted();
	}

	@Test // T4, M1
	void whoGivesUpHasTakenNothing() {
		this.minute.tryAcquire(15);
		CompletableFuture<Void> waiting = waiting(this.both, 1);
		waiting.cancel(false);
		assertThat(this.minute.waiting()).isZero();
		this.time.advance(Duration.ofSeconds(4));
		assertThat(this.minute.available()).isOne();
		assertThat(this.second.available()).isEqualTo(10);
	}

	@Test // M1
	void theRefusalIsOfTheOneThatWouldTakeLongestAlsoIfThatIsTheFirst() {
		this.second.tryAcquire(10);
		this.minute.tryAcquire(15);
		assertThatExceptionOfType(RateLimitExceededException.class)
			.isThrownBy(() -> RateLimiter.allOf(this.minute, this.second).enter())
			.satisfies((refusal) -> assertThat(refusal.name()).isEqualTo("minute"));
	}

	@Test // M2
	void whoWaitsStandsInTheLineOfTheOneWhoseTokensComeLast() {
		this.second.tryAcquire(10);
		this.minute.tryAcquire(15);
		CompletableFuture<Void> waiting = waiting(this.both, 1);
		assertThat(this.second.waiting()).isZero();
		assertThat(this.minute.waiting()).isOne();
		waiting.cancel(false);
		this.third.tryAcquire(10);
		waiting(RateLimiter.allOf(this.second, this.third), 1);
		assertThat(this.second.waiting()).isOne();
		assertThat(this.third.waiting()).isZero();
	}

	@Test // T3, M2
	void whoHasWaitedForOneHasLessPatienceWithTheNext() {
		this.minute.tryAcquire(15);
		CompletableFuture<Void> waiting = this.both.acquireAsync(1, Duration.ofSeconds(5), Runnable::run);
		this.time.advance(Duration.ofMillis(3999));
		this.second.tryAcquire(10);
		this.time.advance(Duration.ofMillis(1));
		assertThat(this.second.waiting()).isOne();
		this.second.charge(15);
		assertThatRefusal(waiting, RefusalReason.WAIT_TOO_LONG);
	}

	@Test
	void costBelowZeroIsAnErrorWhateverEachCosts() {
		SeveralRateLimiters several = new SeveralRateLimiters(new RateLimiter[] { this.second, this.minute },
				new long[] { 1, 1 }, new UnaryOperator[2]);
		assertThatIllegalArgumentException().isThrownBy(() -> several.availableIn(-1));
	}

	@Test // W1
	void aCostThatOneOfThemNeverHasIsRefused() {
		assertThatExceptionOfType(RateLimitExceededException.class)
			.isThrownBy(() -> this.both.acquire(11, Duration.ofHours(1)))
			.satisfies((refusal) -> {
				assertThat(refusal.name()).isEqualTo("second");
				assertThat(refusal.reason()).isEqualTo(RefusalReason.TOO_COSTLY);
				assertThat(refusal.cost()).isEqualTo(11);
			});
		assertThat(this.minute.available()).isEqualTo(15);
	}

	@Test // I07
	void aKeyWhoseOwnLimitIsSpentTakesNothingFromTheSharedOne() {
		RateLimiter ofKey = RateLimiter.allOf(this.minute.forKey("a"), this.second);
		for (int i = 0; i < 30; i++) {
			this.time.advance(Duration.ofMillis(100));
			ofKey.tryAcquire();
		}
		assertThat(this.second.stats().granted()).isEqualTo(15);
		assertThat(this.minute.keys(1).known()).isOne();
		assertThat(this.minute.available()).isEqualTo(15);
	}

	@Test // O1
	void oneInShadowModeRefusesNobody() {
		this.minute.change((spec) -> spec.withEnforce(0));
		for (int i = 0; i < 20; i++) {
			assertThat(this.both.tryAcquire()).as("call %s", i).isTrue();
			this.time.advance(Duration.ofMillis(100));
		}
		assertThat(this.minute.stats().wouldRefuse()).isEqualTo(5);
		assertThat(this.second.stats().granted()).isEqualTo(20);
	}

	@Test // O1
	void oneInShadowModeHasNobodyWaitForIt() {
		this.minute.change((spec) -> spec.withEnforce(0));
		this.minute.charge(150);
		this.second.tryAcquire(10);
		CompletableFuture<Void> waiting = this.both.acquireAsync(1, Duration.ofSeconds(1), Runnable::run);
		assertThat(waiting).isNotDone();
		this.time.advance(Duration.ofMillis(100));
		assertThat(waiting).isCompleted();
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(this.both::enter)
			.satisfies((refusal) -> {
				assertThat(refusal.name()).isEqualTo("second");
				assertThat(refusal.retryAfter()).isEqualTo(Duration.ofMillis(100));
			});
	}

	@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	@Test // M2
	void twoThatWaitForTheSameDoNotHandItToAndFro() {
		TokenBucketLimiter slow = limiter("slow", RateLimiterSpec.of(1, Duration.ofMinutes(1)));
		RateLimiter all = RateLimiter.allOf(this.second, slow);
		slow.tryAcquire();
		CompletableFuture<Void> first = waiting(all, 1);
		CompletableFuture<Void> second = waiting(all, 1);
		this.time.advance(Duration.ofMillis(59_950));
		this.second.tryAcquire(10);
		// When the slow one has a token, the other one has none for another moment.
		CompletableFuture<Void> alone = waiting(this.second, 10);
		this.time.advance(Duration.ofMillis(50));
		assertThat(first).isNotDone();
		assertThat(second).isNotDone();
		this.time.advance(Duration.ofSeconds(2));
		assertThat(alone).isCompleted();
		assertThat(first.isDone() ^ second.isDone()).isTrue();
		this.time.advance(Duration.ofMinutes(1));
		assertThat(first.isDone() && second.isDone()).isTrue();
	}

	@Test // M2
	void whoWaitsInVainAgainAndAgainPausesAndGoesOn() {
		TokenBucketLimiter other = limiter("other", RateLimiterSpec.of(10));
		RateLimiter all = RateLimiter.allOf(this.second, other);
		this.second.tryAcquire(10);
		other.tryAcquire(10);
		CompletableFuture<Void> waiting = waiting(all, 5);
		for (int step = 0; step < 500; step++) {
			this.time.advance(Duration.ofMillis(10));
			// The one is emptied all the time that it does not stand in line for.
			while (this.second.tryAcquire() || other.tryAcquire()) {
				// All of them.
			}
			assertThat(waiting).isNotDone();
		}
		this.time.advance(Duration.ofSeconds(2));
		assertThat(waiting).isCompleted();
		assertThat(this.time.scheduled()).isZero();
	}

	@Test // M2
	void whoPausesStandsInLineAgainWhenItsExecutorComesToIt() {
		CompletableFuture<Void> waiting = pausing(this.handed::add);
		this.time.advance(Duration.ofMillis(99));
		assertThat(this.second.waiting() + this.third.waiting()).isZero();
		runHanded();
		assertThat(waiting).isNotDone();
		assertThat(this.second.waiting() + this.third.waiting()).isOne();
		Awaitility.await().untilAsserted(() -> {
			this.time.advance(Duration.ofMillis(100));
			runHanded();
			assertThat(waiting).isCompleted();
		});
		assertThat(this.time.scheduled()).isZero();
	}

	@Test // P2, M2
	void whosePauseEndsWithAnExecutorThatDropsItIsRefusedInTime() {
		CompletableFuture<Void> waiting = pausing((task) -> {
		});
		this.time.advance(PATIENCE.minusNanos(this.time.nanoTime() - START + 1));
		assertThat(waiting).isNotDone();
		this.time.advanceNanos(FutureWaiter.GRACE_NANOS);
		assertThat(waiting).isNotDone();
		assertThat(this.time.scheduled()).isOne();
		this.time.advanceNanos(1);
		assertThatRefusal(waiting, RefusalReason.TIMED_OUT);
		assertThat(Acquisition.failure(waiting)).isInstanceOfSatisfying(RateLimitExceededException.class,
				(refusal) -> assertThat(refusal.waited()).isEqualTo(PATIENCE.plusNanos(FutureWaiter.GRACE_NANOS)));
		assertThat(this.time.scheduled()).isZero();
		assertThat(this.second.available()).isEqualTo(10);
		assertThat(this.third.available()).isEqualTo(10);
	}

	@Test // P2, M2
	void whosePauseEndsWithAnExecutorThatRejectsItGoesOn() {
		CompletableFuture<Void> waiting = pausing((task) -> {
			throw new RejectedExecutionException("thrown by a test");
		});
		Awaitility.await().untilAsserted(() -> {
			this.time.advance(Duration.ofMillis(100));
			assertThat(waiting).isCompleted();
		});
		assertThat(this.time.scheduled()).isZero();
	}

	@Test // T4, M2
	void whoGivesUpWhileItPausesIsCountedAndForgotten() {
		CompletableFuture<Void> waiting = pausing(this.handed::add);
		waiting.cancel(false);
		assertThat(this.time.scheduled()).isZero();
		assertThat(cancelled(this.second) + cancelled(this.third)).isOne();
	}

	@Test // T4, M2
	void whoGivesUpJustAsItsPauseBeginsIsCountedAndForgotten() {
		AtomicReference<CompletableFuture<Void>> waiting = new AtomicReference<>();
		BusyTime busy = new BusyTime(this.time);
		TokenBucketLimiter one = new TokenBucketLimiter("one", RateLimiterSpec.of(10), busy);
		TokenBucketLimiter other = new TokenBucketLimiter("other", RateLimiterSpec.of(10), busy);
		one.tryAcquire(10);
		other.tryAcquire(10);
		waiting.set(RateLimiter.allOf(one, other).acquireAsync(5, PATIENCE, Runnable::run));
		// The timers of a pause are those of a call that stands in no line.
		busy.scheduling = () -> {
			if (one.waiting() + other.waiting() == 0) {
				waiting.get().cancel(false);
			}
		};
		while (!waiting.get().isDone()) {
			this.time.advance(Duration.ofMillis(10));
			while (one.tryAcquire() || other.tryAcquire()) {
				// The one is emptied all the time that it does not stand in line for.
			}
		}
		assertThat(waiting.get()).isCancelled();
		assertThat(cancelled(one) + cancelled(other)).isOne();
		assertThat(this.time.scheduled()).isZero();
	}

	@Test // T4, M2
	void whoGivesUpAfterItsPauseIsCountedOnceAndGoesNowhere() {
		CompletableFuture<Void> waiting = pausing(this.handed::add);
		this.time.advance(Duration.ofSeconds(1));
		waiting.cancel(false);
		runHanded();
		assertThat(this.time.scheduled()).isZero();
		assertThat(cancelled(this.second) + cancelled(this.third)).isOne();
		assertThat(this.second.waiting() + this.third.waiting()).isZero();
	}

	@Test // M2
	void anExecutorThatRunsThePausedCallTwiceHasItStandInOneLineOnce() {
		CompletableFuture<Void> waiting = pausing(this.handed::add);
		this.time.advance(Duration.ofMillis(1));
		List<Runnable> twice = List.copyOf(this.handed);
		assertThat(twice).hasSize(1);
		twice.get(0).run();
		int scheduled = this.time.scheduled();
		twice.get(0).run();
		assertThat(this.second.waiting() + this.third.waiting()).isOne();
		assertThat(this.time.scheduled()).isEqualTo(scheduled);
		waiting.cancel(false);
		assertThat(this.time.scheduled()).isZero();
	}

	@Test // S1, M2
	void limitersThatAreShutDownRefuseWhoPauses() {
		CompletableFuture<Void> waiting = pausing(this.handed::add);
		this.second.shutdown();
		this.third.shutdown();
		this.time.advance(Duration.ofMillis(1));
		runHanded();
		assertThatRefusal(waiting, RefusalReason.SHUT_DOWN);
		assertThat(this.time.scheduled()).isZero();
	}

	@Timeout(60)
	@Test // M2
	void whoPausesGoesOnElsewhereThanOnTheTimersThread() {
		AtomicReference<TimeSource> timers = new AtomicReference<>();
		BusyTime busy = new BusyTime(this.time);
		busy.timers = timers;
		TokenBucketLimiter one = new TokenBucketLimiter("one", RateLimiterSpec.of(10), busy);
		TokenBucketLimiter other = new TokenBucketLimiter("other", RateLimiterSpec.of(10), busy);
		List<String> threads = Collections.synchronizedList(new ArrayList<>());
		CompletableFuture<Void> waiting = pausing(one, other, (task) -> threads.add(Thread.currentThread().getName()));
		timers.set(TimeSource.system());
		this.time.advance(Duration.ofMillis(1));
		Awaitility.await().until(() -> !threads.isEmpty());
		assertThat(threads).hasSize(1).noneMatch((name) -> name.contains("timer"));
		assertThat(threads).doesNotContain(Thread.currentThread().getName());
		waiting.cancel(false);
	}

	/** Waits for both, in vain so often that it pauses. */
	private CompletableFuture<Void> pausing(Executor executor) {
		return pausing(this.second, this.third, executor);
	}

	private CompletableFuture<Void> pausing(RateLimiter one, RateLimiter other, Executor executor) {
		RateLimiter all = RateLimiter.allOf(one, other);
		one.tryAcquire(10);
		other.tryAcquire(10);
		AtomicReference<Executor> current = new AtomicReference<>(Runnable::run);
		CompletableFuture<Void> waiting = all.acquireAsync(5, PATIENCE, (task) -> current.get().execute(task));
		while (one.waiting() + other.waiting() > 0) {
			this.time.advance(Duration.ofMillis(10));
			while (one.tryAcquire() || other.tryAcquire()) {
				// The one is emptied all the time that it does not stand in line for.
			}
		}
		assertThat(waiting).isNotDone();
		assertThat(this.time.scheduled()).isEqualTo(2);
		current.set(executor);
		return waiting;
	}

	private static long cancelled(RateLimiter limiter) {
		return limiter.stats().refused().get(RefusalReason.CANCELLED);
	}

	private void runHanded() {
		List<Runnable> tasks = List.copyOf(this.handed);
		this.handed.clear();
		tasks.forEach(Runnable::run);
	}

	private static void assertThatRefusal(CompletableFuture<Void> future, RefusalReason reason) {
		assertThat(future).failsWithin(Duration.ofSeconds(20))
			.withThrowableThat()
			.havingCause()
			.isInstanceOfSatisfying(RateLimitExceededException.class,
					(refusal) -> assertThat(refusal.reason()).isEqualTo(reason));
	}

	@Test // M1, K3, L07
	void aRefusedCallOfAKeyWithoutRoomHasTakenNothing() {
		this.second.change((spec) -> spec.withMaxKeys(1));
		this.second.forKey("known").tryAcquire(10);
		this.minute.tryAcquire(15);
		RateLimiter of = RateLimiter.allOf(this.second.forKey("unknown"), this.minute);
		assertThat(of.tryAcquire()).isFalse();
		assertThat(this.second.forKey("another").tryAcquire(10)).isTrue();
	}

	@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	@Test // M1, K3
	void aCallOfAKeyWithoutRoomStandsInLine() {
		this.second.change((spec) -> spec.withMaxKeys(1));
		this.second.forKey("known").tryAcquire(10);
		this.second.forKey("another").tryAcquire(10);
		RateLimiter of = RateLimiter.allOf(this.minute, this.second.forKey("unknown"));
		CompletableFuture<Void> waiting = waiting(of, 1);
		assertThat(this.second.waiting()).isOne();
		this.time.advance(Duration.ofMillis(100));
		assertThat(waiting).isCompleted();
	}

	@Test // M1, P2
	void aCallThatFailsHalfWayHasTakenNothing() {
		FailingTime failing = new FailingTime(this.time);
		TokenBucketLimiter last = new TokenBucketLimiter("last", RateLimiterSpec.of(10), failing);
		RateLimiter all = RateLimiter.allOf(this.second, this.minute, last);
		failing.fails = true;
		assertThatIllegalStateException().isThrownBy(all::tryAcquire);
		assertThat(this.second.available()).isEqualTo(10);
		assertThat(this.minute.available()).isEqualTo(15);
		failing.fails = false;
		this.minute.tryAcquire(15);
		CompletableFuture<Void> waiting = waiting(all, 1);
		failing.fails = true;
		this.time.advance(Duration.ofSeconds(4));
		assertThat(waiting).isCompletedExceptionally();
		assertThat(this.second.available()).isEqualTo(10);
		assertThat(this.minute.available()).isOne();
	}

	@Test // M1, L07
	void whatIsPutBackIsNotCounted() {
		RateLimiter ofKey = RateLimiter.allOf(this.second.forKey("a"), this.minute);
		this.minute.tryAcquire(15);
		assertThat(ofKey.tryAcquire(3)).isFalse();
		assertThat(this.second.stats().granted()).isZero();
		assertThat(this.second.stats().tokens()).isZero();
		assertThat(this.second.forKey("a").tryAcquire(10)).isTrue();
		assertThat(this.second.stats().tokens()).isEqualTo(10);
	}

	@Test // M1
	void eachWayInTakesOfAll() throws InterruptedException {
		this.both.enter();
		this.both.enter(null);
		this.both.enter(2, null);
		this.both.acquire();
		this.both.acquire(2);
		this.both.acquire(Duration.ZERO);
		this.both.acquire(1, Duration.ZERO);
		assertThat(this.both.acquireAsync(Duration.ZERO, Runnable::run)).isCompleted();
		assertThat(this.second.available()).isZero();
		assertThat(this.minute.available()).isEqualTo(5);
		this.time.advance(Duration.ofSeconds(1));
		assertThat(this.both.acquireAsync()).isCompleted();
		assertThat(this.both.acquireAsync(2)).isCompleted();
		this.both.enter("key", null, 2, null);
		assertThat(this.second.available()).isEqualTo(7);
		assertThat(this.second.forKey("key").available()).isEqualTo(8);
		assertThat(this.minute.forKey("key").available()).isEqualTo(13);
		assertThat(this.both.forKey("key").available()).isEqualTo(8);
	}

	@Test // M1, W2
	void whatIsDoneToAllIsDoneToEach() {
		this.both.charge(12);
		assertThat(this.both.debt()).isEqualTo(2);
		assertThat(this.both.available()).isZero();
		assertThat(this.minute.available()).isEqualTo(3);
		this.both.refund(3);
		assertThat(this.both.debt()).isZero();
		assertThat(this.both.available()).isOne();
		assertThat(this.minute.available()).isEqualTo(6);
		CompletableFuture<Void> waiting = waiting(this.both, 2);
		assertThat(this.both.waiting()).isOne();
		this.both.shutdown();
		assertThatRefusal(waiting, RefusalReason.SHUT_DOWN);
		assertThat(waiting(this.second, 2)).isCompletedExceptionally();
		assertThat(waiting(this.minute, 15)).isCompletedExceptionally();
	}

	@Test // M1
	void whatIsAskedOfAllIsOfTheFirstOrOfNone() {
		assertThat(this.both.name()).isEqualTo("second+minute").hasToString(this.both.toString());
		assertThat(this.both.spec()).isEqualTo(this.second.spec());
		assertThat(this.both.configured()).isEqualTo(this.second.configured());
		assertThat(this.both.keys(5).busiest()).isEmpty();
		assertThat(this.both.isTracked()).isFalse();
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.both.change((spec) -> spec));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.both.configure(RateLimiterSpec.of(1)));
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(this.both::stats);
		this.second.change((spec) -> spec.withRate(20));
		this.minute.change((spec) -> spec.withRate(20));
		this.both.reset();
		assertThat(this.second.spec()).isEqualTo(this.second.configured());
		assertThat(this.minute.spec()).isEqualTo(this.minute.configured());
		List<RefusalReason> heard = new ArrayList<>();
		this.both.listen(new LimiterListener() {

			@Override
			public void refused(RefusalReason reason) {
				heard.add(reason);
			}

		});
		this.second.tryAcquire(11);
		this.minute.tryAcquire(16);
		assertThat(heard).containsExactly(RefusalReason.TOO_COSTLY, RefusalReason.TOO_COSTLY);
	}

	@Test // R1, M2
	void whoHasWaitedForOneInVainIsRefusedByTheOther() {
		this.minute.tryAcquire(15);
		CompletableFuture<Void> late = this.both.acquireAsync(1, Duration.ofMillis(4098), Runnable::run);
		this.time.advance(Duration.ofMillis(3999));
		this.second.tryAcquire(10);
		this.time.advance(Duration.ofMillis(1));
		assertThat(late).isCompletedExceptionally();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(late::join)
			.withCauseInstanceOf(RateLimitExceededException.class)
			.satisfies((thrown) -> {
				RateLimitExceededException refusal = (RateLimitExceededException) thrown.getCause();
				assertThat(refusal.name()).isEqualTo("second");
				assertThat(refusal.reason()).isEqualTo(RefusalReason.WAIT_TOO_LONG);
				assertThat(refusal.waited()).isEqualTo(Duration.ofSeconds(4));
			});
		assertThat(this.minute.available()).isOne();
		this.minute.tryAcquire();
		CompletableFuture<Void> timedOut = this.both.acquireAsync(1, Duration.ofSeconds(4), Runnable::run);
		this.time.advance(Duration.ofMillis(3999));
		this.second.tryAcquire(10);
		this.time.advance(Duration.ofMillis(1));
		assertThatRefusal(timedOut, RefusalReason.TIMED_OUT);
		assertThat(this.minute.available()).isOne();
	}

	@Test // T4, M1
	void whoGivesUpWhileItIsServedHasTakenNothing() {
		for (int reading = 0; reading < 12; reading++) {
			BusyTime busy = new BusyTime(this.time);
			TokenBucketLimiter first = new TokenBucketLimiter("first", RateLimiterSpec.of(10), busy);
			TokenBucketLimiter slow = new TokenBucketLimiter("slow", RateLimiterSpec.of(1).withBurst(1), busy);
			slow.tryAcquire();
			CompletableFuture<Void> waiting = waiting(RateLimiter.allOf(first, slow), 1);
			busy.readingsLeft = reading;
			busy.disturbance = () -> waiting.cancel(false);
			this.time.advance(Duration.ofSeconds(1));
			busy.disturbance = null;
			boolean taken = !waiting.isCancelled();
			assertThat(waiting).isDone();
			assertThat(first.available()).as("reading %s", reading).isEqualTo(taken ? 9 : 10);
			assertThat(slow.available()).as("reading %s", reading).isEqualTo(taken ? 0 : 1);
			assertThat(first.stats().granted()).as("reading %s", reading).isEqualTo(taken ? 1 : 0);
			assertThat(slow.stats().granted()).as("reading %s", reading).isEqualTo(taken ? 2 : 1);
		}
	}

	@Test // R1
	void aRefusalSaysWhy() {
		this.second.tryAcquire(10);
		assertThatItRefuses(1, Duration.ZERO, RefusalReason.FULL, "second", Duration.ofMillis(100));
		assertThatItRefuses(2, Duration.ofMillis(199), RefusalReason.WAIT_TOO_LONG, "second", Duration.ofMillis(200));
		assertThatItRefuses(11, Duration.ZERO, RefusalReason.TOO_COSTLY, "second", Duration.ZERO);
		assertThat(this.both.tryAcquire(11)).isFalse();
		assertThat(this.second.stats().refused()).containsEntry(RefusalReason.TOO_COSTLY, 2L);
		this.minute.tryAcquire(15);
		assertThatItRefuses(1, Duration.ofMillis(3999), RefusalReason.WAIT_TOO_LONG, "minute", Duration.ofSeconds(4));
		assertThat(this.both.acquireAsync(1, Duration.ofMillis(3999), Runnable::run)).isCompletedExceptionally();
		assertThat(this.both.acquireAsync(1, Duration.ofMillis(4000), Runnable::run)).isNotDone();
	}

	private void assertThatItRefuses(long tokens, Duration timeout, RefusalReason reason, String name,
			Duration retryAfter) {
		assertThatExceptionOfType(RateLimitExceededException.class)
			.isThrownBy(() -> this.both.enter(tokens, (configured) -> timeout))
			.satisfies((refusal) -> {
				assertThat(refusal.reason()).isEqualTo(reason);
				assertThat(refusal.name()).isEqualTo(name);
				assertThat(refusal.cost()).isEqualTo(tokens);
				assertThat(refusal.retryAfter()).isEqualTo(retryAfter);
			});
	}

	@Timeout(60)
	@Test // M2
	void aThreadWaitsForAllAndIsServed() {
		this.minute.tryAcquire(15);
		CompletableFuture<Void> done = CompletableFuture.runAsync(() -> this.both.enter(1, (configured) -> PATIENCE),
				(task) -> new Thread(task).start());
		Awaitility.await().until(() -> this.minute.waiting() == 1 && this.time.parked() == 1);
		this.time.advance(Duration.ofMillis(3999));
		this.second.tryAcquire(10);
		this.time.advance(Duration.ofMillis(1));
		Awaitility.await().until(() -> this.second.waiting() == 1 && this.time.parked() == 1);
		assertThat(this.minute.available()).isOne();
		this.time.advance(Duration.ofMillis(99));
		Awaitility.await().until(done::isDone);
		assertThat(done).isCompleted();
		assertThat(this.minute.available()).isZero();
	}

	@Test // M2
	void aThreadThatWaitsInVainPausesForLongerEachTime() {
		Emptied emptied = new Emptied(13);
		emptied.all.enter(5, (configured) -> PATIENCE);
		assertThat(emptied.pauses).startsWith(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 10L).hasSize(13);
	}

	@Test // T3, M2
	void aThreadPausesForNoLongerThanItHasPatience() {
		Emptied first = new Emptied(1);
		first.all.enter(5, (configured) -> PATIENCE);
		Emptied another = new Emptied(1);
		assertThatExceptionOfType(RateLimitExceededException.class)
			.isThrownBy(() -> another.all.enter(5, (configured) -> first.pausedAt.minusMillis(1).plusNanos(1)))
			.satisfies((refusal) -> assertThat(refusal.reason()).isEqualTo(RefusalReason.TIMED_OUT));
		assertThat(another.pauses).containsExactly(0L);
		assertThat(another.pausedAt).isEqualTo(first.pausedAt.minusMillis(1).plusNanos(1));
	}

	@Test // T4
	void aThreadThatIsInterruptedWhileItWaitsForAllLeaves() {
		this.minute.tryAcquire(15);
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> this.both.acquire(1, PATIENCE));
		assertThat(this.minute.waiting()).isZero();
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	void thereMustBeOneAtLeast() {
		assertThatIllegalArgumentException().isThrownBy(RateLimiter::allOf);
		assertThat(RateLimiter.allOf(this.second)).isSameAs(this.second);
	}

	@Test // W2, L05
	void whatACallHasCostIsSettledWhenItsStageIsCompleted() throws Throwable {
		CallLimits<Integer> place = CallLimits.of(null, null, null,
				List.of(new CallLimits.Rate<>(this.second, null, new Costs(), null)));
		CompletableFuture<Object> work = new CompletableFuture<>();
		place.of(8).callAsync(() -> work);
		assertThat(this.second.available()).isEqualTo(2);
		work.complete(3L);
		assertThat(this.second.available()).isEqualTo(7);
		Limits limits = place.of(2);
		Object entry = limits.enter();
		limits.settle(20L, null);
		limits.settle(20L, null);
		limits.exit(entry);
		assertThat(this.second.debt()).isEqualTo(13);
		assertThat(this.second.stats().tokens()).isEqualTo(23);
	}

	/**
	 * Two limiters which others empty while a thread waits for one of them, until it has
	 * paused so often. The thread's parks move the time.
	 */
	private static final class Emptied implements TimeSource {

		private final ManualTime time = new ManualTime(Duration.ofHours(1).toNanos());

		private final TokenBucketLimiter first = new TokenBucketLimiter("first", RateLimiterSpec.of(10), this);

		private final TokenBucketLimiter second = new TokenBucketLimiter("second", RateLimiterSpec.of(10), this);

		private final RateLimiter all = RateLimiter.allOf(this.first, this.second);

		private final int times;

		/** In milliseconds. */
		private final List<Long> pauses = new ArrayList<>();

		/** When the last pause was over, from the beginning. */
		private Duration pausedAt = Duration.ZERO;

		private Emptied(int times) {
			this.times = times;
			empty();
		}

		private void empty() {
			while (this.first.tryAcquire() || this.second.tryAcquire()) {
				// The one is emptied all the time that nobody stands in line for.
			}
		}

		@Override
		public long nanoTime() {
			return this.time.nanoTime();
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			this.time.advanceNanos(nanos);
			if (blocker == this.all) {
				this.pauses.add(TimeUnit.NANOSECONDS.toMillis(nanos));
				this.pausedAt = Duration.ofNanos(nanoTime()).minusHours(1);
			}
			if (this.pauses.size() < this.times) {
				empty();
			}
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			return this.time.schedule(task, nanos);
		}

	}

	/** Time in which something happens while the clock is read. */
	private static final class BusyTime implements TimeSource {

		private final TimeSource time;

		private int readingsLeft;

		private Runnable disturbance;

		/** Happens before a task is scheduled. */
		private Runnable scheduling;

		/** On whose thread tasks are run, {@code null} for the one that moves time. */
		private AtomicReference<TimeSource> timers = new AtomicReference<>();

		BusyTime(TimeSource time) {
			this.time = time;
		}

		@Override
		public long nanoTime() {
			Runnable disturbance = this.disturbance;
			if (disturbance != null && this.readingsLeft-- == 0) {
				this.disturbance = null;
				disturbance.run();
			}
			return this.time.nanoTime();
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			this.time.parkNanos(blocker, nanos);
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			if (this.scheduling != null) {
				this.scheduling.run();
			}
			return this.time.schedule(() -> {
				TimeSource timer = this.timers.get();
				if (timer != null) {
					timer.schedule(task, 0);
				}
				else {
					task.run();
				}
			}, nanos);
		}

	}

	/** A clock that cannot always be read. */
	private static final class FailingTime implements TimeSource {

		private final TimeSource time;

		private boolean fails;

		FailingTime(TimeSource time) {
			this.time = time;
		}

		@Override
		public long nanoTime() {
			if (this.fails) {
				throw new IllegalStateException("No clock");
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

	}

	/** What a call says it costs, and then has cost. */
	private static final class Costs implements CallLimits.Cost<Integer> {

		@Override
		public long cost(Integer call) {
			return call;
		}

		@Override
		public boolean isSettled() {
			return true;
		}

		@Override
		public long actual(Integer call, Object result, Throwable error) {
			return (Long) result;
		}

	}

}
