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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

import io.github.penstock.Sharing.OnOutage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for concurrency limiters that several instances share.
 */
@Timeout(60)
class SharedConcurrencyLimiterTests {

	private static final ConcurrencyLimiterSpec FOUR = ConcurrencyLimiterSpec.of(4).withSharing(Sharing.DEFAULT);

	private final ManualTime time = new ManualTime(Long.MAX_VALUE - 1_234_567_890);

	private final ModelStore store = new ModelStore(this.time);

	private final ModelStore.Instance oneStore = this.store.instance();

	private final ModelStore.Instance otherStore = this.store.instance();

	private final ConcurrencyLimiter one = limiter(FOUR, this.oneStore);

	private final ConcurrencyLimiter other = limiter(FOUR, this.otherStore);

	private ConcurrencyLimiter limiter(ConcurrencyLimiterSpec spec, LimiterStore store) {
		return LimiterFactory.sharing(this.time, () -> store).concurrencyLimiter("export", spec);
	}

	private ConcurrencyLimiter limiter(ConcurrencyLimiterSpec spec) {
		return limiter(spec, this.store.instance());
	}

	private static CompletableFuture<Permit> later(ConcurrencyLimiter limiter) {
		return limiter.acquireAsync(Duration.ofMinutes(1), Runnable::run);
	}

	private static List<CompletableFuture<Permit>> later(ConcurrencyLimiter limiter, int calls) {
		List<CompletableFuture<Permit>> all = new ArrayList<>();
		for (int i = 0; i < calls; i++) {
			all.add(later(limiter));
		}
		return all;
	}

	private static List<Permit> taken(ConcurrencyLimiter limiter, int calls) {
		List<Permit> taken = new ArrayList<>();
		for (int i = 0; i < calls; i++) {
			Permit permit = limiter.tryAcquire();
			if (permit != null) {
				taken.add(permit);
			}
		}
		return taken;
	}

	private static List<Permit> waited(ConcurrencyLimiter limiter, int calls) {
		return new ArrayList<>(later(limiter, calls).stream().map(CompletableFuture::join).toList());
	}

	private static long done(List<CompletableFuture<Permit>> calls) {
		return calls.stream().filter(CompletableFuture::isDone).count();
	}

	@Test // D1, P3
	void instancesShareThePermits() {
		List<Permit> here = taken(this.one, 3);
		List<Permit> there = taken(this.other, 3);
		assertThat(here).hasSize(3);
		assertThat(there).hasSize(1);
		here.get(0).close();
		assertThat(taken(this.other, 1)).hasSize(1);
		assertThat(taken(this.one, 1)).isEmpty();
		assertThat(this.one.inUse()).isEqualTo(2);
	}

	@Test // P3
	void whatIsNotNeededGoesBackAtOnce() {
		taken(this.one, 4).forEach(Permit::close);
		assertThat(this.store.booked("export")).isZero();
		assertThat(this.oneStore.isWatching()).isFalse();
		assertThat(this.one.inUse()).isZero();
		assertThat(this.one.available()).isEqualTo(4);
	}

	@Test // D1
	void whatIsAvailableIsWhatAllInstancesLeave() {
		assertThat(this.one.available()).isEqualTo(4);
		List<Permit> there = taken(this.other, 2);
		// Nobody knows before it asks.
		assertThat(this.one.available()).isEqualTo(4);
		List<Permit> here = taken(this.one, 1);
		assertThat(this.one.available()).isOne();
		assertThat(this.one.sharedStatus().inUse()).isEqualTo(3);
		there.addAll(taken(this.other, 1));
		here.forEach(Permit::close);
		assertThat(this.one.available()).isEqualTo(4);
		there.addAll(taken(this.other, 1));
		CompletableFuture<Permit> waiting = later(this.one);
		assertThat(this.one.available()).isZero();
		this.store.goDown();
		this.oneStore.renew();
		assertThat(waiting).isCompleted();
		assertThat(this.one.available()).isEqualTo(3);
	}

