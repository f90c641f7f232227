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
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LimitExceededException} and those that are made by hand.
 */
class RefusalTests {

	@Test
	void refusalOfABulkheadSaysWhatItWasMadeWith() {
		BulkheadFullException refusal = new BulkheadFullException("orders", RefusalReason.LINE_FULL,
				Duration.ofMillis(20), 3, 2, 1, Duration.ofSeconds(4));
		assertThat(refusal.name()).isEqualTo("orders");
		assertThat(refusal.reason()).isEqualTo(RefusalReason.LINE_FULL);
		assertThat(refusal.retryAfter()).isEqualTo(Duration.ofMillis(20));
		assertThat(refusal.limit()).isEqualTo(3);
		assertThat(refusal.inUse()).isEqualTo(2);
		assertThat(refusal.waiting()).isOne();
		assertThat(refusal.waited()).isEqualTo(Duration.ofSeconds(4));
		assertThat(refusal).hasMessage(
				"Bulkhead 'orders' is full and so is its line of waiters: limit=3, inUse=2, waiting=1, waited=4s");
	}

	@Test
	void refusalOfARateLimitSaysWhatItWasMadeWith() {
		RateLimitExceededException refusal = new RateLimitExceededException("api", RefusalReason.LINE_FULL,
				Duration.ofMillis(20), "3 per 1s", 5, 7, Duration.ofSeconds(4));
		assertThat(refusal.name()).isEqualTo("api");
		assertThat(refusal.reason()).isEqualTo(RefusalReason.LINE_FULL);
		assertThat(refusal.retryAfter()).isEqualTo(Duration.ofMillis(20));
		assertThat(refusal.rate()).isEqualTo("3 per 1s");
		assertThat(refusal.burst()).isEqualTo(5);
		assertThat(refusal.waiting()).isEqualTo(7);
		assertThat(refusal.waited()).isEqualTo(Duration.ofSeconds(4));
		assertThat(refusal).hasMessage("Rate limit 'api' has no token, and its line of waiters is full: rate=3 per 1s, "
				+ "burst=5, waiting=7, waited=4s, retryAfter=20ms");
	}

	@Test
	void refusalIsNoSlowerForItsStackTrace() {
		BulkheadFullException refusal = new BulkheadFullException("orders", RefusalReason.FULL, Duration.ZERO, 1, 1, 0,
				Duration.ZERO);
		assertThat(refusal.fillInStackTrace()).isSameAs(refusal);
		assertThat(refusal.getStackTrace()).isEmpty();
	}

	@Test
	void bulkheadThatIsFullExpectsAPermitAfterAsManyHoldsAsThereAreTurns() {
		LimiterCounters counters = new LimiterCounters();
		assertThat(counters.expectedWaitNanos(2, 5)).isZero();
		counters.held(100);
		counters.held(300);
		assertThat(counters.expectedWaitNanos(2, 5)).isEqualTo(600);
		assertThat(counters.expectedWaitNanos(0, 0)).isEqualTo(200);
		counters.held(Duration.ofHours(1).toNanos());
		assertThat(counters.expectedWaitNanos(1, 0)).isEqualTo(Duration.ofMinutes(1).toNanos());
	}

	@Test
	void invalidValueSaysWhatIsWrongWithIt() {
		assertThatExceptionOfType(InvalidLimitException.class).isThrownBy(() -> ConcurrencyLimiterSpec.of(-1))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo("it must be 0 (a closed gate) or more"));
	}

}
