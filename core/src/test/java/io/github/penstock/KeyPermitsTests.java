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
 * Tests for {@link KeyPermits}: when they are of no use any more, and what takes their
 * place.
 */
class KeyPermitsTests {

	private final SemaphoreLimiter limiter = new SemaphoreLimiter("export", ConcurrencyLimiterSpec.of(1),
			new ManualTime());

	private final KeyPermits permits = new KeyPermits(LimiterNumbers.ofKey(this.limiter.number()),
			new KeyMax(this.limiter, null));

	@Test // K2
	void permitsAreKeptWhileOneIsOutAndThenGiveNoneAnyMore() {
		assertThat(this.permits.tryTake()).isEqualTo(KeyPermits.TAKEN);
		assertThat(this.permits.tryTake()).isEqualTo(KeyPermits.NOT_THERE);
		assertThat(this.permits.retire(0)).isFalse();
		assertThat(this.permits.isRetired()).isFalse();
		this.permits.giveBack();
		assertThat(this.permits.retire(0)).isTrue();
		assertThat(this.permits.isRetired()).isTrue();
		assertThat(this.permits.tryTake()).isEqualTo(KeyPermits.OUTDATED);
		assertThat(this.permits.takeBeyond()).isFalse();
		assertThat(this.permits.retire(0)).isTrue();
		assertThat(this.permits.replaceBy(line())).isNull();
	}

	@Test // O1
	void permitsBeyondTheLimitAreOutLikeOthers() {
		assertThat(this.permits.tryTake()).isEqualTo(KeyPermits.TAKEN);
		assertThat(this.permits.takeBeyond()).isTrue();
		assertThat(this.permits.inUse()).isEqualTo(2);
		assertThat(this.permits.granted()).isEqualTo(2);
		assertThat(this.permits.available(0)).isZero();
	}

	@Test // P1, P2
	void permitsThatAreOutWhenALineTakesTheirPlaceComeBackToIt() {
		this.permits.tryTake();
		KeyLine<SemaphoreLimiter> line = line();
		assertThat(this.permits.replaceBy(line)).isSameAs(line);
		assertThat(this.permits.replaceBy(line())).isSameAs(line);
		assertThat(this.permits.tryTake()).isEqualTo(KeyPermits.OUTDATED);
		assertThat(this.permits.takeBeyond()).isFalse();
		assertThat(this.permits.retire(0)).isFalse();
		assertThat(line.limiter.inUse()).isOne();
		assertThat(line.limiter.tryAcquire()).isNull();
		this.permits.giveBack();
		assertThat(line.limiter.inUse()).isZero();
		assertThat(line.granted()).isOne();
	}

	private KeyLine<SemaphoreLimiter> line() {
		return new KeyLine<>(new SemaphoreLimiter(this.limiter.identity().of("a"), ConcurrencyLimiterSpec.of(1),
				this.permits.number), this.permits);
	}

}
