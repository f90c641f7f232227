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

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SlidingWindow} by itself, compared with a list of all that was let in.
 */
class SlidingWindowDefinitionTests {

	private static final long START = 1_000_000;

	private Tokens window = window(3, 1_000);

	private static Tokens window(int limit, long per) {
		return SlidingWindow.empty(spec(limit, per), START);
	}

	private static RateLimiterSpec spec(int limit, long per) {
		return new RateLimiterSpec(BigDecimal.valueOf(limit), Duration.ofNanos(per), null, Duration.ofHours(1), 10,
				true);
	}

	@ParameterizedTest
	@CsvSource({ "1, 10", "3, 100", "16, 100", "17, 1000", "40, 1000", "100, 5000" })
	void windowIsTheOneOfTheDefinition(int limit, long per) {
		Random random = new Random(limit * per);
		this.window = window(limit, per);
		Definition definition = new Definition(limit, per);
		long now = START;
		for (int i = 0; i < 400; i++) {
			now += random.nextLong(per) * random.nextInt(4) / limit;
			int ahead = random.nextInt(3 * limit);
			long arrived = now - random.nextInt(5);
			assertThat(this.window.expected(arrived, now, ahead, 1)).as("call %s", i)
				.isEqualTo(definition.expected(arrived, now, ahead));
			assertThat(this.window.available(now)).isEqualTo(definition.available(now));
			// Read late now and then, where nothing makes room in between.
			long read = (limit <= 16) ? now - random.nextInt(5) / 4 * (per / 10) : now;
			assertThat(take(read)).as("call %s", i).isEqualTo(definition.take(read));
			if (random.nextInt(10) == 0) {
				long stamp = now - random.nextLong(2 * per);
				assertThat(this.window.untake(now, stamp, 1)).isEqualTo(now - stamp >= per);
				if (now - stamp < per) {
					this.window.freeze();
					this.window = this.window.successorWithout(now, stamp, 1);
					definition.forget(now);
					definition.remove(stamp);
				}
			}
			if (random.nextInt(10) == 0) {
				this.window.freeze();
				assertThat(this.window.take(now, now, 1)).isEqualTo(Tokens.SUCCEED);
				this.window = this.window.successor(this.window.spec, now);
				definition.forget(now);
			}
			assertThat(this.window.granted()).isEqualTo(definition.granted);
		}
	}

	@Test
	void tokenThatComesBackWithoutAnEntryChangesNothing() {
		take(START, START + 100);
		this.window.freeze();
		this.window = this.window.successorWithout(START + 500, START + 200, 1);
		assertComeBack(START + 500, START + 1_000, START + 1_100);
		this.window.freeze();
		this.window = this.window.successorWithout(START + 600, START + 1, 1);
		assertComeBack(START + 600, START + 1_000);
	}

	@Test
	void changeToMoreHasThoseThatWereForgottenAsLateAsTheyCanHaveBeen() {
		take(START, START, START, START + 1_000, START + 1_000, START + 1_500, START + 2_000, START + 2_600);
		change(START + 2_700, 6, 3_000);
		// The last three are known; the one before them was a period before the last at
		// the latest, and so on.
		assertComeBack(START + 2_700, START + 3_500, START + 4_000, START + 4_500, START + 4_500, START + 5_000,
				START + 5_600);
		change(START + 3_500, 7, 3_000);
		// Two came that nobody knows the time of any more, no later than the first.
		assertComeBack(START + 3_500, START + 4_000, START + 4_000, START + 4_000, START + 4_500, START + 4_500,
				START + 5_000, START + 5_600);
	}

	@Test
	void changeToALongerPeriodKnowsThoseThatDidNotCountAnyMore() {
		this.window = window(4, 1_000);
		take(START, START + 10, START + 2_000, START + 2_010);
		change(START + 2_020, 4, 3_000);
		assertComeBack(START + 2_020, START + 3_000, START + 3_010, START + 5_000, START + 5_010);
	}

