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
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Limits#allOf}: all of them hold, and a refused call has taken nothing
 * (R3, M1).
 */
@Timeout(60)
class SeveralLimitsTests {

	private final ManualTime time = new ManualTime();

	private final LimiterRegistry registry = new LimiterRegistry(this.time);

	private final ConcurrencyLimiter a = permits("a", 2);

	private final ConcurrencyLimiter b = permits("b", 1);

	private final ConcurrencyLimiter c = permits("c", 3);

	private final RateLimiter second = tokens("second", 2);

	private final RateLimiter minute = tokens("minute", 1);

	private final RateLimiter hour = tokens("hour", 5);

	private final Limits all = Limits.allOf(List.of(Limits.of(this.a, this.second), Limits.of(null, this.minute),
			Limits.of(this.b, null), Limits.of(this.c, this.hour)));

	private ConcurrencyLimiter permits(String name, int max) {
		return this.registry.register(name, ConcurrencyLimiterSpec.of(max).withTimeout(Duration.ZERO));
	}

	private RateLimiter tokens(String name, long burst) {
		return this.registry.register(name, RateLimiterSpec.of(1).withBurst(burst).withTimeout(Duration.ZERO));
	}

	@AfterEach
	void everythingIsBack() {
		assertThat(List.of(this.a, this.b, this.c))
			.allMatch((limiter) -> limiter.inUse() == 0 && limiter.waiting() == 0);
		assertThat(Scopes.describe()).isNull();
	}

	private List<Integer> inUse() {
		return List.of(this.a.inUse(), this.b.inUse(), this.c.inUse());
	}

	private List<Long> available() {
		return List.of(this.second.available(), this.minute.available(), this.hour.available());
	}

	@Test
	void oneAloneIsItself() {
		Limits one = Limits.of(this.a, this.second);
		assertThat(Limits.allOf(List.of(one))).isSameAs(one);
	}

	@Test
	void enterTakesOfAllAndExitGivesAllPermitsBack() {
		Object entry = this.all.enter();
		assertThat(inUse()).containsExactly(1, 1, 1);
		assertThat(available()).containsExactly(1L, 0L, 4L);
		assertThat(List.of(this.a, this.b, this.c)).allMatch(ConcurrencyLimiter::isHeldByCurrentThread);
		this.all.exit(entry);
	}

