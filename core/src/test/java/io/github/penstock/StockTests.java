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
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Stock}: what a store has lent is used once, in its time, or goes back
 * for what it is worth (D1, T1, W2).
 */
class StockTests {

	private static final long NOW = -1_234_567_890;

	private static final long MILLI = 1_000_000;

	private static final long SECOND = 1_000 * MILLI;

	/** A token each 100 ms, and room for ten. */
	private static final RateLimiterSpec TEN = RateLimiterSpec.of(10).withSharing(Sharing.DEFAULT);

	/** Three tokens in a second, which is no whole number of nanoseconds for one. */
	private static final RateLimiterSpec THREE = RateLimiterSpec.of(3).withSharing(Sharing.DEFAULT);

	private final Stock stock = new Stock(TEN, 0);

	/** Tokens that are good in so many milliseconds, of the reply with that number. */
	private static Stock.Lot lot(long tokens, long millis, long serial) {
		return new Stock.Lot(NOW + millis * MILLI, tokens, NOW + SECOND + serial, serial, null);
	}

	private void add(Stock.Lot... lots) {
		assertThat(this.stock.add(List.of(lots))).isTrue();
	}

	private List<Stock.Lot> takeSurplus(long needed) {
		return this.stock.takeSurplus(needed, NOW);
	}

	private long takeAt(long millis, long tokens) {
		long now = NOW + millis * MILLI;
		return this.stock.take(now, now, tokens);
	}

	@Test // T1
	void tokensAreTakenFromWhenTheyAreGood() {
		add(lot(2, 0, 1), lot(1, 100, 1));
		assertThat(takeAt(0, 2)).isZero();
		assertThat(takeAt(0, 1)).isEqualTo(100 * MILLI);
		assertThat(takeAt(100, 1)).isZero();
		assertThat(this.stock.lent()).isZero();
		assertThat(this.stock.granted()).isEqualTo(2);
	}

	@Test // W1
	void moreThanTheBurstIsNeverThere() {
		add(lot(20, 0, 1));
		assertThat(takeAt(0, 11)).isEqualTo(Tokens.NEVER);
		assertThat(this.stock.expected(NOW, NOW, 0, 11)).isEqualTo(Tokens.NEVER);
		assertThat(takeAt(0, 10)).isZero();
	}

	@Test // D1
	void whatIsUsedDoesNotGoBack() {
		add(lot(3, 0, 1));
		takeAt(0, 1);
		assertThat(takeSurplus(0)).containsExactly(lot(2, 0, 1));
		assertThat(this.stock.lent()).isZero();
	}

	@Test // D1
	void whatIsNotNeededGoesBackTheLastFirst() {
		add(lot(2, 0, 1), lot(2, 100, 2), lot(3, 200, 3));
		assertThat(takeSurplus(7)).isEmpty();
		assertThat(takeSurplus(2)).containsExactly(lot(3, 200, 3), lot(2, 100, 2));
		assertThat(this.stock.lent()).isEqualTo(2);
		assertThat(takeSurplus(1)).containsExactly(lot(1, 0, 1));
	}

	@Test // D1
	void ofTokensThatAreGoodAtOneMomentTheFirstAreUsedFirst() {
		add(lot(1, 0, 1));
		add(lot(1, 0, 2));
		takeAt(0, 1);
		assertThat(takeSurplus(0)).containsExactly(lot(1, 0, 2));
	}

	@Test // W2
	void whatComesBackIsWorthAsMuchAsWhenItWasTaken() {
		assertThat(this.stock.latestStamp()).isZero();
		assertThat(this.stock.stampOf(NOW, 1)).isEqualTo(NOW);
		add(lot(1, 0, 1), lot(1, 0, 2));
		assertThat(this.stock.stampOf(NOW, 1)).isEqualTo(NOW + SECOND + 1);
		takeAt(0, 1);
		assertThat(this.stock.latestStamp()).isEqualTo(NOW + SECOND + 1);
		assertThat(this.stock.stamp(NOW)).isEqualTo(NOW + SECOND + 1);
		assertThat(this.stock.untake(NOW, NOW + SECOND + 1, 1)).isTrue();
		assertThat(this.stock.takeSurplus(1, NOW + 1)).containsExactly(lot(1, 0, 2));
		assertThat(this.stock.takeSurplus(0, NOW + 1)).singleElement()
			.satisfies((lot) -> assertThat(lot.fullAt()).isEqualTo(NOW + SECOND + 1));
	}