	@Test
	void changeBackToAShorterPeriodForgetsNothingOfTheLongerOne() {
		this.window = window(4, 3_000);
		take(START, START + 10, START + 20);
		change(START + 30, 4, 100);
		take(START + 200);
		change(START + 300, 5, 3_000);
		assertComeBack(START + 300, START + 3_000, START + 3_010, START + 3_020, START + 3_200);
	}

	@Test
	void changeToALowerLimitKeepsAllThatCount() {
		take(START, START + 10, START + 20);
		change(START + 30, 1, 1_000);
		assertThat(this.window.available(START + 30)).isNotPositive();
		assertThat(take(START + 1_019)).isOne();
		assertThat(take(START + 1_020)).isZero();
		assertThat(take(START + 2_019)).isOne();
	}

	@Test
	void changesOneAfterTheOtherKnowTheirOwnLimitsOnly() {
		take(START, START, START);
		change(START + 500, 2, 100);
		change(START + 600, 4, 1_000);
		assertComeBack(START + 600, START + 1_000, START + 1_000, START + 1_000);
		take(START + 900, START + 1_000, START + 1_000, START + 1_000);
		change(START + 1_100, 8, 5_000);
		assertComeBack(START + 1_100, START + 5_000, START + 5_000, START + 5_000, START + 5_900, START + 6_000,
				START + 6_000, START + 6_000);
	}

	@Test
	void windowThatFollowsOthersKnowsWhenTheseWereAtTheLatest() {
		long[] latest = { 50, -10, -400, -2_000 };
		this.window = SlidingWindow.after(spec(5, 1_000), START, 7, 7, (back) -> latest[(int) back]);
		// None was later than now, and the fourth from the end counts no more.
		assertComeBack(START, START + 600, START + 990, START + 1_000);
		assertThat(this.window.granted()).isEqualTo(7);
		this.window = SlidingWindow.after(spec(2, 1_000), START, 7, 7, (back) -> -100);
		assertThat(this.window.granted()).isEqualTo(7);
		assertComeBack(START, START + 900, START + 900);
		change(START, 4, 1_000);
		assertComeBack(START, START + 900, START + 900, START + 900, START + 900);
		this.window = SlidingWindow.after(spec(2, 1_000), START, 2, 2, (back) -> -1_000 + back);
		assertThat(this.window.available(START)).isEqualTo(2);
	}

	@Test
	void expectedWhenItIsBeyondAllTimeIsNever() {
		long per = Duration.ofDays(3650).toNanos();
		this.window = window(10, per);
		int most = (int) (Long.MAX_VALUE / 4 / per);
		assertThat(this.window.expected(START, START, 10 * most, 1)).isEqualTo(most * per);
		assertThat(this.window.expected(START, START, 10 * (most + 1), 1)).isEqualTo(Long.MAX_VALUE);
	}

	@Test
	void clockThatIsFarFromTheStartIsReadAsItIs() {
		long furthest = 1L << 59;
		assertThat(this.window.take(START + furthest + 1, START, 1)).isEqualTo(Tokens.SUCCEED);
		assertThat(this.window.take(START + furthest, START, 1)).isZero();
		assertThat(this.window.available(START + furthest)).isEqualTo(2);
		assertThat(this.window.available(START - 2 * furthest)).isEqualTo(2);
		this.window = window(1, 1_000);
		assertThat(take(START - 500)).isZero();
		assertThat(this.window.available(START + 499)).isZero();
		assertThat(this.window.available(START + 500)).isOne();
	}