	@Test // K2
	void whoseQuestionIsUnderWayIsNotForgotten() {
		SemaphoreLimiter limiter = (SemaphoreLimiter) this.one;
		assertThat(limiter.isUntouched(null, 0)).isTrue();
		this.store.hold();
		later(this.one).cancel(false);
		assertThat(limiter.isUntouched(null, 0)).isFalse();
		this.store.answer();
		assertThat(limiter.isUntouched(null, 0)).isFalse();
		this.store.answerAll();
		assertThat(limiter.isUntouched(null, 0)).isTrue();
		taken(this.other, 4);
		CompletableFuture<Permit> waiting = later(this.one);
		assertThat(limiter.isUntouched(null, 0)).isFalse();
		waiting.cancel(false);
		assertThat(limiter.isUntouched(null, 0)).isTrue();
	}

	@Test // D2
	void whoNeedsNothingAsksNothing() {
		this.one.change((spec) -> spec.withMax(6));
		taken(this.one.forKey("ann"), 1).forEach(Permit::close);
		this.store.goDown();
		taken(this.one, 1).forEach(Permit::close);
		int questions = this.store.questions();
		this.store.comeBack();
		this.other.change((spec) -> spec.withMax(6));
		assertThat(this.store.questions() - questions).isLessThanOrEqualTo(1);
	}

	@Test // D2, D5
	void whoMayNotWaitIsRefusedAtOnceWhereOthersWaitAlready() {
		taken(this.other, 4);
		CompletableFuture<Permit> patient = later(this.one);
		int questions = this.store.questions();
		assertThat(this.one.tryAcquire()).isNull();
		assertThat(this.one.acquireAsync(Duration.ZERO, Runnable::run)).isCompletedExceptionally();
		assertThat(this.one.stats().refused().get(RefusalReason.FULL)).isEqualTo(2);
		assertThat(this.store.questions()).isEqualTo(questions);
		assertThat(patient).isNotDone();
	}

	@Test // D5
	void whoHasHadItsAnswerBeginsNoOutageWhenItsTimeIsOver() {
		taken(this.other, 4);
		CompletableFuture<Permit> call = this.one.acquireAsync(Duration.ofMillis(100), Runnable::run);
		this.time.advance(Duration.ofMillis(100).plus(ModelStore.BUDGET).minusMillis(1));
		this.store.hold();
		this.oneStore.renew();
		this.time.advance(Duration.ofMillis(1));
		assertThat(this.store.held()).isOne();
		assertThat(call).isCompletedExceptionally();
		assertThat(this.one.stats().refused().get(RefusalReason.TIMED_OUT)).isOne();
		assertThat(this.one.sharedStatus().degraded()).isFalse();
	}

	@Test // D5
	void whoseTimeIsOverWhenAnOutageBeginsIsRefusedIfItsShareIsInUse() {
		taken(this.one, 2);
		this.store.hold();
		CompletableFuture<Permit> call = this.one.acquireAsync(Duration.ofMillis(10), Runnable::run);
		this.time.advance(Duration.ofMillis(10).plus(ModelStore.BUDGET));
		assertThat(call).isCompletedExceptionally();
		assertThat(this.one.stats().refused().get(RefusalReason.TIMED_OUT)).isOne();
		assertThat(this.one.sharedStatus().degraded()).isTrue();
	}