	@Test // M1, T5
	void whatWasPutBackStaysForAMoment() {
		add(lot(1, 0, 1));
		assertThat(this.stock.firstPutBack()).isNull();
		// The clock wraps in between.
		long first = Long.MAX_VALUE - 1;
		long second = Long.MIN_VALUE + 2;
		this.stock.untake(first, NOW + SECOND, 1);
		this.stock.untake(second, NOW + SECOND, 2);
		assertThat(this.stock.firstPutBack()).isEqualTo(first);
		assertThat(this.stock.takeSurplus(0, first - 1)).containsExactly(lot(1, 0, 1));
		assertThat(this.stock.takeSurplus(0, first)).hasSize(1);
		assertThat(this.stock.firstPutBack()).isEqualTo(second);
		assertThat(this.stock.lent()).isEqualTo(2);
	}

	@Test
	void whatIsFrozenTakesNothingInAndGivesNothing() {
		add(lot(1, 0, 1));
		this.stock.freeze();
		assertThat(this.stock.isFrozen()).isTrue();
		assertThat(takeAt(0, 1)).isEqualTo(Tokens.SUCCEED);
		assertThat(this.stock.charge(NOW, 1)).isEqualTo(Tokens.SUCCEED);
		assertThat(this.stock.refund(NOW, 1)).isFalse();
		assertThat(this.stock.untake(NOW, NOW, 1)).isFalse();
		assertThat(this.stock.add(List.of(lot(1, 0, 2)))).isFalse();
		assertThat(this.stock.add(List.of(lot(1, 0, 2)), THREE, NOW)).isFalse();
		assertThat(takeSurplus(0)).isEmpty();
		Stock successor = (Stock) this.stock.successor(TEN, NOW);
		assertThat(successor.takeCharged()).isZero();
		assertThat(successor.take(NOW, NOW, 1)).isZero();
		assertThat(successor.take(NOW, NOW, 1)).isPositive();
		assertThat(successor.granted()).isOne();
	}

	@Test // W2
	void whatIsChargedAndPutBackIsToldOnce() {
		assertThat(this.stock.charge(NOW, 15)).isZero();
		assertThat(this.stock.refund(NOW, 3)).isTrue();
		assertThat(this.stock.takeCharged()).isEqualTo(12);
		assertThat(this.stock.takeCharged()).isZero();
		this.stock.refund(NOW, 100);
		assertThat(this.stock.takeCharged()).isEqualTo(-10);
	}

	@Test // W2, S3
	void aDebtThatIsBeyondAllMeasureIsAnError() {
		long most = TokenBucket.Scale.MOST / 4 / TokenBucket.Scale.of(TEN.limit(), TEN.per(), 10).cost();
		assertThatIllegalArgumentException().isThrownBy(() -> this.stock.charge(NOW, most + 1))
			.withMessageContaining("10 per 1s");
		assertThat(this.stock.charge(NOW, most)).isZero();
		assertThat(this.stock.charge(NOW, 1)).isZero();
		assertThatIllegalArgumentException().isThrownBy(() -> this.stock.charge(NOW, 1));
	}

	@Test // T6
	void whatIsThereGoesByWhenTheBucketIsFull() {
		assertThat(this.stock.available(NOW)).isEqualTo(10);
		assertThat(this.stock.debt(NOW)).isZero();
		this.stock.know(NOW + SECOND / 2, NOW);
		assertThat(this.stock.available(NOW)).isEqualTo(5);
		assertThat(this.stock.available(NOW + 1)).isEqualTo(5);
		assertThat(this.stock.available(NOW - 1)).isEqualTo(4);
		assertThat(this.stock.debt(NOW)).isZero();
		this.stock.know(NOW + 3 * SECOND / 2, NOW);
		assertThat(this.stock.available(NOW)).isZero();
		assertThat(this.stock.debt(NOW)).isEqualTo(5);
		assertThat(this.stock.available(NOW + 2 * SECOND)).isEqualTo(10);
	}

