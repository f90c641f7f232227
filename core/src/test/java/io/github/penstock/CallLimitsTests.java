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
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link CallLimits}: what a call takes depends on the call, and a call that
 * fails on the way in has taken nothing.
 */
class CallLimitsTests {

	private final ManualTime time = new ManualTime();

	private final SemaphoreLimiter permits = new SemaphoreLimiter("permits",
			ConcurrencyLimiterSpec.of(1).withTimeout(Duration.ZERO), this.time);

	private final TokenBucketLimiter tokens = limiter("tokens");

	private final TokenBucketLimiter others = limiter("others");

	private TokenBucketLimiter limiter(String name) {
		return new TokenBucketLimiter(name, RateLimiterSpec.of(10).withTimeout(Duration.ZERO), this.time);
	}

	private static CallLimits.Rate<String> rate(RateLimiter limiter, CallLimits.Key<String> key,
			CallLimits.Cost<String> cost) {
		return new CallLimits.Rate<>(limiter, key, cost, null);
	}

	@AfterEach
	void everythingIsBack() {
		assertThat(this.permits.inUse()).isZero();
		assertThat(this.permits.forKey("call").inUse()).isZero();
		assertThat(Scopes.describe()).isNull();
	}

	@Test
	void callsThatAreAllTheSameHaveTheSameLimits() {
		CallLimits<String> place = CallLimits.of(this.permits, null, null, List.of(rate(this.tokens, null, null)));
		assertThat(place.constant()).isNotNull();
		assertThat(place.of("call")).isSameAs(place.constant());
		assertThat(place.isDirect()).isTrue();
		Object entry = place.enter("call");
		assertThat(this.permits.inUse()).isOne();
		assertThat(this.tokens.available()).isEqualTo(9);
		place.exit(entry);
		Object other = place.of("call").enter();
		assertThat(this.permits.inUse()).isOne();
		assertThat(this.tokens.available()).isEqualTo(8);
		place.of("call").exit(other);
	}

	@Test
	void aPlaceWithoutLimitsLetsEverybodyIn() {
		CallLimits<String> place = CallLimits.of(null, null, null, List.of());
		assertThat(place.enter("call")).isNull();
		place.exit(null);
		assertThat(place.isDirect()).isTrue();
		CallLimits<String> permitsOnly = CallLimits.of(this.permits, null, null, List.of());
		Object entry = permitsOnly.enter("call");
		assertThat(this.permits.inUse()).isOne();
		permitsOnly.exit(entry);
		CallLimits<String> tokensOnly = CallLimits.of(null, null, null, List.of(rate(this.tokens, null, null)));
		tokensOnly.exit(tokensOnly.enter("call"));
		assertThat(this.tokens.available()).isEqualTo(9);
	}

	@Test // K1, W1
	void aCallTakesOfItsKeyWhatItCosts() {
		CallLimits<String> place = CallLimits.of(this.permits, (call) -> call, null,
				List.of(rate(this.tokens, (call) -> call, String::length)));
		assertThat(place.constant()).isNull();
		assertThat(place.isDirect()).isTrue();
		Object entry = place.enter("call");
		assertThat(this.permits.forKey("call").inUse()).isOne();
		assertThat(this.permits.inUse()).isZero();
		assertThat(this.tokens.forKey("call").available()).isEqualTo(6);
		assertThat(this.tokens.available()).isEqualTo(10);
		place.exit(entry);
		Limits limits = place.of("call");
		Object other = limits.enter();
		assertThat(this.permits.forKey("call").inUse()).isOne();
		assertThat(this.tokens.forKey("call").available()).isEqualTo(2);
		limits.exit(other);
	}

	@Test // K1
	void aCallMayTakeAPermitOfItsKeyAndNoToken() {
		CallLimits<String> place = CallLimits.of(this.permits, (call) -> call, null, List.of());
		Limits limits = place.of("call");
		Object entry = limits.enter();
		assertThat(this.permits.forKey("call").inUse()).isOne();
		limits.exit(entry);
	}

	@Test // K1
	void aKeyMayHaveAPlan() {
		this.tokens.change((spec) -> spec.withPlans(Map.of("gold", RateLimiterSpec.Plan.of(100))));
		CallLimits.Key<String> key = new CallLimits.Key<>() {

			@Override
			public Object key(String call) {
				return call;
			}

			@Override
			public String plan(String call) {
				return "gold";
			}

		};
		CallLimits<String> place = CallLimits.of(null, null, null, List.of(rate(this.tokens, key, null)));
		place.enter("call");
		place.of("call").enter();
		assertThat(this.tokens.forKey("call", "gold").available()).isEqualTo(98);
	}

	@Test // W1
	void aCostWithoutAKeyIsTakenOfTheLimiter() {
		CallLimits<String> place = CallLimits.of(null, null, null, List.of(rate(this.tokens, null, String::length)));
		place.enter("call");
		assertThat(this.tokens.available()).isEqualTo(6);
		place.of("ab").enter();
		assertThat(this.tokens.available()).isEqualTo(4);
	}