	@Test
	void severalTokensAreThereWhenAsManyCountNoMore() {
		take(START, START + 100);
		assertThat(this.window.take(START + 200, START + 200, 4)).isEqualTo(Tokens.NEVER);
		assertThat(this.window.expected(START, START, 0, 4)).isEqualTo(Tokens.NEVER);
		assertThat(this.window.take(START + 200, START + 200, 2)).isEqualTo(800);
		assertThat(this.window.take(START + 200, START + 200, 3)).isEqualTo(900);
		assertThat(this.window.take(START + 999, START + 999, 2)).isOne();
		assertThat(this.window.take(START + 1_000, START + 1_000, 2)).isEqualTo(Tokens.REWRITE);
		this.window.freeze();
		assertThat(this.window.take(START + 1_000, START + 1_000, 2)).isEqualTo(Tokens.SUCCEED);
		assertThat(this.window.successorLess(START + 999, 2, false)).isNull();
		this.window = this.window.successorLess(START + 1_000, 2, false);
		assertThat(this.window.granted()).isEqualTo(3);
		assertComeBack(START + 1_000, START + 1_100, START + 2_000, START + 2_000);
	}

	@Test
	void severalTokensOfAClockThatIsReadLateCountFromTheLatest() {
		take(START + 100);
		this.window.freeze();
		this.window = this.window.successorLess(START + 50, 2, true);
		assertThat(this.window.granted()).isOne();
		assertComeBack(START + 50, START + 1_100, START + 1_100, START + 1_100);
	}

	@Test
	void severalTokensThatComeBackAreTakenOutTogether() {
		take(START, START + 100, START + 100);
		this.window.freeze();
		Tokens without = this.window.successorWithout(START + 200, START + 100, 2);
		assertThat(without.available(START + 200)).isEqualTo(2);
		assertThat(this.window.successorWithout(START + 200, START + 100, 9).available(START + 200)).isEqualTo(2);
		assertThat(this.window.successorMore(START + 200, 2).available(START + 999)).isEqualTo(2);
		assertThat(this.window.successorMore(START + 200, 2).available(START + 1_000)).isEqualTo(3);
	}

	@Test
	void tokenThatComesBackIsNoneThatCountsNoMore() {
		this.window = window(4, 1_000);
		take(START, START + 2_000);
		this.window.freeze();
		this.window = this.window.successorMore(START + 2_010, 2);
		assertThat(this.window.available(START + 2_010)).isEqualTo(4);
		// The other one counts by a longer period, from as late as it can have been.
		change(START + 2_010, 4, 5_000);
		assertComeBack(START + 2_010, START + 1_010 + 5_000);
	}

	@Test
	void tokenThatCountsNoMoreExactlyNowDoesNotComeBack() {
		take(START);
		this.window.freeze();
		this.window = this.window.successorWithout(START + 1_000, START, 1);
		change(START + 1_000, 3, 5_000);
		assertComeBack(START + 1_000, START + 5_000);
	}

	@Test
	void windowIsUntouchedWhenNothingCountsByTheLongestPeriod() {
		Tokens untouched = window(3, 1_000);
		assertThat(this.window.isUntouched(untouched, START)).isTrue();
		take(START + 100);
		assertThat(this.window.latestStamp()).isEqualTo(START + 100);
		assertThat(this.window.stampOf(START + 300, 2)).isEqualTo(START + 300);
		assertThat(this.window.isUntouched(untouched, START + 1_099)).isFalse();
		assertThat(this.window.isUntouched(untouched, START + 1_100)).isTrue();
		change(START + 200, 3, 10);
		assertThat(this.window.isUntouched(untouched, START + 1_099)).isFalse();
		assertThat(this.window.isUntouched(untouched, START + 1_100)).isTrue();
	}

	@Test
	void windowIsTouchedWhileThoseThatHaveNoEntryMayCount() {
		this.window = SlidingWindow.after(spec(2, 1_000), START, 7, 7, (back) -> -100);
		this.window.freeze();
		this.window = this.window.successorMore(START, 2);
		Tokens untouched = window(2, 1_000);
		assertThat(this.window.isUntouched(untouched, START + 899)).isFalse();
		assertThat(this.window.isUntouched(untouched, START + 900)).isTrue();
	}