	@Test // T6
	void whatIsThereIsRightWhereATokenTakesNoWholeNumberOfNanoseconds() {
		Stock three = new Stock(THREE, 0);
		assertThat(three.nanosOf(1)).isEqualTo(333_333_333);
		assertThat(three.nanosOf(2)).isEqualTo(666_666_666);
		three.know(NOW + 333_333_333, NOW);
		assertThat(three.available(NOW)).isEqualTo(2);
		three.know(NOW + 333_333_334, NOW);
		assertThat(three.available(NOW)).isOne();
		assertThat(three.expected(NOW, NOW, 0, 3)).isEqualTo(333_333_334);
		assertThat(three.expected(NOW, NOW, 0, 2)).isOne();
		three.know(NOW + 5 * SECOND, NOW);
		assertThat(three.debt(NOW)).isEqualTo(12);
	}

	@Test // T4
	void whoStandsBehindOthersGetsWhatTheyLeave() {
		add(lot(1, 0, 1), lot(2, 100, 1));
		this.stock.know(NOW + SECOND, NOW);
		assertThat(this.stock.expected(NOW, NOW, 0, 1)).isOne();
		assertThat(this.stock.expected(NOW, NOW, 1, 1)).isEqualTo(100 * MILLI);
		assertThat(this.stock.expected(NOW, NOW, 1, 2)).isEqualTo(100 * MILLI);
		// The bucket has none, and the next one in 100 ms.
		this.stock.know(NOW + 3 * SECOND, NOW);
		assertThat(this.stock.expected(NOW, NOW, 2, 2)).isEqualTo(2_200 * MILLI);
	}

	@Test // D2
	void aRefusalIsKnownWhileTheBucketCannotHaveTheTokens() {
		assertThat(this.stock.isTooLong(NOW, 1, 0)).isFalse();
		this.stock.know(NOW + SECOND, NOW);
		assertThat(this.stock.isTooLong(NOW, 1, 0)).isTrue();
		assertThat(this.stock.isTooLong(NOW, 1, 100 * MILLI)).isFalse();
		assertThat(this.stock.isTooLong(NOW, 1, 100 * MILLI - 1)).isTrue();
		assertThat(this.stock.isTooLong(NOW + 100 * MILLI, 1, 0)).isFalse();
		assertThat(this.stock.isTooLong(NOW, 10, SECOND - 1)).isTrue();
		assertThat(this.stock.isTooLong(NOW, 11, 0)).isFalse();
		this.stock.know(NOW + 60 * SECOND, NOW);
		assertThat(this.stock.isTooLong(NOW + SECOND - 1, 1, 0)).isTrue();
		assertThat(this.stock.isTooLong(NOW + SECOND, 1, 0)).isFalse();
		add(lot(1, 100, 1));
		assertThat(this.stock.isTooLong(NOW, 1, 0)).isFalse();
	}

	@Test // K2
	void aKeyIsForgottenIfNothingOfItIsHere() {
		Stock untouched = new Stock(TEN, 0);
		assertThat(this.stock.isUntouched(untouched, NOW)).isTrue();
		assertThat(this.stock.isUntouched(new TokenBucket(RateLimiterSpec.of(10), NOW), NOW)).isFalse();
		assertThat(this.stock.isOutdated(NOW + Long.MAX_VALUE / 2)).isFalse();
		this.stock.charge(NOW, 1);
		assertThat(this.stock.isUntouched(untouched, NOW)).isFalse();
		this.stock.takeCharged();
		add(lot(1, 0, 1));
		assertThat(this.stock.isUntouched(untouched, NOW)).isFalse();
		takeAt(0, 1);
		assertThat(this.stock.isUntouched(untouched, NOW)).isTrue();
		this.stock.know(NOW + SECOND, NOW);
		assertThat(this.stock.isUntouched(untouched, NOW)).isFalse();
		assertThat(this.stock.isUntouched(untouched, NOW + SECOND)).isTrue();
		this.stock.add(List.of(lot(1, 100, 1)), THREE, NOW);
		assertThat(this.stock.isUntouched(untouched, NOW + SECOND)).isFalse();
	}