	@Test // P1
	void aCallWhoseTokensAreRefusedGivesItsPermitBack() {
		CallLimits<String> place = CallLimits.of(this.permits, (call) -> call, null,
				List.of(rate(this.tokens, null, (call) -> 11)));
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> place.enter("call"));
		assertThat(this.permits.forKey("call").inUse()).isZero();
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> place.of("call").enter());
		assertThat(this.permits.forKey("call").inUse()).isZero();
	}

	@Test // P1
	void aCallWhoseKeyCannotBeToldHasTakenNothing() {
		CallLimits<String> place = CallLimits.of(this.permits, null, null, List.of(rate(this.tokens, (call) -> {
			throw new IllegalStateException("no key");
		}, null)));
		assertThatIllegalStateException().isThrownBy(() -> place.enter("call"));
		assertThatIllegalStateException().isThrownBy(() -> place.of("call"));
		assertThat(this.permits.inUse()).isZero();
	}

	@Test // M1, W1
	void aCallTakesOfEachRateWhatItCostsThereOrNothing() {
		CallLimits<String> place = CallLimits.of(this.permits, null, null,
				List.of(rate(this.tokens, null, String::length), rate(this.others, (call) -> call, null)));
		assertThat(place.isDirect()).isFalse();
		Limits limits = place.of("call");
		limits.exit(limits.enter());
		assertThat(this.tokens.available()).isEqualTo(6);
		assertThat(this.others.forKey("call").available()).isEqualTo(9);
		this.others.forKey("call").tryAcquire(9);
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(place.of("call")::enter)
			.satisfies((refusal) -> assertThat(refusal.name()).isEqualTo("others"));
		assertThat(this.tokens.available()).isEqualTo(6);
	}

	@Test // M1
	void severalRatesThatAreTheSameForAllCallsAreMadeOnce() {
		CallLimits<String> place = CallLimits.of(null, null, null,
				List.of(rate(this.tokens, null, null), rate(this.others, null, null)));
		assertThat(place.constant()).isNotNull();
		place.of("call").enter();
		assertThat(this.tokens.available()).isEqualTo(9);
		assertThat(this.others.available()).isEqualTo(9);
	}

	@Test // W2
	void oneOfSeveralMayBeSettled() throws Throwable {
		List<Throwable> failures = new ArrayList<>();
		CallLimits<String> place = CallLimits.of(this.permits, null, null,
				List.of(rate(this.tokens, null, new LateCost(failures)), rate(this.others, null, (call) -> 2)));
		assertThat(place.isDirect()).isFalse();
		assertThat(place.of("call").isSettled()).isTrue();
		CompletableFuture<Object> work = new CompletableFuture<>();
		place.of("call").callAsync(() -> work);
		assertThat(this.tokens.available()).isEqualTo(6);
		assertThat(this.others.available()).isEqualTo(8);
		assertThat(this.permits.inUse()).isOne();
		work.complete(1L);
		assertThat(this.permits.inUse()).isZero();
		assertThat(this.tokens.available()).isEqualTo(9);
		assertThat(this.others.available()).isEqualTo(8);
		assertThat(failures).isEmpty();
		place.of("call").callAsync(() -> CompletableFuture.completedFuture("no number"));
		assertThat(failures).hasSize(1).first().isInstanceOf(ClassCastException.class);
		assertThat(this.tokens.available()).isEqualTo(5);
		this.tokens.refund(5);
		// Without a result nobody knows.
		place.of("call").callAsync(() -> null);
		assertThat(failures).hasSize(2);
		assertThatIllegalStateException().isThrownBy(() -> place.of("call").callAsync(() -> {
			throw new IllegalStateException("thrown by a test");
		}));
		assertThat(failures).hasSize(3);
	}

	@Test // W2
	void aCostThatIsKnownBeforeIsNotSettled() {
		CallLimits<String> place = CallLimits.of(null, null, null, List.of(rate(this.tokens, null, String::length)));
		assertThat(place.of("call").isSettled()).isFalse();
		place.of("call").settle(0L, null);
		CallLimits.Cost<String> cost = String::length;
		assertThat(cost.actual("call", null, null)).isEqualTo(CallLimits.Cost.UNKNOWN);
		cost.failed(new IllegalStateException());
		CallLimits.Key<String> key = (call) -> call;
		assertThat(key.plan("call")).isNull();
	}

	@Test // T4
	void thePatienceOfAPlaceIsItsOwn() {
		CallLimits<String> place = CallLimits.of(this.permits, null, (configured) -> Duration.ofSeconds(3),
				List.of(new CallLimits.Rate<>(this.tokens, null, null, (configured) -> Duration.ofSeconds(5)),
						new CallLimits.Rate<>(this.others, null, null, (configured) -> Duration.ofSeconds(7))));
		this.tokens.charge(10 + 60);
		this.others.charge(10 + 60);
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(place.of("call")::enter)
			.satisfies((refusal) -> assertThat(refusal.name()).isEqualTo("tokens"));
		this.tokens.refund(70);
		CompletableFuture<Permit> waiting = place.of("call").acquireAsync(Runnable::run);
		assertThat(waiting).isNotDone();
		this.time.advance(Duration.ofMillis(6100));
		waiting.join().close();
	}

	/** What the result of a call says. */
	private record LateCost(List<Throwable> failures) implements CallLimits.Cost<String> {

		@Override
		public long cost(String call) {
			return call.length();
		}

		@Override
		public boolean isSettled() {
			return true;
		}

		@Override
		public long actual(String call, Object result, Throwable error) {
			return (Long) result;
		}

		@Override
		public void failed(Throwable failure) {
			this.failures.add(failure);
		}

	}

}