	@Test // D5
	void whoseTimeIsOverWhenAnOutageBeginsHasItsShareOrIsRefused() {
		this.store.hold();
		List<CompletableFuture<Permit>> calls = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			calls.add(this.one.acquireAsync(Duration.ofMillis(10), Runnable::run));
		}
		this.time.advance(Duration.ofMillis(10).plus(ModelStore.BUDGET));
		assertThat(calls).allMatch(CompletableFuture::isDone);
		assertThat(calls.stream().filter(CompletableFuture::isCompletedExceptionally)).hasSize(1);
		assertThat(this.one.stats().refused().get(RefusalReason.TIMED_OUT)).isOne();
		assertThat(this.one.inUse()).isEqualTo(2);
	}

	@Test // D2
	void aCallThatNobodyIsBeforeAsksOnce() {
		Permit permit = this.one.tryAcquire();
		assertThat(this.store.questions()).isOne();
		permit.close();
		assertThat(this.store.questions()).isEqualTo(2);
	}

	@Test // D2
	void callsOfOneInstanceHandPermitsOnWithoutAsking() {
		List<CompletableFuture<Permit>> calls = later(this.one, 104);
		int questions = this.store.questions();
		for (int i = 0; i < 100; i++) {
			calls.get(i).join().close();
		}
		assertThat(this.store.questions()).isEqualTo(questions);
		assertThat(done(calls)).isEqualTo(104);
	}

	@Test // D4
	void aPermitThatComesBackWakesOneWhoWaitsElsewhere() {
		List<Permit> here = taken(this.one, 4);
		CompletableFuture<Permit> there = later(this.other);
		assertThat(there).isNotDone();
		here.get(0).close();
		assertThat(there).isCompleted();
		assertThat(this.store.booked("export")).isEqualTo(4);
	}

	@Test // D4
	void anInstanceWithManyWaitersDoesNotKeepOutOneWithFew() {
		List<CompletableFuture<Permit>> here = later(this.one, 100);
		assertThat(done(here)).isEqualTo(4);
		CompletableFuture<Permit> there = later(this.other);
		assertThat(there).isNotDone();
		here.get(0).join().close();
		assertThat(there).isCompleted();
		assertThat(done(here)).isEqualTo(4);
	}

	@Test // D4
	void aSinglePermitGoesRoundAmongInstances() {
		ConcurrencyLimiterSpec single = FOUR.withMax(1);
		List<ConcurrencyLimiter> limiters = List.of(limiter(single), limiter(single), limiter(single));
		List<List<CompletableFuture<Permit>>> calls = limiters.stream().map((limiter) -> later(limiter, 10)).toList();
		int[] turns = new int[3];
		for (int turn = 0; turn < 9; turn++) {
			int running = 0;
			for (int i = 0; i < 3; i++) {
				List<CompletableFuture<Permit>> ofInstance = calls.get(i);
				if (ofInstance.size() > turns[i] && ofInstance.get(turns[i]).isDone()) {
					running++;
					ofInstance.get(turns[i]++).join().close();
					break;
				}
			}
			assertThat(running).isOne();
		}
		assertThat(turns).containsOnly(3);
	}

	@Test
	void aCallThatMayNotWaitHearsTheAnswer() {
		this.store.hold();
		CompletableFuture<Permit> lucky = this.one.acquireAsync(Duration.ZERO, Runnable::run);
		assertThat(lucky).isNotDone();
		this.store.answerAll();
		assertThat(lucky).isCompleted();
		taken(this.other, 4);
		this.store.hold();
		CompletableFuture<Permit> late = this.one.acquireAsync(Duration.ZERO, Runnable::run);
		this.store.answerAll();
		assertThat(late).isCompletedExceptionally();
		late.handle((permit, ex) -> assertThat(((LimitExceededException) ex).reason()).isEqualTo(RefusalReason.FULL))
			.join();
		assertThat(this.one.waiting()).isZero();
	}

	@Test
	void noMoreStandInLineThanMay() {
		ConcurrencyLimiter narrow = limiter(FOUR.withMaxWaiting(1));
		List<CompletableFuture<Permit>> calls = later(narrow, 7);
		assertThat(done(calls)).isEqualTo(6);
		assertThat(calls.stream().filter(CompletableFuture::isCompletedExceptionally)).hasSize(2);
		assertThat(narrow.waiting()).isOne();
	}

	@Test // D3
	void leasesAreRenewedWhileTheyAreHeld() {
		List<Permit> permits = taken(this.one, 2);
		for (int i = 0; i < 10; i++) {
			this.time.advance(Duration.ofSeconds(10));
			this.oneStore.renew();
		}
		assertThat(permits).allMatch(Permit::isValid);
		assertThat(taken(this.other, 4)).hasSize(2);
	}

	@Test // D3
	void whoDoesNotRenewLosesHisPermitsAndTheirReturnFreesNobodyElses() {
		List<Permit> permits = taken(this.one, 3);
		int[] lost = new int[1];
		this.one.listen(new LimiterListener() {

			@Override
			public void lost(int permits) {
				lost[0] += permits;
			}

		});
		this.time.advance(ModelStore.LEASE);
		assertThat(permits).noneMatch(Permit::isValid);
		List<Permit> there = taken(this.other, 4);
		assertThat(there).hasSize(4);
		this.oneStore.renew();
		assertThat(lost).containsExactly(3);
		permits.forEach(Permit::close);
		assertThat(this.store.booked("export")).isEqualTo(4);
		assertThat(taken(this.one, 1)).isEmpty();
		there.forEach(Permit::close);
		assertThat(taken(this.one, 5)).hasSize(4);
	}

	@Test // D3
	void aLeaseThatEndsBeforeTheAnswerIsLost() {
		List<Integer> lost = new ArrayList<>();
		listenToLosses(lost::add);
		List<Permit> permits = taken(this.one, 3);
		this.time.advance(ModelStore.LEASE.minusNanos(1));
		this.store.hold();
		this.oneStore.renew();
		this.time.advanceNanos(1);
		this.store.answerAll();
		assertThat(lost).containsExactly(3);
		assertThat(permits).noneMatch(Permit::isValid);
		assertThat(this.one.inUse()).isZero();
		assertThat(taken(this.other, 5)).hasSize(4);
	}

	@Test // D3, D5
	void aLeaseThatEndsWithoutAnAnswerIsLost() {
		List<Integer> lost = new ArrayList<>();
		listenToLosses(lost::add);
		List<Permit> permits = taken(this.one, 2);
		this.time.advance(ModelStore.LEASE.minusNanos(1));
		this.store.hold();
		this.oneStore.renew();
		this.time.advanceNanos(1);
		this.store.goDown();
		this.store.answerAll();
		assertThat(lost).containsExactly(2);
		assertThat(permits).noneMatch(Permit::isValid);
		assertThat(this.one.inUse()).isZero();
	}

	@Test // D3
	void nothingIsTakenOfALeaseThatIsOver() {
		List<Permit> permits = taken(this.one, 4);
		CompletableFuture<Permit> waiting = later(this.one);
		this.time.advance(ModelStore.LEASE);
		taken(this.other, 4);
		permits.get(0).close();
		assertThat(waiting).isNotDone();
		assertThat(this.store.booked("export")).isEqualTo(4);
	}

	@Test // D1
	void aStoreThatHasForgottenEverythingIsTold() {
		List<Permit> here = taken(this.one, 3);
		this.store.forget();
		this.oneStore.renew();
		assertThat(here).allMatch(Permit::isValid);
		assertThat(taken(this.other, 4)).hasSize(1);
	}

	@Test // P5, D6
	void aChangeOfTheLimitLetsWaitersInOrNobodyMore() {
		List<CompletableFuture<Permit>> calls = later(this.one, 8);
		this.one.change((spec) -> spec.withMax(6));
		assertThat(done(calls)).isEqualTo(6);
		this.one.change((spec) -> spec.withMax(2));
		for (int i = 0; i < 4; i++) {
			calls.get(i).join().close();
		}
		assertThat(done(calls)).isEqualTo(6);
		assertThat(this.one.max()).isEqualTo(2);
		calls.get(4).join().close();
		assertThat(done(calls)).isEqualTo(7);
	}

	@Test // D1
	void whatIsAboutToGoBackIsTakenByNobody() {
		Permit permit = taken(this.one, 1).get(0);
		this.store.hold();
		permit.close();
		CompletableFuture<Permit> next = later(this.one);
		assertThat(next).isNotDone();
		this.store.answerAll();
		assertThat(next).isCompleted();
		assertThat(this.store.booked("export")).isOne();
	}

	@Test // S3
	void aSharedLimiterStaysShared() {
		assertThatExceptionOfType(InvalidLimitException.class)
			.isThrownBy(() -> this.one.change((spec) -> spec.withSharing(null)));
		assertThatExceptionOfType(InvalidLimitException.class)
			.isThrownBy(() -> this.one.configure(ConcurrencyLimiterSpec.of(5)));
		assertThat(this.one.spec()).isEqualTo(FOUR);
		assertThat(this.one.configured()).isEqualTo(FOUR);
		ConcurrencyLimiter own = LimiterFactory.local(this.time)
			.concurrencyLimiter("own", ConcurrencyLimiterSpec.of(1));
		assertThatExceptionOfType(InvalidLimitException.class).isThrownBy(() -> own.change((spec) -> FOUR));
	}

	@Test // P5
	void anAnswerByTheLimitOfBeforeLetsNobodyMoreIn() {
		this.store.hold();
		List<CompletableFuture<Permit>> calls = later(this.one, 4);
		this.store.answer();
		this.one.change((spec) -> spec.withMax(2));
		this.store.answerAll();
		assertThat(done(calls)).isEqualTo(2);
	}

	@Test // P1, D1
	void afterAShrinkNobodyIsLetInByWhatWasLentBefore() {
		List<Permit> here = taken(this.one, 3);
		List<Permit> there = taken(this.other, 1);
		this.store.hold();
		here.remove(0).close();
		here.remove(0).close();
		this.one.change((spec) -> spec.withMax(2));
		this.other.change((spec) -> spec.withMax(2));
		CompletableFuture<Permit> late = later(this.one);
		assertThat(late).isNotDone();
		this.store.answerAll();
		assertThat(late).isNotDone();
		there.get(0).close();
		assertThat(late).isCompleted();
	}

	@Test
	void aGateThatIsClosedAsksNobody() {
		ConcurrencyLimiter closed = limiter(FOUR.withMax(0));
		assertThat(closed.tryAcquire()).isNull();
		assertThat(later(closed)).isCompletedExceptionally();
		assertThat(closed.stats().refused().get(RefusalReason.CLOSED)).isEqualTo(2);
		assertThat(this.store.questions()).isZero();
	}

	@Test // P7
	void aCallWithinOneThatHoldsAPermitTakesNone() {
		Object entry = this.one.enter();
		Object inner = this.one.enter();
		assertThat(this.store.booked("export")).isOne();
		this.one.exit(inner);
		this.one.exit(entry);
		assertThat(this.store.booked("export")).isZero();
	}

	@Test // K1
	void eachKeyHasPermitsThatInstancesShare() {
		List<Permit> here = taken(this.one.forKey("ann"), 3);
		assertThat(taken(this.other.forKey("ann"), 3)).hasSize(1);
		assertThat(taken(this.other.forKey("bob"), 5)).hasSize(4);
		here.forEach(Permit::close);
		assertThat(taken(this.one.forKey("ann"), 5)).hasSize(3);
		Object entry = this.one.enter("cat", null, null);
		assertThat(taken(this.other.forKey("cat"), 5)).hasSize(3);
		this.one.exit(entry);
		assertThat(taken(this.other.forKey("cat"), 5)).hasSize(1);
	}

	@Test // D5
	void withoutAStoreEachInstanceKeepsToItsShare() {
		List<Permit> before = taken(this.one, 1);
		this.store.goDown();
		List<Permit> during = taken(this.one, 5);
		assertThat(during).hasSize(1);
		assertThat(taken(this.other, 5)).hasSize(2);
		before.forEach(Permit::close);
		assertThat(taken(this.one, 5)).hasSize(1);
		this.store.comeBack();
		assertThat(this.store.booked("export")).isEqualTo(4);
		assertThat(taken(this.one, 5)).isEmpty();
		during.forEach(Permit::close);
		assertThat(taken(this.one, 5)).hasSize(1);
	}

	@Test // D5, K1
	void withoutAStoreEachKeyKeepsToItsShare() {
		List<Permit> before = taken(this.one.forKey("ann"), 1);
		this.store.goDown();
		assertThat(taken(this.one.forKey("ann"), 5)).hasSize(1);
		assertThat(taken(this.one.forKey("bob"), 5)).hasSize(2);
		before.forEach(Permit::close);
		this.store.comeBack();
		assertThat(taken(this.one.forKey("ann"), 5)).hasSize(3);
	}

	@Test // D5
	void withoutAStoreEverybodyOrNobodyIsLetInIfTheLimiterSaysSo() {
		ConcurrencyLimiter open = limiter(FOUR.withSharing(Sharing.DEFAULT.withOnOutage(OnOutage.OPEN)));
		ConcurrencyLimiter closed = limiter(FOUR.withSharing(Sharing.DEFAULT.withOnOutage(OnOutage.CLOSED)));
		this.store.goDown();
		assertThat(taken(open, 100)).hasSize(100);
		assertThat(taken(closed, 5)).isEmpty();
		assertThat(later(closed)).isCompletedExceptionally();
		assertThat(closed.stats().refused().get(RefusalReason.UNAVAILABLE)).isEqualTo(6);
	}

	@Test // D5
	void whoWaitsForAnAnswerIsDecidedWhenThereIsNone() {
		this.store.hold();
		CompletableFuture<Permit> atOnce = this.one.acquireAsync(Duration.ZERO, Runnable::run);
		List<CompletableFuture<Permit>> waiting = later(this.one, 3);
		this.store.goDown();
		this.store.answerAll();
		assertThat(atOnce).isCompleted();
		assertThat(done(waiting)).isOne();
		atOnce.join().close();
		assertThat(done(waiting)).isEqualTo(2);
	}

	@Test // D5
	void whoCannotWaitForTheNextAnswerGoesByWhatHoldsWithoutOne() {
		this.store.hold();
		CompletableFuture<Permit> before = this.one.acquireAsync(Duration.ZERO, Runnable::run);
		this.time.advance(Duration.ofMillis(10));
		List<CompletableFuture<Permit>> between = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			between.add(this.one.acquireAsync(Duration.ZERO, Runnable::run));
		}
		CompletableFuture<Permit> patient = later(this.one);
		this.time.advance(Duration.ofMillis(35));
		this.store.answer();
		assertThat(before).isCompleted();
		this.time.advance(Duration.ofMillis(15));
		// Two of four permits are this instance's share.
		assertThat(between.get(0)).isCompleted();
		assertThat(between.get(1)).isCompletedExceptionally();
		assertThat(patient).isNotDone();
		this.store.answerAll();
		this.time.advance(ModelStore.BUDGET);
		assertThat(patient).isCompleted();
	}

	@Test // O1
	void inShadowModeNobodyIsRefusedOrDelayed() {
		ConcurrencyLimiter shadow = limiter(FOUR.withEnforce(0));
		this.store.hold();
		List<Permit> permits = taken(shadow, 6);
		assertThat(permits).hasSize(6);
		permits.forEach(Permit::close);
		assertThat(shadow.inUse()).isZero();
	}

	@Test // D2
	void nobodyIsCrowdedOutWhileTheStoreIsAsked() {
		ConcurrencyLimiter narrow = limiter(FOUR.withMaxWaiting(0));
		this.store.hold();
		List<CompletableFuture<Permit>> calls = later(narrow, 5);
		narrow.change((spec) -> spec.withTimeout(Duration.ofSeconds(1)));
		this.store.answerAll();
		assertThat(calls.stream().filter(CompletableFuture::isCompletedExceptionally)).hasSize(1);
		assertThat(done(calls)).isEqualTo(5);
	}

	@Test // D1, K3
	void keysThatThereIsNoRoomForShareTheirOwnPermits() {
		ConcurrencyLimiter limiter = limiter(FOUR.withMaxKeys(1));
		List<Permit> ofNoKey = taken(limiter, 3);
		assertThat(taken(limiter.forKey("ann"), 1)).hasSize(1);
		assertThat(taken(limiter.forKey("bob"), 1)).hasSize(1);
		assertThat(taken(this.other, 4)).hasSize(1);
		ofNoKey.forEach(Permit::close);
		assertThat(taken(this.other, 4)).hasSize(3);
	}

	@Test // D1, D5
	void whatIsInUseAfterAnOutageIsPutDownHoweverLongThatWas() {
		List<Integer> lost = new ArrayList<>();
		listenToLosses(lost::add);
		List<Permit> before = taken(this.one, 1);
		this.store.goDown();
		this.oneStore.renew();
		List<Permit> during = taken(this.one, 5);
		assertThat(during).hasSize(1);
		this.time.advance(ModelStore.LEASE.multipliedBy(2));
		this.store.comeBack();
		assertThat(lost).isEmpty();
		assertThat(this.one.inUse()).isEqualTo(2);
		assertThat(during).allMatch(Permit::isValid);
		assertThat(taken(this.other, 5)).hasSize(2);
		before.forEach(Permit::close);
		during.forEach(Permit::close);
		assertThat(taken(this.other, 5)).hasSize(2);
	}

	private void listenToLosses(IntConsumer lost) {
		this.one.listen(new LimiterListener() {

			@Override
			public void lost(int permits) {
				lost.accept(permits);
			}

		});
	}

	@Test // N1
	void whoHearsOfALossHoldsUpNobody() throws Exception {
		ExecutorService other = Executors.newSingleThreadExecutor();
		AtomicBoolean refused = new AtomicBoolean();
		listenToLosses((permits) -> {
			try {
				refused.set(other.submit(() -> this.one.tryAcquire() == null).get(5, TimeUnit.SECONDS));
			}
			catch (Exception ex) {
				// It was held up.
			}
		});
		taken(this.one, 1);
		this.time.advance(ModelStore.LEASE);
		taken(this.other, 4);
		this.oneStore.renew();
		other.shutdownNow();
		assertThat(refused).isTrue();
	}

	@Test // D1
	void aStoreThatHasForgottenEverythingIsToldAgainOfWhatItDidNotCount() {
		List<Permit> here = taken(this.one, 3);
		this.store.forget();
		List<Permit> there = taken(this.other, 4);
		assertThat(there).hasSize(4);
		this.oneStore.renew();
		assertThat(this.store.booked("export")).isEqualTo(7);
		there.forEach(Permit::close);
		assertThat(taken(this.other, 4)).hasSize(1);
		here.forEach(Permit::close);
	}

	@Test // D4
	void instancesThatHaveTooManyDoNotAskAgainBeforeTheyGiveSomeBack() {
		ConcurrencyLimiterSpec six = FOUR.withMax(6);
		List<Permit> first = taken(limiter(six), 3);
		taken(limiter(six), 3);
		ModelStore.Instance third = this.store.instance();
		List<CompletableFuture<Permit>> waiting = later(limiter(six, third), 3);
		third.renew();
		assertThat(this.store.questions()).isLessThan(20);
		first.forEach(Permit::close);
		assertThat(done(waiting)).isEqualTo(3);
	}

	@Test // O1
	void inShadowModeItIsCountedWhoWouldHaveBeenRefused() {
		ConcurrencyLimiter shadow = limiter(FOUR.withEnforce(0));
		List<Permit> permits = taken(shadow, 4);
		assertThat(shadow.stats().wouldRefuse()).isZero();
		assertThat(this.store.booked("export")).isEqualTo(4);
		permits.addAll(taken(shadow, 1));
		assertThat(shadow.stats().wouldRefuse()).isOne();
		permits.forEach(Permit::close);
		taken(this.one, 4);
		taken(shadow, 2);
		assertThat(shadow.stats().wouldRefuse()).isEqualTo(2);
	}

	@Test // O1, P3
	void inShadowModeALeaseThatIsLostJustNowLosesNoPermit() {
		AtomicReference<Runnable> hook = new AtomicReference<>();
		ModelStore.Instance instance = this.store.instance();
		ConcurrencyLimiter shadow = LimiterFactory.sharing(hooked(hook), () -> instance)
			.concurrencyLimiter("export", FOUR.withEnforce(0));
		List<Permit> permits = waited(shadow, 2);
		permits.get(0).close();
		this.time.advance(ModelStore.LEASE);
		hook.set(instance::renew);
		permits.addAll(waited(shadow, 1));
		permits.forEach(Permit::close);
		assertThat(shadow.inUse()).isZero();
	}

	/** The time, which runs something once before it is read. */
	private TimeSource hooked(AtomicReference<Runnable> hook) {
		return new TimeSource() {

			@Override
			public long nanoTime() {
				Runnable action = hook.getAndSet(null);
				if (action != null) {
					action.run();
				}
				return SharedConcurrencyLimiterTests.this.time.nanoTime();
			}

			@Override
			public void parkNanos(Object blocker, long nanos) {
				SharedConcurrencyLimiterTests.this.time.parkNanos(blocker, nanos);
			}

			@Override
			public Runnable schedule(Runnable task, long nanos) {
				return SharedConcurrencyLimiterTests.this.time.schedule(task, nanos);
			}

		};
	}

	@Test // D5, K1
	void aKeyThatComesWhenAnOutageBeginsHasItsShare() {
		AtomicReference<Runnable> hook = new AtomicReference<>();
		ModelStore.Instance hooked = this.store.instance();
		ConcurrencyLimiter limiter = LimiterFactory.sharing(hooked(hook), () -> hooked)
			.concurrencyLimiter("export", FOUR.withMax(9));
		hook.set(() -> {
			this.store.goDown();
			taken(limiter, 1);
		});
		assertThat(taken(limiter.forKey("ann"), 5)).hasSize(3);
	}

	@Test // D5, K2
	void aKeyThatWasThereInAnOutageIsNotWatchedAfterIt() {
		this.store.goDown();
		taken(this.one.forKey("ann"), 1).forEach(Permit::close);
		this.store.comeBack();
		assertThat(this.oneStore.isWatching()).isFalse();
	}

	@Test // D3
	void twoPermitsAreValidIfBothAre() {
		Permit here = taken(this.one, 1).get(0);
		Permit own = LimiterFactory.local(this.time)
			.concurrencyLimiter("own", ConcurrencyLimiterSpec.of(1))
			.tryAcquire();
		Permit both = new BothPermits(own, here);
		assertThat(both.isValid()).isTrue();
		this.time.advance(ModelStore.LEASE);
		assertThat(both.isValid()).isFalse();
	}

}