	@Test
	void thoseThatHaveNoEntryAreEnteredOnce() {
		this.window = SlidingWindow.after(spec(2, 1_000), START, 5, 5, (back) -> -100);
		change(START, 4, 1_000);
		assertThat(this.window.debt(START)).isZero();
		change(START, 8, 1_000);
		assertComeBack(START, START + 900, START + 900, START + 900, START + 900, START + 900);
		this.window = SlidingWindow.after(spec(2, 1_000), START, 5, 5, (back) -> -100);
		change(START + 1_500, 4, 1_000);
		assertThat(this.window.available(START + 1_500)).isEqualTo(4);
		change(START + 1_500, 10, 5_000);
		assertComeBack(START + 1_500, START + 5_500, START + 5_500, START + 5_500, START + 5_500, START + 5_500);
	}

	@Test
	void windowCountsToTheEndOfItsSpan() {
		long end = START + (1L << 59);
		assertThat(this.window.isOutdated(end)).isFalse();
		assertThat(this.window.isOutdated(end + 1)).isTrue();
		assertThat(this.window.take(end, end, 2)).isEqualTo(Tokens.REWRITE);
		assertThat(this.window.take(end + 1, end + 1, 2)).isEqualTo(Tokens.SUCCEED);
	}

	private void take(long... times) {
		for (long time : times) {
			assertThat(take(time)).isZero();
		}
	}

	/** As a limiter does. */
	private long take(long now) {
		long wait = this.window.take(now, now, 1);
		while (wait == Tokens.SUCCEED) {
			this.window.freeze();
			this.window = this.window.successor(this.window.spec, now);
			wait = this.window.take(now, now, 1);
		}
		return wait;
	}

	private void change(long now, int limit, long per) {
		this.window.freeze();
		this.window = this.window.successor(spec(limit, per), now);
	}

	/** The times at which there is one more. */
	private void assertComeBack(long now, long... times) {
		long has = this.window.available(now);
		assertThat(has).isEqualTo(this.window.spec.capacity() - times.length);
		List<Long> comeBack = new ArrayList<>();
		for (long time = now; comeBack.size() < times.length && time < now + 100_000; time++) {
			long there = this.window.available(time);
			for (; has < there; has++) {
				comeBack.add(time);
			}
		}
		assertThat(comeBack).containsExactlyElementsOf(Arrays.stream(times).boxed().toList());
	}

	/** All that was let in. */
	private static final class Definition {

		private final List<Long> times = new ArrayList<>();

		private final int limit;

		private final long per;

		private long granted;

		Definition(int limit, long per) {
			this.limit = limit;
			this.per = per;
		}

		long take(long now) {
			long missing = free(this.times) - now;
			if (missing <= 0) {
				this.times.add(Math.max(now, last(1)));
				this.granted++;
			}
			return Math.max(0, missing);
		}

		long expected(long arrived, long firstArrived, int ahead) {
			List<Long> copy = new ArrayList<>(this.times);
			for (int i = 0; i <= ahead; i++) {
				copy.add(Math.max(firstArrived, free(copy)));
			}
			return Math.max(1, copy.get(copy.size() - 1) - arrived);
		}

		long available(long now) {
			return this.limit - this.times.stream().filter((time) -> time > now - this.per).count();
		}

		/** A clock that is read late must not bring back what counts no more. */
		void forget(long now) {
			this.times.removeIf((time) -> time <= now - this.per);
		}

		/** Take the first one out that was at that time or later. */
		void remove(long stamp) {
			int index = 0;
			while (index < this.times.size() && this.times.get(index) < stamp) {
				index++;
			}
			if (index < this.times.size()) {
				this.times.remove(index);
			}
		}

		private long free(List<Long> times) {
			return (times.size() < this.limit) ? Long.MIN_VALUE / 2 : times.get(times.size() - this.limit) + this.per;
		}

		private long last(int back) {
			return (this.times.size() < back) ? Long.MIN_VALUE / 2 : this.times.get(this.times.size() - back);
		}

	}

}
