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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TokenBucketLimiter} where a thread reads the clock and others move on
 * before it uses what it read (T5).
 */
class StaleClockTests {

	private long now;

	private Runnable stall = () -> {
	};

	private final RateLimiter limiter = LimiterFactory.local(new Stalling()).rateLimiter("stale", spec(10));

	@Test
	void callThatReadTheClockLateIsRefusedThoughThereIsAToken() {
		take(1);
		stallOnce(() -> {
			this.now += 10;
			take(1);
		});
		assertThat(this.limiter.tryAcquire()).isTrue();
		assertThat(this.limiter.tryAcquire()).isFalse();
	}

	@Test
	void changeThatReadTheClockLateMakesTokens() {
		take(2);
		stallOnce(() -> {
			this.now += 20;
			take(2);
		});
		this.limiter.change((spec) -> spec(5));
		assertThat(this.limiter.tryAcquire()).isFalse();
		this.now += 5;
		take(1);
		assertThat(this.limiter.tryAcquire()).isFalse();
	}

	private void take(int tokens) {
		for (int i = 0; i < tokens; i++) {
			assertThat(this.limiter.tryAcquire()).isTrue();
		}
	}

	private void stallOnce(Runnable meanwhile) {
		this.stall = () -> {
			this.stall = () -> {
			};
			meanwhile.run();
		};
	}

	private static RateLimiterSpec spec(int nanosPerToken) {
		return new RateLimiterSpec(BigDecimal.ONE, Duration.ofNanos(nanosPerToken), 2L, Duration.ZERO, 0);
	}

	private final class Stalling implements TimeSource {

		@Override
		public long nanoTime() {
			long reading = StaleClockTests.this.now;
			StaleClockTests.this.stall.run();
			return reading;
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			throw new IllegalStateException("Nobody waits here");
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			throw new IllegalStateException("Nobody waits here");
		}

	}

}
