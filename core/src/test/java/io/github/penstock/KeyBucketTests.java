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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KeyBucket}: when it is of no use any more, and what takes its place.
 */
class KeyBucketTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final ManualTime time = new ManualTime(Duration.ofDays(100).toNanos());

	private final KeyRate rate = rate(10, 10);

	private final KeyBucket bucket = new KeyBucket(this.rate);

	private KeyRate rate(int perSecond, long burst) {
		RateLimiterSpec spec = RateLimiterSpec.of(perSecond).withBurst(burst);
		return new KeyRate(spec, Tokens.full(spec, now()));
	}

	private long now() {
		return this.time.nanoTime();
	}

	@Test // K2
	void bucketIsKeptUntilItIsFullAndThenGivesNothingAnyMore() {
		assertThat(this.bucket.take(this.time, 10)).isEqualTo(KeyBucket.TAKEN);
		this.time.advance(SECOND.minusNanos(1));
		assertThat(this.bucket.retire(now())).isFalse();
		assertThat(this.bucket.isFrozen()).isFalse();
		this.time.advanceNanos(1);
		assertThat(this.bucket.retire(now())).isTrue();
		assertThat(this.bucket.isFrozen()).isTrue();
		assertThat(this.bucket.take(this.time, 1)).isEqualTo(KeyBucket.OUTDATED);
		assertThat(this.bucket.retire(now())).isTrue();
	}

	@Test // K2
	void bucketOfWhichNothingWasTakenIsOfNoUseAtOnce() {
		assertThat(this.bucket.retire(now())).isTrue();
		assertThat(this.bucket.isFrozen()).isTrue();
	}

	@Test // T1, K2
	void bucketIsKeptUntilWhatWasTakenByAnyOfItsPlansIsThereAgain() {
		this.bucket.take(this.time, 10);
		long fullAgain = now() + SECOND.toNanos();
		this.bucket.freeze();
		KeyBucket quick = this.bucket.successor(rate(1_000, 1), now());
		assertThat(quick.keptUntil()).isEqualTo(fullAgain);
		this.time.advance(SECOND.dividedBy(2));
		quick.freeze();
		KeyBucket last = quick.successor(rate(1_000, 2), now());
		assertThat(last.keptUntil()).isEqualTo(fullAgain);
		this.time.advance(SECOND.dividedBy(4));
		assertThat(last.available(now())).isEqualTo(2);
		assertThat(last.retire(now())).isFalse();
		this.time.advance(SECOND.dividedBy(4));
		assertThat(last.retire(now())).isTrue();
	}

	@Test // T3
	void waitIsCountedFromNow() {
		this.time.advance(SECOND.multipliedBy(5));
		this.bucket.take(this.time, 10);
		assertThat(this.bucket.wait(now(), 2L)).isEqualTo(Duration.ofMillis(200).toNanos());
		this.time.advance(Duration.ofMillis(50));
		assertThat(this.bucket.wait(now(), 2L)).isEqualTo(Duration.ofMillis(150).toNanos());
	}

	@Test // K2
	void bucketOfABurstThatHasGrownIsOfNoUseWhileItHasWhatAnUnknownOneHas() {
		KeyRate grown = this.rate.successor(this.rate.spec.withBurst(20), now());
		KeyBucket unknown = new KeyBucket(grown);
		assertThat(unknown.available(now())).isEqualTo(10);
		assertThat(unknown.take(this.time, 1)).isEqualTo(KeyBucket.TAKEN);
		assertThat(unknown.retire(now())).isFalse();
		assertThat(new KeyBucket(grown).retire(now())).isTrue();
	}

	@Test // T5
	void bucketThatOwesForYearsGoesOnWhenItsClockEnds() {
		KeyRate three = rate(3, 10);
		KeyBucket owing = new KeyBucket(three);
		Duration quarter = Duration.ofDays(91);
		long ofQuarter = 3 * quarter.toSeconds();
		assertThat(owing.charge(this.time, 10 * ofQuarter)).isTrue();
		assertThat(owing.debt(now())).isEqualTo(10 * ofQuarter - 10);
		this.time.advance(quarter.multipliedBy(8));
		assertThat(owing.take(this.time, 1)).isEqualTo(KeyBucket.OUTDATED);
		owing.freeze();
		KeyRate next = three.successor(three.spec, now());
		three.next = next;
		KeyBucket successor = owing.successor(next, now());
		assertThat(successor.debt(now())).isEqualTo(2 * ofQuarter - 10);
		this.time.advance(quarter.multipliedBy(2));
		assertThat(successor.available(now())).isEqualTo(10);
	}

	@Test // K1, T1
	void eachOfTheRatesThatCameMeanwhileHasItsSay() {
		this.bucket.take(this.time, 10);
		this.bucket.freeze();
		KeyRate slow = this.rate.successor(RateLimiterSpec.of(1).withBurst(10L), now());
		this.rate.next = slow;
		this.time.advance(Duration.ofSeconds(5));
		KeyRate quick = slow.successor(RateLimiterSpec.of(10), now());
		slow.next = quick;
		assertThat(this.bucket.successor(quick, now()).available(now())).isEqualTo(5);
		assertThat(this.bucket.successor(slow, now()).available(now())).isEqualTo(5);
	}

}
