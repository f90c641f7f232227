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
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TokenBucket}, compared with one that is written down as it is defined.
 */
class TokenBucketTests {

	private static final long START = 1_000_000;

	@ParameterizedTest
	@CsvSource({ "1, 10, 1", "1, 10, 4", "3, 10, 4", "7, 100, 3", "7, 24, 9", "10, 7000, 12", "3, 1000000000, 2" })
	void bucketIsTheOneOfTheDefinition(long limit, long per, long burst) {
		Random random = new Random(limit * per + burst);
		Tokens bucket = new TokenBucket(spec(limit, per, burst), START);
		Definition definition = new Definition(limit, per, burst);
		List<Long> stamps = new ArrayList<>();
		long now = START;
		for (int i = 0; i < 400; i++) {
			now += random.nextLong(per) * random.nextInt(3) / limit;
			long arrived = now - random.nextInt(3) * (per / limit);
			int ahead = random.nextInt(5);
			assertThat(bucket.expected(arrived, now, ahead, 1)).isEqualTo(definition.expected(arrived, now, ahead));
			assertThat(bucket.available(now)).isEqualTo(definition.available(now));
			long wait = bucket.take(now, arrived, 1);
			assertThat(wait).as("call %s", i).isEqualTo(definition.take(now, arrived));
			if (wait == 0) {
				stamps.add(bucket.stamp(now));
				assertThat(bucket.stamp(now)).isEqualTo(definition.stamp());
			}
			if (random.nextInt(8) == 0 && !stamps.isEmpty()) {
				long stamp = stamps.remove(random.nextInt(stamps.size()));
				assertThat(bucket.untake(now, stamp, 1)).isTrue();
				definition.untake(now, stamp);
			}
			if (random.nextInt(10) == 0) {
				bucket.freeze();
				assertThat(bucket.take(now, now, 1)).isEqualTo(Tokens.SUCCEED);
				bucket = bucket.successor(bucket.spec, now);
			}
			assertThat(bucket.granted()).isEqualTo(definition.granted);
		}
	}

	@Test
	void bucketThatIsReadLateOrLongIdleHasNoMoreThanItHolds() {
		TokenBucket bucket = new TokenBucket(spec(1, 10, 3), START);
		long span = TokenBucket.Scale.MOST_ELAPSED;
		assertThat(bucket.available(START - 100)).isZero();
		assertThat(bucket.available(START + 2 * span)).isEqualTo(3);
		assertThat(bucket.available(START + 2 * span + 1)).isEqualTo(3);
		assertThat(bucket.take(START + span + 1, START, 1)).isEqualTo(Tokens.SUCCEED);
		assertThat(bucket.take(START + span, START + span, 1)).isZero();
		assertThat(bucket.available(START + span)).isEqualTo(2);
		assertThat(bucket.available(START)).isZero();
	}

	@Test
	void expectedWhenItIsBeyondAllTimeIsNever() {
		TokenBucket bucket = new TokenBucket(spec(1, Duration.ofDays(365).toNanos(), 1), START);
		long most = Long.MAX_VALUE / 4 / Duration.ofDays(365).toNanos();
		assertThat(bucket.expected(START, START, (int) most, 1)).isEqualTo(Long.MAX_VALUE);
		assertThat(bucket.expected(START, START, (int) most - 1, 1))
			.isEqualTo((most - 1) * Duration.ofDays(365).toNanos());
	}

	@Test
	void successorAfterLongIdlingIsFull() {
		TokenBucket bucket = new TokenBucket(spec(3, 10, 3), START);
		for (int i = 0; i < 3; i++) {
			assertThat(bucket.take(START, START, 1)).isZero();
		}
		long span = TokenBucket.Scale.MOST_ELAPSED / 3;
		for (long elapsed : new long[] { 10, span, 2 * span - 1, 2 * span, 2 * span + 1, 4 * span,
				Long.MAX_VALUE / 2 }) {
			bucket.freeze();
			Tokens successor = bucket.successor(bucket.spec, START + elapsed);
			assertThat(successor.available(START + elapsed)).as("after %s", elapsed).isEqualTo(3);
			assertThat(successor.take(START + elapsed, START, 1)).isZero();
			assertThat(successor.granted()).isEqualTo(4);
		}
	}

	@Test
	void successorOfAnotherRateHasTheTokensAndCountsFromItsOwnTime() {
		Tokens bucket = new TokenBucket(spec(1, 10, 5), START);
		for (int i = 0; i < 4; i++) {
			assertThat(bucket.take(START, START, 1)).isZero();
		}
		bucket.freeze();
		Tokens successor = bucket.successor(spec(1, 100, 8), START + 25);
		// One was left and two and a half came.
		assertThat(successor.available(START + 25)).isEqualTo(3);
		assertThat(successor.available(START + 74)).isEqualTo(3);
		assertThat(successor.available(START + 75)).isEqualTo(4);
		assertThat(successor.granted()).isEqualTo(4);
		assertThat(successor.take(START + 75, START + 75, 1)).isZero();
		assertThat(successor.granted()).isEqualTo(5);
	}

