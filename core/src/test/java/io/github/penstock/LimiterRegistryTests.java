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

import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link LimiterRegistry}.
 */
class LimiterRegistryTests {

	private final LimiterRegistry registry = new LimiterRegistry();

	@Test
	void registerMakesLimitersThatAreFoundByName() {
		ConcurrencyLimiter bulkhead = this.registry.register("orders", ConcurrencyLimiterSpec.of(1));
		RateLimiter rateLimit = this.registry.register("orders", RateLimiterSpec.of(1));
		assertThat(this.registry.concurrencyLimiter("orders")).isSameAs(bulkhead);
		assertThat(this.registry.rateLimiter("orders")).isSameAs(rateLimit);
		assertThat(this.registry.concurrencyLimiters()).containsExactly(bulkhead);
		assertThat(this.registry.rateLimiters()).containsExactly(rateLimit);
		assertThat(bulkhead.name()).isEqualTo("orders");
	}

	@Test
	void registerWhenNameIsTakenFails() {
		this.registry.register("orders", ConcurrencyLimiterSpec.of(1));
		assertThatIllegalStateException()
			.isThrownBy(() -> this.registry.register("orders", ConcurrencyLimiterSpec.of(2)))
			.withMessage("There is a bulkhead 'orders' already");
		assertThat(this.registry.concurrencyLimiter("orders").max()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "-a", ".a", "a b", "a\r\nSet-Cookie: x", "a/b", "\u00e4", "a:b" })
	void registerWhenNameIsInvalidFails(String name) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.registry.register(name, ConcurrencyLimiterSpec.of(1)))
			.withMessageContaining("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
		assertThat(this.registry.concurrencyLimiters()).isEmpty();
	}

	@Test
	void registerWhenNameHas64CharactersIsTheLongest() {
		assertThat(LimiterRegistry.isValidName("a".repeat(64))).isTrue();
		assertThat(LimiterRegistry.isValidName("a".repeat(65))).isFalse();
		assertThat(LimiterRegistry.isValidName("OrderService.place_1-x")).isTrue();
	}

	@Test
	void lookUpWhenUnknownFailsWithTheKnownNamesAndMakesNothing() {
		this.registry.register("orders", ConcurrencyLimiterSpec.of(1));
		assertThatExceptionOfType(NoSuchLimiterException.class)
			.isThrownBy(() -> this.registry.concurrencyLimiter("order"))
			.withMessage("There is no bulkhead 'order'; known are [orders]")
			.satisfies((ex) -> assertThat(ex.name()).isEqualTo("order"));
		assertThat(this.registry.findRateLimiter("orders")).isNull();
		assertThat(this.registry.concurrencyLimiters()).hasSize(1);
	}

	@Test
	void defineMakesTheLimiterAtTheFirstLookUp() {
		AtomicInteger asked = new AtomicInteger();
		this.registry.defineConcurrencyLimiter("orders", () -> ConcurrencyLimiterSpec.of(asked.incrementAndGet()));
		this.registry.defineRateLimiter("orders", () -> RateLimiterSpec.of(asked.incrementAndGet()));
		assertThat(asked).hasValue(0);
		ConcurrencyLimiter bulkhead = this.registry.concurrencyLimiter("orders");
		assertThat(bulkhead.max()).isEqualTo(1);
		assertThat(this.registry.findConcurrencyLimiter("orders")).isSameAs(bulkhead);
		assertThat(this.registry.concurrencyLimiters()).containsExactly(bulkhead);
		assertThat(this.registry.rateLimiters()).extracting(RateLimiter::spec).containsExactly(RateLimiterSpec.of(2));
		assertThat(asked).hasValue(2);
	}

	@Test
	void defineWhenNameIsTakenOrInvalidFails() {
		this.registry.defineConcurrencyLimiter("orders", () -> ConcurrencyLimiterSpec.of(1));
		assertThatIllegalStateException()
			.isThrownBy(() -> this.registry.register("orders", ConcurrencyLimiterSpec.of(2)));
		assertThatIllegalStateException()
			.isThrownBy(() -> this.registry.defineConcurrencyLimiter("orders", () -> ConcurrencyLimiterSpec.of(2)));
		assertThat(this.registry.concurrencyLimiter("orders").max()).isEqualTo(1);
		assertThatIllegalStateException()
			.isThrownBy(() -> this.registry.defineConcurrencyLimiter("orders", () -> ConcurrencyLimiterSpec.of(2)));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.registry.defineRateLimiter("or ders", () -> RateLimiterSpec.of(2)));
	}

	@Test
	void defineWhenTheSpecFailsFailsAtEachLookUpUntilItDoesNot() {
		AtomicInteger max = new AtomicInteger(-1);
		this.registry.defineConcurrencyLimiter("orders", () -> ConcurrencyLimiterSpec.of(max.get()));
		assertThatExceptionOfType(InvalidLimitException.class)
			.isThrownBy(() -> this.registry.concurrencyLimiter("orders"));
		max.set(3);
		assertThat(this.registry.concurrencyLimiter("orders").max()).isEqualTo(3);
	}

	@Test
	void lookUpWhenUnknownKnowsWhatIsDefined() {
		this.registry.defineRateLimiter("orders", () -> RateLimiterSpec.of(1));
		assertThatExceptionOfType(NoSuchLimiterException.class).isThrownBy(() -> this.registry.rateLimiter("order"))
			.satisfies((ex) -> assertThat(ex.known()).containsExactly("orders"))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo("rate limit"));
	}

}