	@Test
	void enterThatOnePermitIsNotThereForTakesNothing() {
		Object held = Limits.of(this.c, null).enter();
		this.c.change((spec) -> spec.withMax(1));
		CompletableFuture<Throwable> refused = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				this.all.exit(this.all.enter());
				refused.complete(null);
			}
			catch (Throwable ex) {
				refused.complete(ex);
			}
		});
		thread.start();
		assertThat(refused.join()).isInstanceOf(BulkheadFullException.class).hasMessageContaining("'c'");
		assertThat(inUse()).containsExactly(0, 0, 1);
		assertThat(available()).containsExactly(2L, 1L, 5L);
		Limits.of(this.c, null).exit(held);
	}

	@Test
	void enterThatOneTokenIsNotThereForTakesNothing() {
		this.all.exit(this.all.enter());
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(this.all::enter)
			.withMessageContaining("'minute'");
		assertThat(available()).containsExactly(1L, 0L, 4L);
	}

	@Test
	void severalOfWhichEachHasSeveralPermitsTakeThemAll() {
		ConcurrencyLimiter d = permits("d", 1);
		Limits four = Limits.allOf(List.of(Limits.allOf(List.of(Limits.of(this.a, null), Limits.of(this.b, null))),
				Limits.allOf(List.of(Limits.of(this.c, null), Limits.of(d, this.minute)))));
		Object entry = four.enter();
		assertThat(inUse()).containsExactly(1, 1, 1);
		assertThat(d.inUse()).isOne();
		assertThat(available()).containsExactly(2L, 0L, 5L);
		four.exit(entry);
		assertThat(d.inUse()).isZero();
	}

	@Test
	void shareKeepsAllPermitsUntilItIsClosed() {
		Object entry = this.all.enter();
		Permit share = this.all.share();
		this.all.exit(entry);
		assertThat(inUse()).containsExactly(1, 1, 1);
		share.close();
		share.close();
		assertThat(inUse()).containsExactly(0, 0, 0);
	}

	@Test
	void acquireAsyncTakesOfAllAndItsScopeIsThatOfAll() {
		Permit permit = this.all.acquireAsync(null).join();
		assertThat(inUse()).containsExactly(1, 1, 1);
		assertThat(available()).containsExactly(1L, 0L, 4L);
		Permit.Scope scope = permit.makeCurrent();
		assertThat(List.of(this.a, this.b, this.c)).allMatch(ConcurrencyLimiter::isHeldByCurrentThread);
		scope.close();
		assertThat(List.of(this.a, this.b, this.c)).noneMatch(ConcurrencyLimiter::isHeldByCurrentThread);
		permit.close();
	}

	@Test
	void acquireAsyncThatIsRefusedTakesNothing() {
		this.minute.tryAcquire();
		assertThat(this.all.acquireAsync(null)).isCompletedExceptionally();
		assertThat(inUse()).containsExactly(0, 0, 0);
		assertThat(available()).containsExactly(2L, 0L, 5L);
	}

	@Test
	void acquireAsyncThatIsCancelledInTheSecondLineGivesTheFirstPermitBack() {
		this.b.change((spec) -> spec.withTimeout(Duration.ofMinutes(1)));
		Permit held = this.b.tryAcquire();
		CompletableFuture<Permit> waiting = this.all.acquireAsync(Runnable::run);
		assertThat(waiting).isNotDone();
		assertThat(inUse()).containsExactly(1, 1, 0);
		waiting.cancel(false);
		assertThat(inUse()).containsExactly(0, 1, 0);
		assertThat(this.b.waiting()).isZero();
		held.close();
	}

	@Test
	void acquireAsyncGoesOnWhenThePermitComes() {
		this.b.change((spec) -> spec.withTimeout(Duration.ofMinutes(1)));
		Permit held = this.b.tryAcquire();
		CompletableFuture<Permit> waiting = this.all.acquireAsync(Runnable::run);
		held.close();
		waiting.join().close();
		assertThat(available()).containsExactly(1L, 0L, 4L);
	}

	@Test
	void eachSettlesItsOwnCost() {
		List<Limits> limits = List.of(settled(this.second, 2, 1), settled(this.hour, 3, 5),
				Limits.of(null, this.minute));
		Limits together = Limits.allOf(limits);
		assertThat(together.isSettled()).isTrue();
		together.exit(together.enter());
		assertThat(available()).containsExactly(0L, 0L, 2L);
		together.settle(null, null);
		assertThat(available()).containsExactly(1L, 0L, 0L);
		assertThat(this.hour.debt()).isZero();
		together.settle(null, null);
		assertThat(available()).containsExactly(1L, 0L, 0L);
	}

	@Test
	void whatTakesNoTokenGivesNoneBack() {
		this.second.tryAcquire();
		Limits together = Limits.allOf(List.of(settled(this.second, 1, 0).withoutTokens(), settled(this.hour, 3, 2)));
		together.exit(together.enter());
		together.settle(null, null);
		assertThat(available()).containsExactly(1L, 1L, 3L);
	}

	@Test
	void withoutPermitsTakesTokensAlone() {
		Limits tokens = Limits.of(this.a, this.second).withoutPermits();
		Object entry = tokens.enter();
		assertThat(inUse()).containsExactly(0, 0, 0);
		assertThat(available()).containsExactly(1L, 1L, 5L);
		tokens.exit(entry);
		assertThat(Limits.NONE.withoutPermits()).isSameAs(Limits.NONE);
	}

	@Test
	void refusalOfKeptTokensIsCounted() {
		LimitExceededException refusal = Limits.refusal(this.second, RefusalReason.TIMED_OUT, Duration.ofSeconds(3));
		assertThat(refusal.waited()).isEqualTo(Duration.ofSeconds(3));
		assertThat(refusal.retryAfter()).isPositive();
		assertThat(this.second.stats().refusedTotal()).isOne();
		assertThat(available()).containsExactly(2L, 1L, 5L);
		this.second.tryAcquire(2);
		assertThat(Limits.refusal(this.second, RefusalReason.TIMED_OUT, Duration.ZERO).retryAfter())
			.isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void severalOfSeveralAreTakenTogether() {
		CallLimits<String> several = CallLimits.of(null, null, null,
				List.of(new CallLimits.Rate<>(this.second, null, null, null),
						new CallLimits.Rate<>(this.hour, null, new FixedCost(4, CallLimits.Cost.UNKNOWN), null)));
		Limits together = Limits.allOf(List.of(several.of("call"), Limits.of(null, this.minute)));
		together.exit(together.enter());
		assertThat(available()).containsExactly(1L, 0L, 1L);
		this.minute.refund(1);
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(together::enter)
			.withMessageContaining("cost=4");
		assertThat(available()).containsExactly(1L, 1L, 1L);
	}

	@Test
	void timeoutsAreThoseOfEachPlace() {
		Limits patient = Limits.of(null, this.minute).withTimeouts(null, (inForce) -> Duration.ofMinutes(1));
		Limits together = Limits.allOf(List.of(patient, Limits.of(this.a, null)));
		together.exit(together.enter());
		CompletableFuture<Permit> waiting = together.acquireAsync(Runnable::run);
		assertThat(waiting).isNotDone();
		this.time.advance(Duration.ofSeconds(1));
		waiting.join().close();
	}

	@Test
	void callThatWaitsForSeveralGoesOnWhereItIsToldTo() {
		Limits patient = Limits.of(null, this.minute).withTimeouts(null, (inForce) -> Duration.ofMinutes(1));
		Limits together = Limits.allOf(List.of(patient, Limits.of(null, this.second)));
		together.exit(together.enter());
		List<Runnable> handed = new ArrayList<>();
		CompletableFuture<Permit> waiting = together.acquireAsync(handed::add);
		this.time.advance(Duration.ofSeconds(1));
		assertThat(waiting).isNotDone();
		assertThat(handed).hasSize(1);
		handed.get(0).run();
		assertThat(waiting).isCompleted();
	}

	@Test
	void availableInIsWhenTheLastTokenIsThere() {
		assertThat(this.second.availableIn(2)).isEqualTo(Duration.ZERO);
		assertThat(this.second.availableIn(3)).isNull();
		assertThatIllegalArgumentException().isThrownBy(() -> this.second.availableIn(-1));
		this.second.tryAcquire(2);
		this.minute.tryAcquire();
		this.time.advance(Duration.ofMillis(400));
		assertThat(this.second.availableIn(0)).isEqualTo(Duration.ZERO);
		assertThat(this.second.availableIn(2)).isEqualTo(Duration.ofMillis(1600));
		RateLimiter both = RateLimiter.allOf(this.second, this.minute);
		assertThat(both.availableIn(1)).isEqualTo(Duration.ofMillis(600));
		assertThat(both.availableIn(2)).isNull();
		assertThatIllegalArgumentException().isThrownBy(() -> both.availableIn(-1));
		assertThat(this.minute.forKey("k").availableIn(1)).isEqualTo(Duration.ZERO);
		this.minute.forKey("k").tryAcquire();
		assertThat(this.minute.forKey("k").availableIn(1)).isEqualTo(Duration.ofSeconds(1));
	}

	private static Limits settled(RateLimiter limiter, long cost, long actual) {
		return CallLimits
			.of(null, null, null, List.of(new CallLimits.Rate<>(limiter, null, new FixedCost(cost, actual), null)))
			.of("call");
	}

	private record FixedCost(long before, long after) implements CallLimits.Cost<String> {

		@Override
		public long cost(String call) {
			return this.before;
		}

		@Override
		public boolean isSettled() {
			return this.after != UNKNOWN;
		}

		@Override
		public long actual(String call, @Nullable Object result, @Nullable Throwable error) {
			return this.after;
		}

	}

}