	@Test
	void tokenThatComesBackGoesIntoTheSuccessor() {
		Tokens bucket = new TokenBucket(spec(1, 10, 2), START);
		bucket.take(START, START, 1);
		bucket.take(START, START, 1);
		long stamp = bucket.stamp(START);
		bucket.freeze();
		assertThat(bucket.untake(START + 5, stamp, 1)).isFalse();
		assertThat(bucket.successor(bucket.spec, START + 5).available(START + 5)).isZero();
		Tokens successor = bucket.successorWithout(START + 5, stamp, 1);
		assertThat(successor.available(START + 5)).isOne();
		assertThat(successor.available(START + 15)).isEqualTo(2);
	}

	@Test
	void grantsOfABucketCountInTheWindowAsLateAsTheyCanHaveBeen() {
		Tokens bucket = new TokenBucket(spec(3, 100, 4), START);
		for (int i = 0; i < 4; i++) {
			assertThat(bucket.take(START, START, 1)).isZero();
		}
		bucket.freeze();
		Tokens window = bucket.successor(RateLimiterSpec.of(4, Duration.ofNanos(100)).withSliding(true), START + 50);
		assertThat(window.granted()).isEqualTo(4);
		// It will be full 134 after the start: they were 1, 34, 67 and 101 after it at
		// the
		// latest, and not later than now.
		List<Long> comesBack = new ArrayList<>();
		for (long at = 0, had = 0; had < 4; at++) {
			long has = window.available(START + 50 + at);
			for (; had < has; had++) {
				comesBack.add(at);
			}
		}
		assertThat(comesBack).containsExactly(51L, 84L, 100L, 100L);
	}

	@Test
	void grantsOfBeforeTheRateChangedWereBeforeThat() {
		Tokens bucket = new TokenBucket(spec(1, 10, 3), START);
		for (int i = 0; i < 3; i++) {
			assertThat(bucket.take(START, START, 1)).isZero();
		}
		bucket.freeze();
		bucket = bucket.successor(spec(1, 20, 3), START + 10);
		assertThat(bucket.take(START + 10, START + 10, 1)).isZero();
		bucket.freeze();
		Tokens window = bucket.successor(RateLimiterSpec.of(4, Duration.ofNanos(100)).withSliding(true), START + 40);
		assertThat(window.available(START + 40)).isZero();
		assertThat(window.available(START + 109)).isZero();
		assertThat(window.available(START + 110)).isEqualTo(3);
	}

	@Test
	void tokensThatWereChargedCountInTheWindowAsFarAsTheyAreMissing() {
		for (long at : new long[] { 0, 5, 10, 29, 30 }) {
			Tokens bucket = new TokenBucket(spec(1, 10, 5), START);
			bucket.charge(START, 3);
			bucket.freeze();
			Tokens window = bucket.successor(RateLimiterSpec.of(5, Duration.ofNanos(100)).withSliding(true),
					START + at);
			// A part of a token is one that is missing.
			assertThat(window.available(START + at)).as("at %s", at).isEqualTo(2 + at / 10);
		}
	}

	@Test
	void windowThatOwesBecomesABucketThatOwes() {
		TokenBucket bucket = TokenBucket.after(spec(1, 10, 5), START, -3, 8);
		assertThat(bucket.debt(START)).isEqualTo(3);
		assertThat(bucket.granted()).isEqualTo(8);
		assertThat(bucket.available(START + 39)).isZero();
		assertThat(bucket.available(START + 40)).isOne();
		TokenBucket most = TokenBucket.after(spec(1, 10, 5), START, Long.MIN_VALUE / 2, 8);
		assertThat(most.debt(START)).isEqualTo((TokenBucket.Scale.MOST - 50) / 10);
	}

	@Test
	void partOfATokenIsOwedAsAWholeOne() {
		TokenBucket bucket = new TokenBucket(spec(1, 10, 1), START);
		assertThat(bucket.charge(START, 3)).isZero();
		assertThat(bucket.debt(START)).isEqualTo(2);
		assertThat(bucket.debt(START + 1)).isEqualTo(2);
		assertThat(bucket.debt(START + 10)).isOne();
		assertThat(bucket.debt(START + 19)).isOne();
		assertThat(bucket.debt(START + 20)).isZero();
	}

	@Test
	void bucketOwesAsMuchAsItCanCount() {
		TokenBucket bucket = new TokenBucket(spec(1, 1, 1), START);
		assertThatIllegalArgumentException().isThrownBy(() -> bucket.charge(START, TokenBucket.Scale.MOST + 1))
			.withMessageContaining("more than it can count");
		assertThat(bucket.charge(START, TokenBucket.Scale.MOST)).isZero();
		assertThat(bucket.debt(START)).isEqualTo(TokenBucket.Scale.MOST - 1);
		assertThatIllegalArgumentException().isThrownBy(() -> bucket.charge(START, 1));
	}

