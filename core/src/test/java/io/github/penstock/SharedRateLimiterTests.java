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

import io.github.penstock.Sharing.OnOutage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for rate limiters that several instances share.
 */
@Timeout(60)
class SharedRateLimiterTests {

	private static final RateLimiterSpec TEN = RateLimiterSpec.of(10).withSharing(Sharing.DEFAULT);

	/** Its clock wraps, and a call comes at no round time. */
	private final ManualTime time = new ManualTime(Long.MAX_VALUE - 1_234_567_890);

	private final ModelStore store = new ModelStore(this.time);

	private final RateLimiter one = limiter(TEN);

	private final RateLimiter other = limiter(TEN);

	private RateLimiter limiter(RateLimiterSpec spec) {
		return limiter("api", spec, this.store.instance());
	}

	private RateLimiter limiter(String name, RateLimiterSpec spec, LimiterStore store) {
		return LimiterFactory.sharing(this.time, () -> store).rateLimiter(name, spec);
	}

	private static CompletableFuture<Void> later(RateLimiter limiter, long tokens, Duration timeout) {
		return limiter.acquireAsync(tokens, timeout, Runnable::run);
	}

	private static CompletableFuture<Void> later(RateLimiter limiter) {
		return later(limiter, 1, Duration.ofMinutes(1));
	}

	@Test // D1
	void instancesShareTheTokens() {
		int granted = 0;
		for (int i = 0; i < 20; i++) {
			granted += (this.one.tryAcquire() ? 1 : 0) + (this.other.tryAcquire() ? 1 : 0);
		}
		assertThat(granted).isEqualTo(10);
		this.time.advance(Duration.ofMillis(100));
		assertThat(this.other.tryAcquire()).isTrue();
		assertThat(this.one.tryAcquire()).isFalse();
	}

	@Test // D1, T1
	void whatComesBackLateMakesNoTokens() {
		RateLimiterSpec spec = RateLimiterSpec.of(100).withBurst(6).withSharing(Sharing.DEFAULT);
		ModelStore store = new ModelStore(this.time).withBudget(Duration.ofDays(1));
		RateLimiter here = limiter("late", spec, store.instance());
		RateLimiter there = limiter("late", spec, store.instance());
		store.hold();
		List<CompletableFuture<Void>> calls = new ArrayList<>();
		calls.add(later(here, 1, Duration.ZERO));
		CompletableFuture<Void> unwanted = later(there, 1, Duration.ZERO);
		for (int i = 0; i < 9; i++) {
			calls.add(later(here, 1, Duration.ZERO));
		}
		unwanted.cancel(false);
		store.answer();
		store.answer();
		assertThat(calls.stream().filter(CompletableFuture::isDone)).hasSize(1);
		// What nobody wants is under way until the bucket would have been full.
		this.time.advance(Duration.ofMillis(30));
		calls.add(later(here, 1, Duration.ZERO));
		store.answerAll();
		assertThat(calls).allMatch(CompletableFuture::isDone);
		assertThat(calls.stream().filter((call) -> !call.isCompletedExceptionally())).hasSize(1 + 6);
	}

	@Test // D2
	void aCallThatNobodyIsBeforeAsksOnce() {
		assertThat(this.one.tryAcquire()).isTrue();
		assertThat(this.store.questions()).isOne();
	}

	@Test // D2
	void whoComesWhileAQuestionIsUnderWayIsPartOfTheNext() {
		this.store.hold();
		List<CompletableFuture<Void>> calls = new ArrayList<>();
		for (int i = 0; i < 9; i++) {
			calls.add(later(this.one));
		}
		assertThat(this.store.held()).isOne();
		this.store.answer();
		assertThat(calls.stream().filter(CompletableFuture::isDone)).hasSize(1);
		assertThat(this.store.held()).isOne();
		this.store.answer();
		assertThat(calls).allMatch(CompletableFuture::isDone);
		assertThat(this.store.questions()).isEqualTo(2);
	}

	@Test // D2
	void aRefusalIsRepeatedWithoutAskingUntilItsTime() {
		this.one.tryAcquire(10);
		assertThat(this.one.tryAcquire()).isFalse();
		int questions = this.store.questions();
		for (int i = 0; i < 100; i++) {
			assertThat(this.one.tryAcquire()).isFalse();
			assertThat(later(this.one, 1, Duration.ofMillis(99))).isCompletedExceptionally();
		}
		assertThat(this.store.questions()).isEqualTo(questions);
		this.time.advance(Duration.ofMillis(100));
		assertThat(this.one.tryAcquire()).isTrue();
	}

