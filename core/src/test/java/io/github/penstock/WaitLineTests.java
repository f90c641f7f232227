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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link WaitLine}.
 */
class WaitLineTests {

	private final ManualTime time = new ManualTime();

	private final BusySupply supply = new BusySupply();

	private final WaitLine line = new WaitLine(this.supply, this.time);

	/** One that is kept, such as a future in a collection, must not keep thousands. */
	@Test
	void whoHasLeftHoldsNoneOfThoseWhoLeftWithHim() {
		List<Waiter> all = Stream.generate(this::waiter).limit(100).toList();
		all.forEach((waiter) -> assertThat(this.line.join(waiter, 1000)).isTrue());
		// While the line is being served, so that they are taken off it together.
		this.supply.meanwhile = () -> all.forEach(this.line::leave);
		this.line.serve();
		assertThat(this.line.waiting()).isZero();
		assertThat(all).allSatisfy(WaitLineTests::holdsNobody);
	}

	@Test
	void whoTimedOutHoldsNoneOfThoseWhoTimedOutWithHim() {
		List<Waiter> all = Stream.generate(this::waiter).limit(100).toList();
		all.forEach((waiter) -> assertThat(this.line.join(waiter, 1000)).isTrue());
		this.supply.meanwhile = () -> all.forEach(this.line::expire);
		this.line.serve();
		assertThat(this.line.waiting()).isZero();
		assertThat(all).allSatisfy(WaitLineTests::holdsNobody);
	}

	@Test
	void whoCameTogetherHoldNobodyOnceTheyAreDecided() {
		List<Waiter> all = Stream.generate(this::waiter).limit(100).toList();
		Waiter first = waiter();
		assertThat(this.line.join(first, 1000)).isTrue();
		this.supply.meanwhile = () -> all.forEach((waiter) -> this.line.join(waiter, 1000));
		this.line.serve();
		this.supply.permits = 101;
		this.line.serve();
		assertThat(this.line.waiting()).isZero();
		assertThat(all).allMatch((waiter) -> waiter.state() == Waiter.State.GRANTED)
			.allSatisfy(WaitLineTests::holdsNobody);
	}

	@Test
	void timerServesOthersForAFewPassesOnly() {
		this.line.join(waiter(), 1);
		List<Thread> servers = new CopyOnWriteArrayList<>();
		this.supply.always = () -> {
			servers.add(Thread.currentThread());
			if (servers.size() < 20) {
				this.line.goOn();
			}
		};
		TimeSource.system().schedule(this.line::serve, 0);
		await().until(() -> servers.size() == 20);
		assertThat(servers.subList(0, 8)).containsOnly(servers.get(0));
		assertThat(servers.subList(8, 20)).containsOnly(servers.get(8)).doesNotContain(servers.get(0));
		servers.clear();
		this.line.serve();
		assertThat(servers).hasSize(20).containsOnly(Thread.currentThread());
	}

	@Test
	void whatIsThrownIsThrownAndTheLineIsServedSoon() {
		Waiter waiter = waiter();
		this.line.join(waiter, 1);
		this.supply.permits = 1;
		this.supply.meanwhile = () -> {
			throw new IllegalStateException("thrown by a test");
		};
		assertThatIllegalStateException().isThrownBy(this.line::serve);
		assertThat(waiter.isWaiting()).isTrue();
		assertThat(this.time.scheduled()).isOne();
		this.time.advanceNanos(0);
		assertThat(waiter.state()).isEqualTo(Waiter.State.GRANTED);
		assertThat(this.line.waiting()).isZero();
	}

	@Test
	void serveNowThrowsNothing() {
		Waiter waiter = waiter();
		this.line.join(waiter, 1);
		this.supply.permits = 1;
		this.supply.meanwhile = () -> {
			throw new IllegalStateException("thrown by a test");
		};
		this.line.serveNow();
		this.time.advanceNanos(0);
		assertThat(waiter.state()).isEqualTo(Waiter.State.GRANTED);
	}

