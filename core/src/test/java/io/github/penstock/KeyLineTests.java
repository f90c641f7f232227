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

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KeyLine}: it is of use until nobody uses it and nothing would change.
 */
class KeyLineTests {

	private static final long NOW = Long.MAX_VALUE / 4 * 3;

	private final ManualTime time = new ManualTime(NOW);

	private final KeyLine<SemaphoreLimiter> line = new KeyLine<>(
			new SemaphoreLimiter("permits", ConcurrencyLimiterSpec.of(1), this.time), null);

	@Test // K2
	void lineThatIsUsedIsKeptAndOneThatIsForgottenIsOfNoUse() {
		assertThat(this.line.use()).isTrue();
		assertThat(this.line.use()).isTrue();
		this.line.leave();
		assertThat(this.line.retire(NOW)).isFalse();
		this.line.leave();
		assertThat(this.line.retire(NOW)).isTrue();
		assertThat(this.line.use()).isFalse();
		assertThat(this.line.retire(NOW)).isTrue();
	}

	@Test // T1, K2
	void lineIsKeptUntilWhatWasTakenByAnotherPlanCountsNoMore() {
		this.line.keepUntil(NOW + 5);
		this.line.keepUntil(NOW + 3);
		assertThat(this.line.retire(NOW + 4)).isFalse();
		assertThat(this.line.retire(NOW + 5)).isTrue();
	}

	@Test // K1
	void lineHasMovedWhenItWentFromOnePlanToAnother() {
		KeyRate rate = rate(10);
		KeyRate changed = rate.successor(RateLimiterSpec.of(20), NOW);
		this.line.rate(rate);
		assertThat(this.line.hasMoved()).isFalse();
		rate.next = changed;
		this.line.rate(changed);
		assertThat(this.line.hasMoved()).isFalse();
		this.line.rate(rate(30));
		assertThat(this.line.hasMoved()).isTrue();
		this.line.rate(changed);
		assertThat(this.line.rate()).isSameAs(changed);
		assertThat(this.line.hasMoved()).isTrue();
	}

	private static KeyRate rate(int perSecond) {
		RateLimiterSpec spec = RateLimiterSpec.of(perSecond);
		return new KeyRate(spec, Tokens.full(spec, NOW));
	}

}