	@Test // D2, W2
	void tokensThatAnotherInstancePutsBackAreFoundInASecond() {
		RateLimiterSpec day = RateLimiterSpec.of(10, Duration.ofDays(1)).withSharing(Sharing.DEFAULT);
		RateLimiter here = limiter("day", day, this.store.instance());
		RateLimiter there = limiter("day", day, this.store.instance());
		assertThat(there.tryAcquire(10)).isTrue();
		assertThat(here.tryAcquire(5)).isFalse();
		there.refund(5);
		assertThat(here.tryAcquire(5)).isFalse();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(here.tryAcquire(5)).isTrue();
	}

	@Test // D2
	void aRefusalIsRepeatedForASecondAlsoAfterAChangeOfSomethingElse() {
		ManualTime time = new ManualTime(Long.MIN_VALUE / 2);
		ModelStore store = new ModelStore(time);
		RateLimiterSpec day = RateLimiterSpec.of(10, Duration.ofDays(1)).withSharing(Sharing.DEFAULT);
		RateLimiter here = LimiterFactory.sharing(time, store::instance).rateLimiter("day", day);
		RateLimiter there = LimiterFactory.sharing(time, store::instance).rateLimiter("day", day);
		assertThat(there.tryAcquire(10)).isTrue();
		assertThat(here.tryAcquire()).isFalse();
		here.change((spec) -> spec.withTimeout(Duration.ofSeconds(1)));
		int questions = store.questions();
		assertThat(here.tryAcquire()).isFalse();
		assertThat(store.questions()).isEqualTo(questions);
		there.refund(5);
		time.advance(Duration.ofSeconds(1));
		assertThat(here.tryAcquire(5)).isTrue();
	}

	@Test // T3
	void whoCanWaitForExactlyAsLongAsItTakesIsLetIn() {
		this.one.tryAcquire(10);
		assertThat(later(this.one, 1, Duration.ofMillis(100).minusNanos(1))).isCompletedExceptionally();
		CompletableFuture<Void> call = later(this.one, 1, Duration.ofMillis(100));
		assertThat(call).isNotDone();
		this.time.advance(Duration.ofMillis(100));
		assertThat(call).isCompleted();
	}

	@Test // W1, D6
	void whoWaitsForMoreThanThereIsAfterAChangeIsRefusedAtOnce() {
		this.one.tryAcquire(10);
		CompletableFuture<Void> first = later(this.one, 5, Duration.ofMinutes(1));
		CompletableFuture<Void> few = later(this.one);
		CompletableFuture<Void> many = later(this.one, 4, Duration.ofMinutes(1));
		this.one.change((spec) -> spec.withBurst(3));
		assertThat(first).isCompletedExceptionally();
		assertThat(many).isCompletedExceptionally();
		assertThat(few).isNotDone();
		assertThat(this.one.stats().refused().get(RefusalReason.TOO_COSTLY)).isEqualTo(2);
	}

	@Test // M1
	void whatACallDidNotNeedIsThereForOthersInAMoment() {
		RateLimiterSpec ten = RateLimiterSpec.of(10, Duration.ofHours(1)).withSharing(Sharing.DEFAULT);
		RateLimiter here = limiter("hour", ten, this.store.instance());
		RateLimiter both = RateLimiter.allOf(here, this.one);
		this.other.tryAcquire(10);
		for (int round = 0; round < 2; round++) {
			assertThat(both.tryAcquire()).isFalse();
			assertThat(limiter("hour", ten, this.store.instance()).tryAcquire(10)).isFalse();
			here.change((spec) -> spec.withTimeout(spec.timeout().plusSeconds(1)));
			assertThat(this.time.scheduled()).isOne();
			this.time.advance(ModelStore.BUDGET.multipliedBy(2));
			RateLimiter there = limiter("hour", ten, this.store.instance());
			assertThat(there.tryAcquire(10)).isTrue();
			there.refund(10);
			this.other.charge(1);
		}
	}