	@Test
	void permitOfOneWhoLeavesMeanwhileGoesToTheNext() {
		Waiter leaver = waiter();
		Waiter next = waiter();
		this.line.join(leaver, 2);
		this.line.join(next, 2);
		this.supply.permits = 1;
		this.supply.meanwhile = () -> assertThat(this.line.leave(leaver)).isTrue();
		this.line.serve();
		assertThat(leaver.state()).isEqualTo(Waiter.State.LEFT);
		assertThat(next.state()).isEqualTo(Waiter.State.GRANTED);
		assertThat(this.supply.permits).isZero();
		assertThat(this.line.waiting()).isZero();
		assertThat(this.line.leave(next)).isFalse();
	}

	@Test
	void lineIsNotServedWhereNobodyWaits() {
		this.supply.always = () -> {
			throw new IllegalStateException("asked for nobody");
		};
		this.line.serve();
		this.line.serveNow();
		this.line.goOn();
		assertThat(this.time.scheduled()).isZero();
	}

	@Test
	void waitersInTheMiddleAndAtTheEndLeave() {
		List<Waiter> all = Stream.generate(this::waiter).limit(5).toList();
		all.forEach((waiter) -> this.line.join(waiter, 5));
		this.line.leave(all.get(2));
		this.line.leave(all.get(4));
		this.line.expire(all.get(0));
		assertThat(all.get(0).state()).isEqualTo(Waiter.State.TIMED_OUT);
		assertThat(this.line.waiting()).isEqualTo(2);
		this.supply.permits = 1;
		this.line.serve();
		assertThat(all.get(1).state()).isEqualTo(Waiter.State.GRANTED);
		assertThat(all.get(3).isWaiting()).isTrue();
		Waiter newest = waiter();
		this.line.join(newest, 5);
		this.supply.permits = 1;
		this.line.serve();
		assertThat(all.get(3).state()).isEqualTo(Waiter.State.GRANTED);
		assertThat(newest.isWaiting()).isTrue();
		this.line.close();
		assertThat(newest.state()).isEqualTo(Waiter.State.SHUT_OUT);
		assertThat(this.line.waiting()).isZero();
	}

	@Test
	void firstInLineIsServedWhenItIsDueAndAParkedOneKnowsHowLong() {
		this.supply.due = 100;
		Waiter first = waiter();
		Waiter second = waiter();
		Waiter parked = new ParkedWaiter(this.line, this.time, 1_000, 1);
		this.line.join(first, 5);
		this.line.join(second, 5);
		this.line.join(parked, 5);
		assertThat(first.turn()).isEqualTo(100);
		assertThat(second.turn()).isEqualTo(Long.MAX_VALUE);
		assertThat(parked.turn()).isEqualTo(300);
		Waiter late = new ParkedWaiter(this.line, this.time, 399, 1);
		this.line.join(late, 5);
		assertThat(late.state()).isEqualTo(Waiter.State.REFUSED);
		assertThat(late.retryAfterNanos).isEqualTo(400);
		assertThat(this.line.waiting()).isEqualTo(3);
		Waiter inTime = new ParkedWaiter(this.line, this.time, 400, 1);
		this.line.join(inTime, 5);
		assertThat(inTime.isWaiting()).isTrue();
		this.time.advanceNanos(50);
		this.supply.due = 101;
		this.line.serveAnew();
		assertThat(inTime.state()).isEqualTo(Waiter.State.REFUSED);
		assertThat(inTime.retryAfterNanos).isEqualTo(404 - 50);
		assertThat(this.line.waiting()).isEqualTo(3);
		this.supply.due = 334;
		this.line.serveAnew();
		assertThat(parked.state()).isEqualTo(Waiter.State.REFUSED);
		assertThat(first.isWaiting()).isTrue();
		assertThat(second.isWaiting()).isTrue();
	}

	@Test
	void whoJoinsWhereThereIsAPermitIsGrantedIt() {
		this.supply.permits = 1;
		Waiter waiter = waiter();
		assertThat(this.line.join(waiter, 1)).isTrue();
		assertThat(waiter.state()).isEqualTo(Waiter.State.GRANTED);
		assertThat(this.supply.permits).isZero();
	}