	@Test
	void bucketCountsToTheEndOfItsSpan() {
		TokenBucket bucket = new TokenBucket(spec(1, 10, 3), START);
		long end = START + TokenBucket.Scale.MOST_ELAPSED;
		assertThat(bucket.isOutdated(end)).isFalse();
		assertThat(bucket.isOutdated(end + 1)).isTrue();
		assertThat(bucket.less(bucket.word, end, 1)).isNotEqualTo(Tokens.SUCCEED);
		assertThat(bucket.less(bucket.word, end + 1, 1)).isEqualTo(Tokens.SUCCEED);
		assertThat(bucket.charge(end + 1, 1)).isEqualTo(Tokens.SUCCEED);
		assertThat(bucket.charge(end, 1)).isZero();
		assertThat(bucket.available(end)).isEqualTo(2);
	}

	@Test
	void whatIsChargedOrComesBackAfterTheEndIsTheSuccessors() {
		TokenBucket bucket = new TokenBucket(spec(1, 10, 5), START);
		bucket.charge(START, 3);
		bucket.freeze();
		assertThat(bucket.charge(START, 1)).isEqualTo(Tokens.SUCCEED);
		assertThat(bucket.refund(START, 1)).isFalse();
		assertThat(bucket.available(START)).isEqualTo(2);
		assertThat(bucket.successorMore(START, 2).available(START)).isEqualTo(4);
		assertThat(bucket.successorLess(START, 2, false).available(START)).isZero();
		assertThat(bucket.successorLess(START, 3, false)).isNull();
		assertThat(bucket.successorLess(START, 3, true).debt(START)).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "3, 1000000000, 1, 3, 1000000000", "10, 1000000000, 5, 1, 100000000",
			"0.5, 1000000000, 2, 1, 2000000000", "2.50, 1000000000, 1, 1, 400000000", "1000, 1000003, 1, 1000, 1000003",
			// Of so many digits that the cost is rounded up.
			"1234567.891, 1000000000, 1, 67108864, 54358180291", "123456789.1, 1000000000, 1, 67108864, 543581803",
			"1000, 86400000000007, 1, 1000, 86400000000007", "1001, 86400000000007, 1, 204, 17607992007994" })
	void scaleHasAWholeNumberOfUnitsForATokenAndForANanosecond(String limit, long per, long burst, long units,
			long cost) {
		assertThat(TokenBucket.Scale.of(new BigDecimal(limit), Duration.ofNanos(per), burst))
			.isEqualTo(new TokenBucket.Scale(units, cost, cost * burst));
	}

	@Test
	void bucketThatIsTooLargeForItsRateIsRefused() {
		Duration year = Duration.ofDays(365);
		long most = (1L << 57) / year.toNanos();
		assertThat(TokenBucket.Scale.of(BigDecimal.ONE, year, most).unitsPerNano()).isOne();
		assertThatExceptionOfType(InvalidLimitException.class)
			.isThrownBy(() -> TokenBucket.Scale.of(BigDecimal.ONE, year, most + 1))
			.withMessageEndingWith("a bucket of that size takes over four years to fill at this rate");
		assertThatExceptionOfType(InvalidLimitException.class)
			.isThrownBy(() -> TokenBucket.Scale.of(new BigDecimal("9999999.9"), Duration.ofSeconds(1), 1L << 40))
			.withMessageEndingWith("a bucket of that size is too large for this rate to be kept exactly");
	}

	private static RateLimiterSpec spec(long limit, long per, long burst) {
		return new RateLimiterSpec(BigDecimal.valueOf(limit), Duration.ofNanos(per), burst, Duration.ofSeconds(30), 10);
	}

	/** A token is {@code per} long where a nanosecond is {@code limit}. */
	private static final class Definition {

		private final long limit;

		private final long per;

		private final long burst;

		private long fullAt;

		private long granted;

		Definition(long limit, long per, long burst) {
			this.limit = limit;
			this.per = per;
			this.burst = burst;
			this.fullAt = START * limit;
		}

		long take(long now, long arrived) {
			long from = Math.max(this.fullAt, arrived * this.limit);
			long missing = from + this.per - this.burst * this.per - now * this.limit;
			if (missing > 0) {
				return -Math.floorDiv(-missing, this.limit);
			}
			this.fullAt = from + this.per;
			this.granted++;
			return 0;
		}

		long expected(long arrived, long firstArrived, int ahead) {
			long from = Math.max(this.fullAt, firstArrived * this.limit);
			long due = from - this.burst * this.per + (ahead + 1) * this.per;
			return Math.max(1, -Math.floorDiv(-due, this.limit) - arrived);
		}

		long available(long now) {
			long missing = Math.max(0, this.fullAt - now * this.limit);
			return Math.max(0, this.burst * this.per - missing) / this.per;
		}

		long stamp() {
			return Math.floorDiv(this.fullAt, this.limit);
		}

		/** All of it, but for what would have run over since. */
		void untake(long now, long stamp) {
			long nanos = stamp - now;
			if (nanos > 0) {
				this.fullAt -= ((nanos + 1) * this.limit > this.per) ? this.per : nanos * this.limit;
			}
		}

	}

}
