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

package io.github.penstock.actuate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.RefusalReason;
import io.github.penstock.test.MovableTime;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RefusalLog} and {@link LimiterEvents}.
 */
@ExtendWith(OutputCaptureExtension.class)
class RefusalLogTests {

	private final MovableTime time = new MovableTime();

	private final LimiterRegistry registry = new LimiterRegistry(this.time);

	private final ConcurrencyLimiter limiter = this.registry.register("inventory", ConcurrencyLimiterSpec.of(0));

	private final List<Object> events = new CopyOnWriteArrayList<>();

	@Test
	void refusalsAreLoggedOnceInTenSecondsWithTheNumberOfTheOthers(CapturedOutput output) {
		new LimiterEvents(this.registry, this.time, this.events::add).afterSingletonsInstantiated();
		List<CompletableFuture<Void>> threads = new CopyOnWriteArrayList<>();
		for (int thread = 0; thread < 4; thread++) {
			threads.add(CompletableFuture.runAsync(() -> refuse(25_000)));
		}
		threads.forEach(CompletableFuture::join);
		assertThat(output).containsOnlyOnce("refused a call").doesNotContain("others since");
		this.time.advance(RefusalLog.PAUSE.minus(Duration.ofNanos(1)));
		refuse(1);
		assertThat(output).containsOnlyOnce("refused a call");
		this.time.advance(Duration.ofNanos(1));
		refuse(1);
		assertThat(output).contains("bulkhead 'inventory' refused a call (closed, waiting=0), and 100000 others since");
		Awaitility.await().untilAsserted(() -> assertThat(this.events).hasSize(2));
		assertThat(this.events)
			.contains(new LimitRefusedEvent(LimiterKind.BULKHEAD, "inventory", RefusalReason.CLOSED, 100_000));
	}

	@Test
	void eachLimiterHasItsOwnLine(CapturedOutput output) {
		new LimiterEvents(this.registry, this.time, this.events::add).afterSingletonsInstantiated();
		ConcurrencyLimiter later = this.registry.register("orders", ConcurrencyLimiterSpec.of(0));
		refuse(2);
		assertThat(later.tryAcquire()).isNull();
		assertThat(output).containsOnlyOnce("'inventory' refused").containsOnlyOnce("'orders' refused");
	}

	@Test
	void keysThatAreTooManyAreLoggedOnceInTenSecondsAndNotNamed(CapturedOutput output) {
		new LimiterEvents(this.registry, this.time, this.events::add).afterSingletonsInstantiated();
		RateLimiter api = this.registry.register("api", RateLimiterSpec.of(1000).withMaxKeys(1));
		for (int i = 0; i < 10; i++) {
			assertThat(api.forKey("customer-" + i).tryAcquire()).isTrue();
		}
		assertThat(output).containsOnlyOnce("'api' has all of its 1 keys in use").doesNotContain("customer-");
		this.time.advance(RefusalLog.PAUSE);
		assertThat(api.forKey("customer-a").tryAcquire()).isTrue();
		assertThat(api.forKey("customer-b").tryAcquire()).isTrue();
		assertThat(output).contains("and 8 others since this was last said; max-keys").doesNotContain("customer-");
	}

	@Test
	void plansThatThereAreNotAreLoggedOnceInTenSeconds(CapturedOutput output) {
		new LimiterEvents(this.registry, this.time, this.events::add).afterSingletonsInstantiated();
		RateLimiter api = this.registry.register("api", RateLimiterSpec.of(1000));
		for (int i = 0; i < 3; i++) {
			api.forKey("customer-" + i, "go\nld").tryAcquire();
		}
		assertThat(output).containsOnlyOnce("'api' has no plan 'go\\nld'").doesNotContain("customer-", "go\nld");
		this.time.advance(RefusalLog.PAUSE);
		api.forKey("customer", "x".repeat(1000)).tryAcquire();
		assertThat(output).contains("own values, and 2 others since").doesNotContain("x".repeat(100));
	}

	@Test
	void listenerThatThrowsHarmsNoCall(CapturedOutput output) {
		new LimiterEvents(this.registry, this.time, (event) -> {
			throw new IllegalStateException("listener");
		}).afterSingletonsInstantiated();
		refuse(3);
		Awaitility.await().untilAsserted(() -> assertThat(output).contains("A listener failed"));
		assertThat(this.limiter.stats().refusedTotal()).isEqualTo(3);
	}

	private void refuse(int times) {
		for (int i = 0; i < times; i++) {
			assertThat(this.limiter.tryAcquire()).isNull();
		}
	}

}