	@Test
	void whoStandsBehindOneThatTimedOutIsServedAtOnce() {
		Waiter wantsMuch = waiter(2);
		Waiter wantsLittle = waiter(1);
		this.line.join(wantsMuch, 2);
		this.line.join(wantsLittle, 2);
		this.supply.permits = 1;
		this.line.serve();
		assertThat(wantsLittle.isWaiting()).isTrue();
		this.line.expire(wantsMuch);
		assertThat(wantsMuch.state()).isEqualTo(Waiter.State.TIMED_OUT);
		assertThat(wantsLittle.state()).isEqualTo(Waiter.State.GRANTED);
	}

	@Test
	void whoLeavesWhileTheOneBeforeHimIsServedIsPassedOver() {
		List<Waiter> all = Stream.generate(this::waiter).limit(3).toList();
		all.forEach((waiter) -> this.line.join(waiter, 3));
		this.supply.permits = 2;
		this.supply.meanwhile = () -> this.line.leave(all.get(1));
		this.line.serve();
		assertThat(all).extracting(Waiter::state)
			.containsExactly(Waiter.State.GRANTED, Waiter.State.LEFT, Waiter.State.GRANTED);
		assertThat(this.supply.asked).doesNotContain(all.get(1));
		assertThat(this.line.waiting()).isZero();
	}

	@Test
	void whoseTimeWasOverBeforeTheLineKnewOfHimTimesOut() {
		Waiter waiter = waiter();
		waiter.overdue = true;
		assertThat(this.line.join(waiter, 1)).isTrue();
		assertThat(waiter.state()).isEqualTo(Waiter.State.TIMED_OUT);
		assertThat(this.line.waiting()).isZero();
	}

	@Test
	void whoseTimeIsOverHasTheLineServedUntilHeHearsWhatWasDecided() {
		Waiter other = waiter();
		this.line.join(other, 1);
		Waiter decided = waiter();
		assertThat(decided.claim()).isTrue();
		this.supply.asked.clear();
		this.line.expire(decided);
		assertThat(this.supply.asked).containsExactly(other);
		decided.settle(Waiter.State.GRANTED);
		this.line.expire(decided);
		assertThat(this.supply.asked).hasSize(1);
	}

	@Test
	void whoIsSaidToBeOverdueTwiceWhileTheLineIsServedTimesOutOnce() {
		List<Waiter> all = Stream.generate(this::waiter).limit(2).toList();
		all.forEach((waiter) -> this.line.join(waiter, 2));
		this.supply.meanwhile = () -> all.forEach((waiter) -> {
			this.line.expire(waiter);
			this.line.expire(waiter);
		});
		this.line.serve();
		assertThat(all).allMatch((waiter) -> waiter.state() == Waiter.State.TIMED_OUT);
		assertThat(this.line.waiting()).isZero();
	}

	@Test
	void whoIsToldFindsTheLineFree() {
		List<Waiter> found = new ArrayList<>();
		Waiter next = waiter();
		Waiter told = new ToldWaiter(() -> {
			this.supply.asked.clear();
			this.line.serve();
			found.addAll(this.supply.asked);
		});
		this.line.join(told, 2);
		this.line.join(next, 2);
		this.supply.permits = 1;
		this.line.serve();
		assertThat(told.state()).isEqualTo(Waiter.State.GRANTED);
		assertThat(found).containsExactly(next);
	}

	@Test
	void whoWasGrantedBeforeSomethingIsThrownIsTold() {
		AtomicInteger told = new AtomicInteger();
		Waiter first = new ToldWaiter(told::incrementAndGet);
		Waiter second = waiter();
		this.line.join(first, 2);
		this.line.join(second, 2);
		this.supply.permits = 2;
		this.supply.always = () -> {
			if (!first.isWaiting()) {
				throw new IllegalStateException("thrown by a test");
			}
		};
		assertThatIllegalStateException().isThrownBy(this.line::serve);
		assertThat(first.state()).isEqualTo(Waiter.State.GRANTED);
		assertThat(told).hasValue(1);
		assertThat(second.isWaiting()).isTrue();
	}

