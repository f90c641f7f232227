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

package io.github.penstock.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RefusalReason;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link Pause}.
 */
class PauseTests {

	private static final Duration MAX = Duration.ofMinutes(1);

	private static final long LONG = TimeUnit.HOURS.toNanos(1);

	private final SetTime time = new SetTime();

	private final Pause pause = new Pause("remote", MAX, this.time);

	@Test
	void takeWhenNobodyAskedForPauseIsAtOnce() {
		assertThat(this.pause.take(0, 0)).isZero();
		assertThat(this.pause.state()).isEqualTo(new PauseState(Duration.ZERO, Duration.ZERO, 0, 0));
	}

	@Test
	void learnHoldsEverybodyBackAtMostATenthLonger() {
		this.pause.learn(Duration.ofSeconds(3));
		assertThat(this.pause.isPaused()).isTrue();
		assertThat(this.pause.take(LONG, 0)).isBetween(seconds(3), seconds(3.3));
		assertThat(this.pause.state().paused()).isBetween(Duration.ofSeconds(3), Duration.ofMillis(3300));
		assertThat(this.pause.state().learned()).isOne();
		this.time.advance(Duration.ofMillis(3300));
		assertThat(this.pause.isPaused()).isFalse();
	}

	@Test
	void learnWhenTheServerAsksForAnAbsurdTimeIsBounded() {
		this.pause.learn(Duration.ofSeconds(9_999_999));
		assertThat(this.pause.state().paused()).isBetween(Duration.ofSeconds(54), MAX);
	}

	@Test
	void learnWhenAShorterPauseFollowsKeepsTheLongerOne() {
		this.pause.learn(Duration.ofSeconds(30));
		Duration paused = this.pause.state().paused();
		this.pause.learn(Duration.ofSeconds(2));
		assertThat(this.pause.state().paused()).isEqualTo(paused);
		this.pause.learn(Duration.ofSeconds(50));
		assertThat(this.pause.state().paused()).isGreaterThanOrEqualTo(Duration.ofSeconds(50));
	}

