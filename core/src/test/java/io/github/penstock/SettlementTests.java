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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Settlement}: a call pays once what it has cost.
 */
class SettlementTests {

	private final ManualTime time = new ManualTime();

	private final TokenBucketLimiter first = limiter("first");

	private final TokenBucketLimiter second = limiter("second");

	private final List<String> failures = new ArrayList<>();

	private final long[] actual = new long[2];

	private final Settlement settlement = settlement(this.second);

	private TokenBucketLimiter limiter(String name) {
		return new TokenBucketLimiter(name, RateLimiterSpec.of(10).withTimeout(Duration.ZERO), this.time);
	}

	private Settlement settlement(RateLimiter second) {
		return new Settlement(List.of(this.first, second), new long[] { 4, 4 }, (index, result, error) -> {
			if (this.actual[index] == Long.MIN_VALUE) {
				throw new IllegalStateException("unknown");
			}
			return this.actual[index];
		}, (index, failure) -> {
			this.failures.add(index + ": " + failure.getMessage());
			throw new IllegalStateException("thrown by a test");
		});
	}

	private void begin() {
		this.first.tryAcquire(4);
		this.second.tryAcquire(4);
		this.settlement.begin();
	}

	private void settle(long first, long second) {
		this.actual[0] = first;
		this.actual[1] = second;
		this.settlement.settle(null, null);
	}

	@Test // W2
	void whatWasTooMuchComesBackAndWhatWasTooLittleIsCharged() {
		begin();
		settle(1, 9);
		assertThat(this.first.available()).isEqualTo(9);
		assertThat(this.second.available()).isOne();
		settle(0, 10);
		assertThat(this.first.available()).isEqualTo(9);
		assertThat(this.second.available()).isOne();
	}

	@Test // W2
	void whatIsAsItWasOrUnknownStands() {
		begin();
		settle(4, CallLimits.Cost.UNKNOWN);
		assertThat(this.first.available()).isEqualTo(6);
		assertThat(this.second.available()).isEqualTo(6);
		assertThat(this.failures).isEmpty();
	}

	@Test // W2
	void whatCostsNothingComesBack() {
		begin();
		settle(0, 4);
		assertThat(this.first.available()).isEqualTo(10);
	}

	@Test // L05
	void whatHasRunOverSinceDoesNotComeBack() {
		begin();
		this.time.advance(Duration.ofSeconds(1));
		this.first.tryAcquire(10);
		settle(0, 4);
		assertThat(this.first.available()).isZero();
	}

	@Test // W2
	void nothingIsSettledBeforeTheTokensWereTaken() {
		this.first.tryAcquire(4);
		settle(0, 0);
		assertThat(this.first.available()).isEqualTo(6);
	}

	@Test // W2
	void aCostThatCannotBeToldIsHeardOfAndTheOtherIsSettled() {
		begin();
		settle(Long.MIN_VALUE, 5);
		assertThat(this.first.available()).isEqualTo(6);
		assertThat(this.second.available()).isEqualTo(5);
		assertThat(this.failures).containsExactly("0: unknown");
	}

	@Test // W2
	void eachOfTwoThatAreSettledTogetherHearsOfItsOwnFailures() {
		List<String> others = new ArrayList<>();
		Settlement other = new Settlement(List.of(this.second), new long[] { 4 }, (index, result, error) -> {
			throw new IllegalStateException("unknown as well");
		}, (index, failure) -> others.add(index + ": " + failure.getMessage()));
		Settlement both = this.settlement.and(other);
		both.begin();
		this.actual[0] = 4;
		this.actual[1] = Long.MIN_VALUE;
		both.settle(null, null);
		assertThat(this.failures).containsExactly("1: unknown");
		assertThat(others).containsExactly("0: unknown as well");
	}

	@Test // W2
	void aLimiterOfSomebodyElseGetsARefund() {
		RateLimiter several = RateLimiter.allOf(this.second, limiter("third"));
		Settlement settlement = settlement(several);
		several.tryAcquire(4);
		this.first.tryAcquire(4);
		settlement.begin();
		this.actual[0] = 4;
		this.actual[1] = 1;
		settlement.settle(null, null);
		assertThat(this.second.available()).isEqualTo(9);
	}

}