	@Test // T3
	void aRefusalSaysWhenToTryAgain() {
		this.other.tryAcquire(10);
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> this.one.acquire(3, Duration.ZERO))
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(RefusalReason.FULL);
				assertThat(ex.retryAfter()).isEqualTo(Duration.ofMillis(300));
			});
		assertThatExceptionOfType(RateLimitExceededException.class)
			.isThrownBy(() -> this.one.acquire(3, Duration.ofMillis(200)))
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(RefusalReason.WAIT_TOO_LONG);
				assertThat(ex.retryAfter()).isEqualTo(Duration.ofMillis(300));
			});
	}

	@Test // T3
	void aRefusalSaysWhenTheTokensWouldHaveBeenThereInItsTurn() {
		this.other.tryAcquire(6);
		this.store.hold();
		later(this.one);
		CompletableFuture<Void> much = later(this.one, 5, Duration.ZERO);
		CompletableFuture<Void> few = later(this.one, 2, Duration.ZERO);
		this.store.answerAll();
		assertThat(few).isCompleted();
		assertThat(much).isCompletedExceptionally();
		much.handle(
				(done, ex) -> assertThat(((LimitExceededException) ex).retryAfter()).isEqualTo(Duration.ofMillis(200)))
			.join();
	}

	@Test // D1, T1
	void tokensThatAreLentAheadAreUsedWhenTheyAreThere() {
		this.one.tryAcquire(10);
		CompletableFuture<Void> first = later(this.other);
		CompletableFuture<Void> second = later(this.one);
		this.time.advance(Duration.ofMillis(99));
		assertThat(first).isNotDone();
		this.time.advance(Duration.ofMillis(1));
		assertThat(first).isCompleted();
		assertThat(second).isNotDone();
		this.time.advance(Duration.ofMillis(100));
		assertThat(second).isCompleted();
	}

	@Test // T4
	void thoseBehindOneThatLeavesMoveUpAndTheLastTokenGoesBack() {
		this.one.tryAcquire(10);
		CompletableFuture<Void> first = later(this.one);
		CompletableFuture<Void> second = later(this.one);
		CompletableFuture<Void> third = later(this.one);
		first.cancel(false);
		this.time.advance(Duration.ofMillis(100));
		assertThat(second).isCompleted();
		this.time.advance(Duration.ofMillis(100));
		assertThat(third).isCompleted();
		// The one that went back is there for others.
		CompletableFuture<Void> elsewhere = later(this.other);
		this.time.advance(Duration.ofMillis(100));
		assertThat(elsewhere).isCompleted();
	}

	@Test // W1
	void whoWantsManyIsNotPassedByWhoWantsFew() {
		this.one.tryAcquire(10);
		CompletableFuture<Void> many = later(this.one, 5, Duration.ofMinutes(1));
		CompletableFuture<Void> few = later(this.one);
		this.time.advance(Duration.ofMillis(500));
		assertThat(many).isCompleted();
		assertThat(few).isNotDone();
		assertThat(later(this.one, 11, Duration.ofMinutes(1))).isCompletedExceptionally();
		this.time.advance(Duration.ofMillis(100));
		assertThat(few).isCompleted();
	}

	@Test // W2
	void whatACallHasCostMoreIsChargedAndWhatItHasCostLessComesBack() {
		this.one.charge(15);
		assertThat(this.other.tryAcquire()).isFalse();
		this.time.advance(Duration.ofMillis(599));
		assertThat(this.other.tryAcquire()).isFalse();
		this.time.advance(Duration.ofMillis(1));
		assertThat(this.other.tryAcquire()).isTrue();
		this.one.refund(2);
		assertThat(this.one.tryAcquire(2)).isTrue();
		assertThat(this.one.tryAcquire()).isFalse();
	}

	@Test // M1
	void aCallGetsTokensOfSeveralSharedLimitersOrOfNone() {
		RateLimiter minute = limiter("minute",
				RateLimiterSpec.of(15, Duration.ofMinutes(1)).withSharing(Sharing.DEFAULT), this.store.instance());
		RateLimiter own = limiter("own", RateLimiterSpec.of(12, Duration.ofMinutes(1)), this.store.instance());
		RateLimiter all = RateLimiter.allOf(this.one, minute, own);
		for (int i = 0; i < 10; i++) {
			assertThat(all.tryAcquire()).isTrue();
		}
		assertThat(all.tryAcquire()).isFalse();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(all.tryAcquire()).isTrue();
		assertThat(all.tryAcquire()).isTrue();
		assertThat(all.tryAcquire()).isFalse();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(this.one.tryAcquire(10)).isTrue();
		assertThat(minute.tryAcquire(3)).isTrue();
		assertThat(minute.tryAcquire()).isFalse();
	}

	@Test // M1
	void aCallThatWaitsForSeveralGetsThemWhenTheLastIsThere() {
		RateLimiter minute = limiter("minute",
				RateLimiterSpec.of(2, Duration.ofMinutes(1)).withSharing(Sharing.DEFAULT), this.store.instance());
		RateLimiter both = RateLimiter.allOf(this.one, minute);
		assertThat(both.tryAcquire(2)).isTrue();
		CompletableFuture<Void> call = later(both);
		this.time.advance(Duration.ofSeconds(29));
		assertThat(call).isNotDone();
		this.time.advance(Duration.ofSeconds(2));
		assertThat(call).isCompleted();
	}

	@Test // K1
	void eachKeyHasABucketThatInstancesShare() {
		assertThat(this.one.forKey("ann").tryAcquire(10)).isTrue();
		assertThat(this.other.forKey("ann").tryAcquire()).isFalse();
		assertThat(this.other.forKey("bob").tryAcquire(10)).isTrue();
		assertThat(this.one.forKey("bob").tryAcquire()).isFalse();
		assertThat(this.one.tryAcquire(10)).isTrue();
	}

	@Test // O1
	void inShadowModeNobodyIsRefusedOrDelayed() {
		RateLimiter shadow = limiter(TEN.withEnforce(0));
		this.store.hold();
		for (int i = 0; i < 15; i++) {
			assertThat(shadow.tryAcquire()).isTrue();
		}
		this.store.answerAll();
		assertThat(shadow.tryAcquire()).isTrue();
		assertThat(shadow.stats().wouldRefuse()).isOne();
	}

	@Test
	void noMoreStandInLineThanMay() {
		RateLimiter narrow = limiter(TEN.withMaxWaiting(1));
		narrow.tryAcquire(10);
		this.store.hold();
		CompletableFuture<Void> first = later(narrow);
		CompletableFuture<Void> second = later(narrow);
		this.store.answerAll();
		assertThat(first).isNotDone();
		assertThat(second).isCompletedExceptionally();
		assertThat(later(narrow)).isCompletedExceptionally();
		this.time.advance(Duration.ofMillis(100));
		assertThat(first).isCompleted();
		assertThat(limiter(TEN.withMaxWaiting(0)).acquireAsync()).isCompletedExceptionally();
		this.time.advance(Duration.ofMillis(200));
		assertThat(limiter(TEN.withMaxWaiting(0)).acquireAsync()).isCompleted();
	}

	@Test // D5
	void withoutAStoreEachInstanceKeepsToItsShare() {
		this.store.goDown();
		assertThat(granted(this.one, 20)).isEqualTo(5);
		assertThat(granted(this.other, 20)).isEqualTo(5);
		this.time.advance(Duration.ofSeconds(1));
		assertThat(granted(this.one, 20)).isEqualTo(5);
		this.store.comeBack();
		assertThat(granted(this.one, 20) + granted(this.other, 20)).isEqualTo(10);
	}

	@Test // D5, K1
	void withoutAStoreEachKeyHasItsShare() {
		assertThat(granted(this.one.forKey("ann"), 1)).isOne();
		this.store.goDown();
		assertThat(granted(this.one.forKey("ann"), 20)).isEqualTo(4);
		assertThat(granted(this.one.forKey("bob"), 20)).isEqualTo(5);
		this.store.comeBack();
		assertThat(granted(this.one.forKey("bob"), 20)).isEqualTo(10);
		assertThat(granted(this.one.forKey("ann"), 20)).isEqualTo(9);
	}

	@Test // D5
	void withoutAStoreEverybodyIsLetInIfTheLimiterSaysSo() {
		RateLimiter open = limiter(TEN.withSharing(Sharing.DEFAULT.withOnOutage(OnOutage.OPEN)));
		this.store.goDown();
		assertThat(granted(open, 1_000)).isEqualTo(1_000);
		this.store.comeBack();
		assertThat(granted(open, 20)).isEqualTo(10);
	}

	@Test // D5
	void withoutAStoreNobodyIsLetInIfTheLimiterSaysSo() {
		RateLimiter closed = limiter(TEN.withSharing(Sharing.DEFAULT.withOnOutage(OnOutage.CLOSED)));
		this.store.hold();
		CompletableFuture<Void> waiting = later(closed);
		this.store.goDown();
		this.store.answerAll();
		for (CompletableFuture<Void> call : List.of(waiting, later(closed), later(closed, 1, Duration.ZERO))) {
			assertThat(call).isCompletedExceptionally();
			call.handle((done, ex) -> assertThat(((LimitExceededException) ex).reason())
				.isEqualTo(RefusalReason.UNAVAILABLE)).join();
		}
		this.store.comeBack();
		assertThat(granted(closed, 20)).isEqualTo(10);
	}

	@Test // D5
	void whoWaitsForAnAnswerIsDecidedWhenThereIsNone() {
		this.store.hold();
		CompletableFuture<Void> atOnce = later(this.one, 1, Duration.ZERO);
		CompletableFuture<Void> waiting = later(this.one, 5, Duration.ofMinutes(1));
		assertThat(atOnce).isNotDone();
		this.store.goDown();
		this.store.answerAll();
		assertThat(atOnce).isCompleted();
		this.time.advance(Duration.ofMillis(200));
		assertThat(waiting).isCompleted();
	}

	@Test // D5
	void whoCannotWaitForTheNextAnswerGoesByWhatHoldsWithoutOne() {
		this.store.hold();
		CompletableFuture<Void> before = later(this.one, 1, Duration.ZERO);
		this.time.advance(Duration.ofMillis(10));
		CompletableFuture<Void> between = later(this.one, 1, Duration.ZERO);
		this.time.advance(Duration.ofMillis(35));
		this.store.answer();
		assertThat(before).isCompleted();
		this.time.advance(Duration.ofMillis(14));
		assertThat(between).isNotDone();
		this.time.advance(Duration.ofMillis(1));
		assertThat(between).isCompleted();
		assertThat(this.one.sharedStatus().degraded()).isTrue();
		this.store.answerAll();
		this.time.advance(ModelStore.BUDGET);
		assertThat(this.one.sharedStatus().degraded()).isFalse();
		assertThat(this.one.waiting()).isZero();
	}

	@Test // K1
	void aChangeHoldsForWhoeverWaits() {
		this.one.tryAcquire(10);
		CompletableFuture<Void> call = later(this.one, 1, Duration.ofMinutes(1));
		this.one.change((spec) -> spec.withRate(1_000));
		this.time.advance(Duration.ofMillis(100));
		assertThat(call).isCompleted();
		assertThat(this.one.spec().ratePerSecond()).isEqualTo(1_000);
		this.one.reset();
		assertThat(this.one.spec()).isEqualTo(TEN);
	}

	@Test // D2
	void nobodyIsCrowdedOutWhileTheStoreIsAsked() {
		RateLimiter narrow = limiter(TEN.withMaxWaiting(0));
		this.store.hold();
		List<CompletableFuture<Void>> calls = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			calls.add(later(narrow));
		}
		narrow.charge(1);
		this.store.answerAll();
		assertThat(calls).allMatch((call) -> call.isDone() && !call.isCompletedExceptionally());
	}

	@Test // T1, T4
	void theEarliestTokensAreUsedFirst() {
		this.one.tryAcquire(10);
		CompletableFuture<Void> many = later(this.one, 3, Duration.ofMinutes(1));
		this.other.refund(3);
		CompletableFuture<Void> few = later(this.one);
		many.cancel(false);
		this.time.advance(Duration.ofMillis(100));
		assertThat(few).isCompleted();
	}

	@Test // T1
	void noTokenIsUsedBeforeItIsThere() {
		this.one.tryAcquire(10);
		CompletableFuture<Void> many = later(this.one, 3, Duration.ofMinutes(1));
		this.other.refund(3);
		CompletableFuture<Void> few = later(this.one);
		this.store.hold();
		CompletableFuture<Void> unanswered = later(this.one);
		many.cancel(false);
		few.cancel(false);
		unanswered.cancel(false);
		CompletableFuture<Void> last = later(this.one, 4, Duration.ofMinutes(1));
		this.time.advance(Duration.ofMillis(299));
		assertThat(last).isNotDone();
		this.time.advance(Duration.ofMillis(1));
		assertThat(last).isCompleted();
	}

	@Test // K3, L01
	void keysThatThereIsNoRoomForShareTokensOfTheirOwn() {
		RateLimiter limiter = limiter(TEN.withMaxKeys(1));
		assertThat(limiter.forKey("ann").tryAcquire(10)).isTrue();
		assertThat(limiter.forKey("bob").tryAcquire(10)).isTrue();
		assertThat(limiter.forKey("cat").tryAcquire()).isFalse();
		assertThat(limiter.tryAcquire(10)).isTrue();
	}

	@Test // D5, M1
	void severalAreTakenFromAStoreThatTakesItsTime() {
		RateLimiter both = slow(Duration.ofMillis(24));
		CompletableFuture<Void> call = later(both, 1, Duration.ZERO);
		this.time.advance(Duration.ofMillis(48));
		assertThat(call).isCompleted();
	}

	@Test // D5, M1
	void whoMayNotWaitForSeveralWaitsForTheBudgetOfTheStoreOnly() {
		RateLimiter both = slow(Duration.ofMillis(40));
		CompletableFuture<Void> call = later(both, 1, Duration.ZERO);
		this.time.advance(ModelStore.BUDGET);
		assertThat(call).isDone();
	}

	private RateLimiter slow(Duration latency) {
		ModelStore store = new ModelStore(this.time, (task) -> this.time.schedule(task, latency.toNanos()));
		return RateLimiter.allOf(limiter("first", TEN, store.instance()), limiter("second", TEN, store.instance()));
	}

	@Test // T4, D6
	void aChangeOfTheRateHoldsForWhoWasLentTokensForLater() {
		RateLimiter slow = limiter(RateLimiterSpec.of(1, Duration.ofMinutes(1)).withSharing(Sharing.DEFAULT));
		slow.tryAcquire();
		CompletableFuture<Void> waiting = later(slow, 1, Duration.ofMinutes(2));
		slow.change((spec) -> spec.withRate(10));
		this.time.advance(Duration.ofMillis(100));
		assertThat(waiting).isCompleted();
		CompletableFuture<Void> late = later(slow, 1, Duration.ofSeconds(1));
		slow.change((spec) -> spec.withRate(1, Duration.ofMinutes(1)));
		assertThat(late).isCompletedExceptionally();
	}

	@Test // D5
	void whatWasLentBeforeAnOutageLetsNobodyInIfTheLimiterSaysSo() {
		RateLimiter closed = limiter(TEN.withSharing(Sharing.DEFAULT.withOnOutage(OnOutage.CLOSED)));
		RateLimiter ofKey = closed.forKey("ann");
		for (RateLimiter limiter : List.of(closed, ofKey)) {
			limiter.tryAcquire(10);
			later(limiter);
		}
		this.store.goDown();
		closed.charge(1);
		this.time.advance(Duration.ofMillis(100));
		assertThat(closed.tryAcquire()).isFalse();
		assertThat(ofKey.tryAcquire()).isFalse();
	}

	@Test // S3
	void aSharedLimiterStaysShared() {
		assertThatExceptionOfType(InvalidLimitException.class)
			.isThrownBy(() -> this.one.change((spec) -> spec.withSharing(null)));
		assertThatExceptionOfType(InvalidLimitException.class)
			.isThrownBy(() -> this.one.configure(RateLimiterSpec.of(5)));
		assertThat(this.one.spec()).isEqualTo(TEN);
		assertThat(this.one.configured()).isEqualTo(TEN);
		RateLimiter own = LimiterFactory.local(this.time).rateLimiter("own", RateLimiterSpec.of(1));
		assertThatExceptionOfType(InvalidLimitException.class).isThrownBy(() -> own.change((spec) -> TEN));
	}

	private static int granted(RateLimiter limiter, int calls) {
		int granted = 0;
		for (int i = 0; i < calls; i++) {
			granted += limiter.tryAcquire() ? 1 : 0;
		}
		return granted;
	}

}