	@Test
	void permitOfOneWhoLeftIsBackThoughToGiveItBackFailedAtFirst() {
		Waiter leaver = waiter();
		Waiter next = waiter();
		this.line.join(leaver, 2);
		this.line.join(next, 2);
		this.supply.permits = 1;
		this.supply.meanwhile = () -> this.line.leave(leaver);
		this.supply.givingBack = () -> {
			throw new IllegalStateException("thrown by a test");
		};
		assertThatIllegalStateException().isThrownBy(this.line::serve);
		assertThat(next.isWaiting()).isTrue();
		this.time.advanceNanos(0);
		assertThat(next.state()).isEqualTo(Waiter.State.GRANTED);
		assertThat(this.supply.permits).isZero();
	}

	@Test
	void whoIsTooLateByANewRateIsRefusedThoughToFindOutFailedAtFirst() {
		this.supply.due = 100;
		Waiter first = waiter();
		Waiter late = new ParkedWaiter(this.line, this.time, 200, 1);
		this.line.join(first, 2);
		this.line.join(late, 2);
		this.supply.due = 101;
		this.supply.expecting = () -> {
			throw new IllegalStateException("thrown by a test");
		};
		assertThatIllegalStateException().isThrownBy(this.line::serveAnew);
		assertThat(late.isWaiting()).isTrue();
		this.time.advanceNanos(0);
		assertThat(late.state()).isEqualTo(Waiter.State.REFUSED);
		assertThat(late.retryAfterNanos).isEqualTo(202);
		assertThat(first.isWaiting()).isTrue();
	}

	private static void holdsNobody(Waiter waiter) {
		assertThat(waiter.nextArrival).isNull();
		assertThat(waiter.nextDeparture).isNull();
		assertThat(waiter.ahead).isNull();
		assertThat(waiter.behind).isNull();
	}

	private Waiter waiter() {
		return waiter(1);
	}

	private Waiter waiter(long tokens) {
		return new ToldWaiter(tokens, () -> {
		});
	}

	/** One that does something when it is told. */
	private final class ToldWaiter extends Waiter {

		private final Runnable told;

		private ToldWaiter(Runnable told) {
			this(1, told);
		}

		private ToldWaiter(long tokens, Runnable told) {
			super(WaitLineTests.this.line, WaitLineTests.this.time, Duration.ofHours(1).toNanos(), tokens);
			this.told = told;
		}

		@Override
		void turnMoved() {
		}

		@Override
		void tell() {
			this.told.run();
		}

	}

	/** During whose answer something happens once. */
	private static final class BusySupply implements Supply {

		private static final Runnable NOTHING = () -> {
		};

		private Runnable meanwhile = NOTHING;

		private Runnable givingBack = NOTHING;

		private Runnable expecting = NOTHING;

		private Runnable always = NOTHING;

		/** For whom it was asked. */
		private final List<Waiter> asked = new ArrayList<>();

		private long permits;

		/** Nanoseconds for each in line. */
		private long due;

		@Override
		public long takeFor(Waiter first) {
			this.asked.add(first);
			this.always.run();
			Runnable now = this.meanwhile;
			this.meanwhile = NOTHING;
			now.run();
			if (this.permits >= first.tokens) {
				this.permits -= first.tokens;
				return 0;
			}
			return due(0);
		}

		@Override
		public void untake(Waiter waiter) {
			Runnable now = this.givingBack;
			this.givingBack = NOTHING;
			now.run();
			this.permits += waiter.tokens;
		}

		@Override
		public long expectedFor(Waiter waiter, Waiter first, long ahead) {
			Runnable now = this.expecting;
			this.expecting = NOTHING;
			now.run();
			return due(ahead);
		}

		private long due(long ahead) {
			return (this.due != 0) ? this.due * (ahead + 1) : UNKNOWN;
		}

	}

}