	@Test
	void takeWhenThePauseIsLongerThanTheTimeoutIsRefusedAtOnceWithTheTime() {
		this.pause.learn(Duration.ofSeconds(10));
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> this.pause.take(seconds(9), 0))
			.satisfies((refusal) -> {
				assertThat(refusal.name()).isEqualTo("remote");
				assertThat(refusal.reason()).isEqualTo(RefusalReason.WAIT_TOO_LONG);
				assertThat(refusal.retryAfter()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
				assertThat(refusal.waited()).isZero();
			})
			.withMessageContaining("rate=paused as the server asked");
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> this.pause.check(0))
			.satisfies((refusal) -> assertThat(refusal.reason()).isEqualTo(RefusalReason.FULL));
		assertThatNoException().isThrownBy(() -> this.pause.check(seconds(12)));
	}

	@Test
	void takeAfterPauseComesBackGraduallyToThePaceBefore() {
		for (int i = 0; i < 100; i++) {
			this.pause.began();
		}
		this.pause.learn(Duration.ofSeconds(4));
		PauseState state = this.pause.state();
		List<Long> turns = new ArrayList<>();
		for (int i = 0; i < 400; i++) {
			turns.add(this.pause.take(LONG, 0));
		}
		assertThat(turns).isSorted();
		long start = turns.get(0);
		long ramp = state.restoring().minus(state.paused()).toNanos();
		assertThat(ramp).isBetween(seconds(4), seconds(4.4));
		// A line that rises from 0 to 100 per second: a quarter of its area by its half.
		assertThat(between(turns, start, start + ramp / 2)).isBetween(49L, 56L);
		assertThat(between(turns, start, start + ramp)).isBetween(199L, 221L);
		// Behind it the pace doubles each half second.
		assertThat(between(turns, start + ramp, start + ramp + seconds(0.1))).isBetween(10L, 12L);
		assertThat(between(turns, start + ramp, start + ramp + seconds(0.5))).isBetween(71L, 74L);
	}

	@Test
	void takeWhenTheFirstRequestOfAllHasMetThePauseGrowsUntilTheLimitAloneHolds() {
		this.pause.began();
		this.pause.learn(Duration.ofSeconds(1));
		// Twenty threads, each with its next request as soon as its last one began.
		long[] due = new long[20];
		long begin = 0;
		int lastSecond = 0;
		long now = 0;
		// As a rate limit of 100 per second would space them.
		long token = 0;
		while (now < seconds(10)) {
			int thread = 0;
			for (int i = 1; i < due.length; i++) {
				thread = (due[i] < due[thread]) ? i : thread;
			}
			begin = Math.max(due[thread], token);
			token = begin + seconds(0.01);
			this.time.advance(Duration.ofNanos(Math.max(0, begin - now)));
			now = Math.max(now, begin);
			this.pause.began();
			lastSecond += (now >= seconds(6) && now < seconds(7)) ? 1 : 0;
			due[thread] = now + this.pause.take(LONG, 0);
		}
		assertThat(lastSecond).isBetween(99, 101);
		assertThat(this.pause.state().restoring()).isZero();
		assertThat(this.pause.state().learned()).isOne();
	}

	@Test
	void takeWhenDemandIsWithoutEndIsNotHeldBackForEver() {
		this.pause.learn(Duration.ofSeconds(1));
		long last = 0;
		for (int i = 0; i < 1_000_000; i++) {
			long wait = this.pause.take(LONG, 0);
			assertThat(wait).isGreaterThanOrEqualTo(last);
			last = wait;
		}
		assertThat(last).isBetween(seconds(10), seconds(15));
		this.time.advance(Duration.ofNanos(last));
		assertThat(this.pause.take(LONG, 0)).isLessThan(seconds(0.001));
		this.time.advance(Duration.ofDays(10_000));
		assertThat(this.pause.take(0, 0)).isZero();
		assertThat(this.pause.state().restoring()).isZero();
	}

	@Test
	void learnWhenThePaceHasGrownSinceTheLastPauseComesBackToTheGrownOne() {
		this.pause.learn(Duration.ofSeconds(1));
		this.pause.take(LONG, 0);
		this.time.advance(Duration.ofSeconds(5));
		for (int i = 0; i < 80; i++) {
			this.pause.began();
		}
		this.pause.learn(Duration.ofSeconds(4));
		List<Long> turns = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			turns.add(this.pause.take(LONG, 0));
		}
		assertThat(turns.get(160) - turns.get(0)).isBetween(seconds(3.9), seconds(4.5));
	}

	@Test
	void closeRefusesWhoeverWaitsAndWouldHaveToWait() throws Exception {
		this.pause.learn(Duration.ofSeconds(10));
		FutureTask<Long> waiting = new FutureTask<>(() -> this.pause.await(LONG, 0));
		new Thread(waiting).start();
		Awaitility.await().until(() -> this.pause.state().waiting() == 1);
		this.pause.close();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> waiting.get(20, TimeUnit.SECONDS))
			.havingCause()
			.isInstanceOfSatisfying(RateLimitExceededException.class,
					(refusal) -> assertThat(refusal.reason()).isEqualTo(RefusalReason.SHUT_DOWN))
			.withMessageContaining("'remote' lets nobody wait any more: the application ends");
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> this.pause.check(LONG))
			.satisfies((refusal) -> assertThat(refusal.reason()).isEqualTo(RefusalReason.SHUT_DOWN));
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> this.pause.take(LONG, 0))
			.satisfies((refusal) -> assertThat(refusal.reason()).isEqualTo(RefusalReason.SHUT_DOWN));
		assertThat(this.pause.state().waiting()).isZero();
		this.time.advance(Duration.ofSeconds(30));
		assertThat(this.pause.take(LONG, 0)).isZero();
	}

	@Test
	void takeWhenThePaceIsRestoredForgetsThePause() {
		this.pause.learn(Duration.ofSeconds(2));
		this.time.advance(Duration.ofSeconds(10));
		assertThat(this.pause.take(0, 0)).isZero();
		assertThat(this.pause.state()).isEqualTo(new PauseState(Duration.ZERO, Duration.ZERO, 0, 1));
		assertThat(this.pause.take(0, 0)).isZero();
	}

	@Test
	void stateWhenRequestsWaitBehindTheRampIsRestoring() {
		this.pause.learn(Duration.ofSeconds(2));
		long last = 0;
		for (int i = 0; i < 10; i++) {
			last = this.pause.take(LONG, 0);
		}
		assertThat(this.pause.state().restoring()).isGreaterThan(Duration.ofNanos(last));
		this.time.advance(Duration.ofNanos(last - 1));
		assertThat(this.pause.state().paused()).isZero();
		assertThat(this.pause.state().restoring()).isBetween(Duration.ofMillis(10), Duration.ofMillis(1100));
		assertThat(this.pause.take(LONG, 0)).isPositive();
		this.time.advance(Duration.ofSeconds(3));
		assertThat(this.pause.state().restoring()).isZero();
		assertThat(this.pause.take(0, 0)).isZero();
	}

	@Test
	void takeDuringTheRampLetsNewcomersInAtItsPace() {
		for (int i = 0; i < 10; i++) {
			this.pause.began();
		}
		this.pause.learn(Duration.ofSeconds(2));
		long admitted = 0;
		long first = -1;
		for (int ms = 0; ms < 6000; ms++) {
			try {
				if (this.pause.take(0, 0) == 0) {
					admitted++;
					first = (first < 0) ? ms : first;
				}
			}
			catch (RateLimitExceededException ex) {
				assertThat(ex.retryAfter()).isPositive();
			}
			if (this.pause.state().restoring().isZero() && ms > 100) {
				break;
			}
			this.time.advance(Duration.ofMillis(1));
		}
		assertThat(first).isBetween(2000L, 2201L);
		assertThat(admitted).isBetween(10L, 13L);
	}

	@Test
	void learnWhenRestoringKeepsThePaceBeforeTheFirstPause() {
		for (int i = 0; i < 50; i++) {
			this.pause.began();
		}
		this.pause.learn(Duration.ofSeconds(2));
		this.time.advance(Duration.ofMillis(2300));
		assertThat(this.pause.take(0, 0)).isZero();
		this.pause.learn(Duration.ofSeconds(2));
		List<Long> turns = new ArrayList<>();
		for (int i = 0; i < 60; i++) {
			turns.add(this.pause.take(LONG, 0));
		}
		assertThat(turns.get(50) - turns.get(0)).isBetween(seconds(2), seconds(2.2));
	}

	private static long between(List<Long> turns, long from, long to) {
		return turns.stream().filter((turn) -> turn >= from && turn < to).count();
	}

	private static long seconds(double seconds) {
		return (long) (seconds * 1e9);
	}

}
