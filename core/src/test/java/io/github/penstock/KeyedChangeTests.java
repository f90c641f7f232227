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
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls of keys that come while the values change: nobody takes by the old ones at a time
 * when the new ones are in force already (T2, K1).
 */
@Timeout(60)
class KeyedChangeTests {

	private static final StackWalker WALKER = StackWalker.getInstance();

	private final ManualTime time = new ManualTime();

	/**
	 * Comes when the clock has been read for the new values, and before they are there.
	 */
	private final AtomicReference<Runnable> between = new AtomicReference<>();

	private final TokenBucketLimiter limiter = new TokenBucketLimiter("api",
			RateLimiterSpec.of(10).withTimeout(Duration.ZERO), new StoppedInBetween());

	private final RateLimiter key = this.limiter.forKey("a");

	@Test
	void whatIsTakenWhileTheRateChangesIsNoDebtOfTheNewOne() {
		assertThat(this.key.tryAcquire(10)).isTrue();
		this.between.set(() -> {
			this.time.advance(Duration.ofSeconds(1));
			assertThat(this.key.tryAcquire(10)).isTrue();
		});
		this.limiter.change((spec) -> RateLimiterSpec.of(1).withBurst(10L).withTimeout(Duration.ZERO));
		assertThat(this.between).hasNullValue();
		assertThat(this.key.debt()).isZero();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(this.key.tryAcquire()).isTrue();
		assertThat(this.key.tryAcquire()).isFalse();
	}

	@Test
	void whatIsChargedWhileTheRateChangesIsOwedOnce() {
		assertThat(this.key.tryAcquire(10)).isTrue();
		this.between.set(() -> {
			this.time.advance(Duration.ofSeconds(1));
			this.key.charge(10);
		});
		this.limiter.change((spec) -> RateLimiterSpec.of(1).withBurst(10L).withTimeout(Duration.ZERO));
		assertThat(this.key.debt()).isZero();
		assertThat(this.key.available()).isZero();
	}

	@Test
	void whatComesBackWhileTheRateChangesIsThereByTheNewOne() {
		assertThat(this.key.tryAcquire(10)).isTrue();
		this.between.set(() -> this.key.refund(4));
		this.limiter.change((spec) -> RateLimiterSpec.of(1).withBurst(10L).withTimeout(Duration.ZERO));
		assertThat(this.key.available()).isEqualTo(4);
	}

	@Test
	void keyIsNotForgottenByTheOldRateWhileThatEnds() {
		assertThat(this.key.tryAcquire(10)).isTrue();
		this.between.set(() -> {
			this.time.advance(Duration.ofSeconds(2));
			// Others that come look for keys that can be forgotten.
			for (int i = 0; i < 10; i++) {
				this.limiter.forKey(i).tryAcquire();
			}
		});
		this.limiter.change((spec) -> RateLimiterSpec.of(1).withBurst(20L).withTimeout(Duration.ZERO));
		assertThat(this.key.available()).isEqualTo(10);
	}

	@Test
	void changeThatIsStoppedInBetweenIsBroughtToItsEndByCalls() {
		this.limiter.change((spec) -> spec
			.withPlans(Map.of("gold", new RateLimiterSpec.Plan(BigDecimal.valueOf(100), Duration.ofSeconds(1), null))));
		RateLimiter gold = this.limiter.forKey("b", "gold");
		assertThat(gold.tryAcquire(100)).isTrue();
		this.between.set(() -> {
			assertThat(gold.tryAcquire()).isFalse();
			this.time.advance(Duration.ofSeconds(1));
			assertThat(gold.tryAcquire(5)).isTrue();
			assertThat(gold.tryAcquire()).isFalse();
		});
		this.limiter.change((spec) -> spec
			.withPlans(Map.of("gold", new RateLimiterSpec.Plan(BigDecimal.valueOf(5), Duration.ofSeconds(1), null))));
		assertThat(this.between).hasNullValue();
		assertThat(gold.tryAcquire()).isFalse();
	}

	private final class StoppedInBetween implements TimeSource {

		@Override
		public long nanoTime() {
			long now = KeyedChangeTests.this.time.nanoTime();
			boolean forNewValues = WALKER.walk((frames) -> frames.skip(1)
				.findFirst()
				.map((frame) -> frame.getMethodName().equals("putInForce"))
				.orElse(false));
			Runnable between = forNewValues ? KeyedChangeTests.this.between.getAndSet(null) : null;
			if (between != null) {
				between.run();
			}
			return now;
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			KeyedChangeTests.this.time.parkNanos(blocker, nanos);
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			return KeyedChangeTests.this.time.schedule(task, nanos);
		}

	}

}
