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
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for calls that cost more than one token, or none.
 */
class CallCostTests {

	private final ManualTime time = new ManualTime();

	private TokenBucketLimiter limiter(boolean sliding) {
		return new TokenBucketLimiter("llm",
				RateLimiterSpec.of(10, Duration.ofSeconds(1)).withTimeout(Duration.ZERO).withSliding(sliding),
				this.time);
	}

	private static CompletableFuture<Void> waiting(RateLimiter limiter, long tokens) {
		return limiter.acquireAsync(tokens, Duration.ofSeconds(5), Runnable::run);
	}

	@ParameterizedTest // W1, L04
	@ValueSource(booleans = { false, true })
	void whoWaitsForManyIsNotPassedByOneWhoWantsFew(boolean sliding) {
		TokenBucketLimiter limiter = limiter(sliding);
		assertThat(limiter.tryAcquire(7)).isTrue();
		CompletableFuture<Void> many = waiting(limiter, 7);
		CompletableFuture<Void> few = waiting(limiter, 1);
		assertThat(many).isNotDone();
		assertThat(few).isNotDone();
		assertThat(limiter.tryAcquire()).isFalse();
		many.cancel(false);
		assertThat(few).isCompleted();
		assertThat(limiter.stats().tokens()).isEqualTo(8);
		assertThat(limiter.stats().granted()).isEqualTo(2);
	}

	@Test // W1, T3
	void whoWaitsForManyIsServedWhenSoManyAreThere() {
		TokenBucketLimiter limiter = limiter(false);
		limiter.tryAcquire(10);
		CompletableFuture<Void> many = waiting(limiter, 7);
		CompletableFuture<Void> few = waiting(limiter, 2);
		this.time.advance(Duration.ofMillis(699));
		assertThat(many).isNotDone();
		this.time.advance(Duration.ofMillis(1));
		assertThat(many).isCompleted();
		this.time.advance(Duration.ofMillis(199));
		assertThat(few).isNotDone();
		this.time.advance(Duration.ofMillis(1));
		assertThat(few).isCompleted();
	}

	@ParameterizedTest // W1
	@ValueSource(booleans = { false, true })
	void moreThanThereEverAreIsRefusedAtOnce(boolean sliding) {
		TokenBucketLimiter limiter = limiter(sliding);
		assertThatExceptionOfType(RateLimitExceededException.class)
			.isThrownBy(() -> limiter.acquire(11, Duration.ofHours(1)))
			.satisfies((refusal) -> {
				assertThat(refusal.reason()).isEqualTo(RefusalReason.TOO_COSTLY);
				assertThat(refusal.retryAfter()).isZero();
				assertThat(refusal).hasMessageContaining("cost=11");
			});
		assertThat(waiting(limiter, 11)).isCompletedExceptionally();
		assertThat(limiter.available()).isEqualTo(10);
	}

	@Test // W1
	void whoWaitsForMoreThanAChangeLeavesIsRefused() {
		TokenBucketLimiter limiter = limiter(false);
		limiter.tryAcquire(10);
		CompletableFuture<Void> many = waiting(limiter, 7);
		CompletableFuture<Void> few = waiting(limiter, 1);
		limiter.change((spec) -> spec.withBurst(5));
		assertThat(many).isCompletedExceptionally();
		assertThat(few).isNotDone();
		this.time.advance(Duration.ofMillis(100));
		assertThat(few).isCompleted();
	}

	@Test // W1
	void nothingIsFreeOfChargeButZero() throws InterruptedException {
		TokenBucketLimiter limiter = limiter(false);
		limiter.tryAcquire(10);
		limiter.acquire(0);
		assertThat(limiter.stats().granted()).isEqualTo(2);
		assertThat(limiter.stats().tokens()).isEqualTo(10);
		assertThatIllegalArgumentException().isThrownBy(() -> limiter.acquire(-1)).withMessageContaining("-1");
		assertThatIllegalArgumentException().isThrownBy(() -> limiter.tryAcquire(-1));
		assertThatIllegalArgumentException().isThrownBy(() -> limiter.charge(-1));
		assertThatIllegalArgumentException().isThrownBy(() -> limiter.refund(-1));
	}

	@Test // T3
	void aRefusedCostMayTryAgainWhenSoManyAreThere() {
		TokenBucketLimiter limiter = limiter(false);
		limiter.tryAcquire(8);
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> limiter.acquire(5))
			.satisfies((refusal) -> assertThat(refusal.retryAfter()).isEqualTo(Duration.ofMillis(300)));
	}

	@ParameterizedTest // W2, L05
	@ValueSource(booleans = { false, true })
	void whatIsChargedBeyondWhatIsThereIsADebtThatOthersWaitFor(boolean sliding) {
		TokenBucketLimiter limiter = limiter(sliding);
		limiter.tryAcquire(10);
		limiter.charge(5);
		assertThat(limiter.debt()).isEqualTo(5);
		assertThat(limiter.available()).isZero();
		this.time.advance(Duration.ofMillis(500));
		assertThat(limiter.tryAcquire()).isFalse();
		this.time.advance(Duration.ofMillis(501));
		assertThat(limiter.debt()).isZero();
		assertThat(limiter.tryAcquire()).isTrue();
	}

	@Test // W2
	void aDebtOutlivesAChange() {
		TokenBucketLimiter limiter = limiter(false);
		limiter.charge(30);
		limiter.change((spec) -> spec.withBurst(20));
		assertThat(limiter.debt()).isEqualTo(20);
		limiter.change((spec) -> spec.withSliding(false).withRate(20, Duration.ofSeconds(1)));
		this.time.advance(Duration.ofSeconds(1));
		assertThat(limiter.debt()).isZero();
	}

	@Test // W2, L06
	void aDebtBeyondAllMeasureIsRefused() {
		TokenBucketLimiter limiter = limiter(false);
		assertThatIllegalArgumentException().isThrownBy(() -> limiter.charge(1_000_000_000_000_000_000L))
			.withMessageContaining("cannot owe");
		assertThat(limiter.available()).isEqualTo(10);
	}

	@ParameterizedTest // W2, L05
	@ValueSource(booleans = { false, true })
	void whatComesBackIsNeverMoreThanThereIsRoomFor(boolean sliding) {
		TokenBucketLimiter limiter = limiter(sliding);
		limiter.tryAcquire(4);
		limiter.refund(100);
		assertThat(limiter.available()).isEqualTo(10);
		limiter.tryAcquire(10);
		CompletableFuture<Void> waiting = waiting(limiter, 3);
		limiter.refund(2);
		assertThat(waiting).isNotDone();
		limiter.refund(1);
		assertThat(waiting).isCompleted();
	}

}
