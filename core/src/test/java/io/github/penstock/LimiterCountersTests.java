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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LimiterCounters}: for how many of the calls a limit holds that is not
 * enforced for all.
 */
class LimiterCountersTests {

	private final LimiterCounters counters = new LimiterCounters();

	@ParameterizedTest // O1
	@ValueSource(ints = { 0, 1, 25, 33, 99, 100 })
	void limitHoldsForThePartThatIsEnforcedEvenlySpread(int percent) {
		int held = 0;
		for (int call = 1; call <= 250; call++) {
			held += this.counters.isEnforced(percent) ? 1 : 0;
			assertThat(held).as("after %s calls", call).isEqualTo(call * percent / 100);
		}
	}

	@Test // O1
	void quarterOfThoseWhoWouldBeRefusedIsRefused() {
		TokenBucketLimiter limiter = new TokenBucketLimiter("api", RateLimiterSpec.of(1).withEnforce(25),
				new ManualTime());
		assertThat(limiter.tryAcquire()).isTrue();
		int refused = 0;
		for (int call = 0; call < 100; call++) {
			refused += limiter.tryAcquire() ? 0 : 1;
		}
		assertThat(refused).isEqualTo(25);
		assertThat(limiter.stats().refusedTotal()).isEqualTo(25);
		assertThat(limiter.stats().wouldRefuse()).isEqualTo(75);
	}

}
