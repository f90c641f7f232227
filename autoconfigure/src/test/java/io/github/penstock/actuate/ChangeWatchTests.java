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
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.test.MovableTime;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ChangeWatch}: each change is heard of once, wherever it is made.
 */
class ChangeWatchTests {

	private final MovableTime time = new MovableTime();

	private final LimiterRegistry registry = new LimiterRegistry(this.time);

	private final ConcurrencyLimiter bulkhead = this.registry.register("inventory", ConcurrencyLimiterSpec.of(20));

	private final List<LimiterChange> told = new CopyOnWriteArrayList<>();

	private final List<Object> audited = new CopyOnWriteArrayList<>();

	private final LimiterChanges changes = new LimiterChanges(this.time,
			List.of(this.told::add, new AuditTrail(this.audited::add)), List.of());

	@BeforeEach
	void watch() {
		new ChangeWatch(this.registry, () -> this.changes).afterSingletonsInstantiated();
	}

	@Test
	void changesInCodeAreToldOfAndNotAudited() {
		RateLimiter later = this.registry.register("api", RateLimiterSpec.of(100));
		this.bulkhead.change((spec) -> spec.withMax(5));
		this.bulkhead.reset();
		later.change((spec) -> spec.withRate(50));
		later.configure(RateLimiterSpec.of(10));
		later.reset();
		assertThat(this.told).extracting((change) -> change.name() + " " + change.cause() + " " + change.origin())
			.containsExactly("inventory changed CODE", "inventory reset CODE", "api changed CODE", "api reset CODE");
		assertThat(this.told.get(0).before()).isEqualTo(Map.of("max", 20));
		assertThat(this.told.get(0).after()).isEqualTo(Map.of("max", 5));
		assertThat(this.told.get(2).after()).isEqualTo(Map.of("rate", "50 per 1s"));
		assertThat(this.audited).isEmpty();
	}

	@Test
	void changesThroughTheEndpointAreToldOfOnceWithWhoDidIt() {
		AdjustableLimiter<?> limiter = AdjustableLimiter.of(this.bulkhead);
		this.changes.change(limiter, Map.of("max", "5"), "1m", null, "alice");
		this.time.advance(Duration.ofMinutes(1));
		Awaitility.await().until(() -> this.told.size() == 2);
		this.changes.change(limiter, Map.of("max", "6"), null, null, "bob");
		this.changes.reset(limiter, "bob");
		assertThat(this.told).extracting(LimiterChange::cause)
			.containsExactly(LimiterChange.Cause.CHANGED, LimiterChange.Cause.REVERTED, LimiterChange.Cause.CHANGED,
					LimiterChange.Cause.RESET);
		assertThat(this.told).extracting(LimiterChange::principal).containsExactly("alice", null, "bob", "bob");
		assertThat(this.told).extracting(LimiterChange::origin).containsOnly(LimiterChange.Origin.ENDPOINT);
		assertThat(this.audited).hasSize(4).hasOnlyElementsOfType(AuditApplicationEvent.class);
	}

	@Test
	void changeThatListenerMakesOfItsOwnIsToldOfAsWell() {
		this.bulkhead.listen(new io.github.penstock.LimiterListener() {

			@Override
			public void changed(Change change) {
				ChangeWatchTests.this.bulkhead.change((spec) -> spec.withMaxWaiting(7));
			}

		});
		this.changes.change(AdjustableLimiter.of(this.bulkhead), Map.of("max", "5"), null, null, "alice");
		assertThat(this.told).extracting(LimiterChange::origin)
			.containsExactlyInAnyOrder(LimiterChange.Origin.ENDPOINT, LimiterChange.Origin.CODE);
	}

	@Test
	void changeForTimeEndsWithTheValueThatIsConfiguredByThen() {
		this.changes.change(AdjustableLimiter.of(this.bulkhead), Map.of("max", "5"), "1m", null, "alice");
		this.bulkhead.configure(ConcurrencyLimiterSpec.of(30));
		assertThat(this.bulkhead.max()).isEqualTo(5);
		this.time.advance(Duration.ofMinutes(1));
		Awaitility.await().until(() -> this.told.size() == 2);
		assertThat(this.bulkhead.max()).isEqualTo(30);
	}

}