	@Test // T4, D6
	void tokensOfAnotherRateAreUsedIfTheyAreGoodAndGoBackIfNot() {
		RateLimiterSpec faster = TEN.withRate(20).withBurst(40);
		Stock after = new Stock(faster, 0);
		// Five of ten will be missing: of forty those and thirty more, at twice the rate.
		Stock.Lot good = new Stock.Lot(NOW, 1, NOW + SECOND / 2, 1, null);
		Stock.Lot later = new Stock.Lot(NOW + 1, 2, NOW + SECOND / 2, 2, null);
		assertThat(after.add(List.of(good, later), TEN, NOW)).isTrue();
		assertThat(after.lent()).isOne();
		assertThat(after.takeSurplus(1, NOW)).containsExactly(later.fullAt(NOW + 1_750 * MILLI));
		assertThat(after.stampOf(NOW, 1)).isEqualTo(NOW + 1_750 * MILLI);
		assertThat(after.take(NOW, NOW, 1)).isZero();
	}

	@Test // T4, D6
	void aChangeOfTheRateKeepsWhatIsGoodAndBringsBackTheRest() {
		Stock.Lot good = new Stock.Lot(NOW, 1, NOW + SECOND, 1, null);
		add(good, lot(2, 100, 2), lot(3, 200, 3));
		this.stock.know(NOW + SECOND, NOW);
		this.stock.freeze();
		Stock after = (Stock) this.stock.successor(TEN.withRate(1).withBurst(10), NOW);
		assertThat(after.lent()).isOne();
		assertThat(after.takeSurplus(1, NOW)).extracting(Stock.Lot::tokens).containsExactly(3L, 2L);
		assertThat(after.takeSurplus(0, NOW)).containsExactly(good.fullAt(NOW + 10 * SECOND));
		// The new rate is the store's to tell of.
		assertThat(after.available(NOW)).isEqualTo(10);
	}

	@Test // D5
	void inAnOutageAnInstanceBeginsWithItsShareAndWhatItWasLent() {
		RateLimiterSpec share = RateLimiterSpec.of(5);
		add(lot(1, 0, 1));
		this.stock.know(NOW + SECOND / 5, NOW);
		this.stock.freeze();
		// Half of the eight that are there, and the one that was lent.
		assertThat(this.stock.successor(share, NOW).available(NOW)).isEqualTo(5);
		this.stock.know(NOW + SECOND / 2, NOW);
		assertThat(this.stock.successor(share, NOW).available(NOW)).isEqualTo(3);
		assertThat(this.stock.successor(share, NOW).debt(NOW)).isZero();
	}

	@Test // D5, W2
	void inAnOutageWhatWasChargedIsChargedHere() {
		RateLimiterSpec share = RateLimiterSpec.of(5);
		this.stock.charge(NOW, 3);
		this.stock.freeze();
		assertThat(this.stock.successor(share, NOW).available(NOW)).isEqualTo(2);
		// Whoever makes the one that counts.
		assertThat(this.stock.successor(share, NOW).available(NOW)).isEqualTo(2);
		assertThat(this.stock.takeCharged()).isZero();
	}

	@Test // D2
	void aChangeOfSomethingElseForgetsNothing() {
		add(lot(1, 100, 1));
		this.stock.know(NOW + SECOND, NOW);
		this.stock.freeze();
		Stock after = (Stock) this.stock.successor(TEN.withTimeout(Duration.ZERO), NOW);
		assertThat(after.takeSurplus(1, NOW)).isEmpty();
		assertThat(after.takeSurplus(0, NOW)).containsExactly(lot(1, 100, 1));
		assertThat(after.isTooLong(NOW, 1, 0)).isTrue();
		assertThat(after.available(NOW)).isZero();
	}

}
