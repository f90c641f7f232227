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

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for a {@link LimiterRegistry} that has another one above it.
 */
class RegistryOfAPartTests {

	private final LimiterFactory factory = LimiterFactory.local(new ManualTime());

	private final LimiterRegistry whole = new LimiterRegistry(this.factory);

	private final LimiterRegistry part = new LimiterRegistry(this.factory, this.whole);

	private final LimiterRegistry piece = new LimiterRegistry(this.factory, this.part);

	@Test
	void partFindsTheLimitersOfTheWholeAndNotTheOtherWayRound() {
		ConcurrencyLimiter orders = this.whole.register("orders", ConcurrencyLimiterSpec.of(1));
		RateLimiter api = this.whole.register("api", RateLimiterSpec.of(1));
		ConcurrencyLimiter own = this.part.register("own", ConcurrencyLimiterSpec.of(1));
		assertThat(this.piece.concurrencyLimiter("orders")).isSameAs(orders);
		assertThat(this.part.rateLimiter("api")).isSameAs(api);
		assertThat(this.part.concurrencyLimiters()).containsExactly(own, orders).hasSize(2);
		assertThat(this.part.rateLimiters()).containsExactly(api).hasSize(1);
		assertThat(this.whole.findConcurrencyLimiter("own")).isNull();
		assertThat(this.part.findConcurrencyLimiter("other")).isNull();
		assertThatExceptionOfType(NoSuchLimiterException.class).isThrownBy(() -> this.part.concurrencyLimiter("other"))
			.satisfies((ex) -> assertThat(ex.known()).containsExactly("orders", "own"));
	}

	@Test
	void partTakesNoNameOfTheWhole() {
		this.whole.register("orders", ConcurrencyLimiterSpec.of(1));
		this.whole.defineConcurrencyLimiter("later", () -> ConcurrencyLimiterSpec.of(1));
		for (String name : List.of("orders", "later")) {
			for (LimiterRegistry registry : List.of(this.part, this.piece)) {
				assertThatIllegalStateException()
					.isThrownBy(() -> registry.register(name, ConcurrencyLimiterSpec.of(1)));
				assertThatIllegalStateException()
					.isThrownBy(() -> registry.defineConcurrencyLimiter(name, () -> ConcurrencyLimiterSpec.of(1)));
			}
		}
		assertThat(this.part.register("orders", RateLimiterSpec.of(1)).name()).isEqualTo("orders");
	}

	@Test
	void nameThatIsRegisteredCannotBeDefined() {
		this.whole.register("orders", ConcurrencyLimiterSpec.of(1));
		assertThatIllegalStateException()
			.isThrownBy(() -> this.whole.defineConcurrencyLimiter("orders", () -> ConcurrencyLimiterSpec.of(1)));
	}

	@Test
	void endOfAPartIsTheEndOfItsOwnLimiters() {
		ConcurrencyLimiter orders = this.whole.register("orders", ConcurrencyLimiterSpec.of(1));
		ConcurrencyLimiter own = this.part.register("own", ConcurrencyLimiterSpec.of(1));
		List<String> seen = new ArrayList<>();
		this.part.forEachLimiter((limiter) -> seen.add(limiter.name()));
		assertThat(seen).containsExactly("own");
		this.part.close();
		RateLimiter later = this.part.register("later", RateLimiterSpec.of(1));
		Permit permit = own.tryAcquire();
		assertThat(own.acquireAsync()).isCompletedExceptionally();
		later.tryAcquire();
		assertThat(later.acquireAsync()).isCompletedExceptionally();
		Permit other = orders.tryAcquire();
		assertThat(orders.acquireAsync().cancel(false)).isTrue();
		permit.close();
		other.close();
	}

	@Test
	void actionIsDoneWithRateLimitersThatAreThereAlready() {
		this.whole.register("api", RateLimiterSpec.of(1));
		assertThat(this.whole.findRateLimiter("api")).isSameAs(this.whole.rateLimiter("api"));
		List<String> seen = new ArrayList<>();
		this.whole.forEachLimiter((limiter) -> seen.add(limiter.name()));
		assertThat(seen).containsExactly("api");
	}

	@Test
	void limitersOfAnotherFactoryAreNotTracked() {
		SemaphoreLimiter local = new SemaphoreLimiter("a", ConcurrencyLimiterSpec.of(1), new ManualTime());
		ConcurrencyLimiter foreign = new TrackedLimiter(local, new CallTracker(new ManualTime(), () -> null));
		LimiterFactory tracking = LimiterFactory.tracking(new LimiterFactory() {

			@Override
			public ConcurrencyLimiter concurrencyLimiter(String name, ConcurrencyLimiterSpec spec) {
				return foreign;
			}

			@Override
			public RateLimiter rateLimiter(String name, RateLimiterSpec spec) {
				return RegistryOfAPartTests.this.factory.rateLimiter(name, spec);
			}

		}, new ManualTime());
		assertThat(tracking.concurrencyLimiter("a", ConcurrencyLimiterSpec.of(1))).isSameAs(foreign);
		assertThat(tracking.rateLimiter("a", RateLimiterSpec.of(1)).isTracked()).isTrue();
	}

}
