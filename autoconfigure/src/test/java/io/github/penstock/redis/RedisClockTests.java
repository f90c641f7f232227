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

package io.github.penstock.redis;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.Sharing;
import io.github.penstock.TimeSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for limits of two instances while the clock of a running Redis is set forward and
 * back. Skipped where that is not possible, unless the system property
 * {@code faketime.required} is set.
 */
@Tag("soak")
@EnabledIf("io.github.penstock.redis.MovableClock#isThere")
@Timeout(120)
class RedisClockTests {

	private static final int MAX = 3;

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@TempDir
	Path directory;

	private final Stores stores = new Stores();

	private final List<RedisLimiterStore> instances = new ArrayList<>();

	private final List<ConcurrencyLimiter> bulkheads = new ArrayList<>();

	private final List<RateLimiter> rateLimiters = new ArrayList<>();

	private MovableClock clock;

	private RedisServer server;

	@BeforeEach
	void start() {
		start(Stores.AMPLE);
	}

	private void start(Duration budget) {
		this.clock = new MovableClock(this.directory);
		this.server = RedisServer.startBy(this.clock);
		Sharing sharing = Sharing.DEFAULT.withOnOutage(Sharing.OnOutage.CLOSED);
		for (int i = 0; i < 2; i++) {
			RedisLimiterStore store = this.stores.createUp(this.server.port(), budget, budget.multipliedBy(10));
			LimiterRegistry registry = new LimiterRegistry(LimiterFactory.sharing(TimeSource.system(), () -> store));
			this.instances.add(store);
			this.bulkheads.add(registry.register("export", ConcurrencyLimiterSpec.of(MAX).withSharing(sharing)));
			this.rateLimiters
				.add(registry.register("api", RateLimiterSpec.of(5, Duration.ofDays(1)).withSharing(sharing)));
		}
	}

	@AfterEach
	void stop() {
		this.instances.forEach(RedisLimiterStore::close);
		this.server.close();
		this.instances.clear();
		this.bulkheads.clear();
		this.rateLimiters.clear();
	}

	private List<Permit> take(int instance) {
		return Stream.generate(this.bulkheads.get(instance)::tryAcquire)
			.limit(MAX)
			.filter((permit) -> permit != null)
			.toList();
	}

	/**
	 * All that there are: a refusal is repeated here for a while, before Redis is asked.
	 */
	private int tokens() {
		AtomicInteger taken = new AtomicInteger();
		for (int i = 0; i < 2; i++) {
			RateLimiter limiter = this.rateLimiters.get(i);
			RedisLimiterStore store = this.instances.get(i);
			long questions = store.state().questions();
			Awaitility.await().until(() -> {
				while (limiter.tryAcquire()) {
					taken.incrementAndGet();
				}
				return store.state().questions() > questions;
			});
		}
		return taken.get();
	}

	@Test // D1
	void noTokenComesOfAClockThatIsSetBackAndOneBucketOfOneThatIsSetForward() {
		assertThat(tokens()).isEqualTo(5);
		this.clock.set(Duration.ofHours(-7));
		assertThat(tokens()).isZero();
		this.clock.set(Duration.ofDays(2));
		Awaitility.await().untilAsserted(() -> assertThat(tokens()).isEqualTo(5));
		assertThat(tokens()).isZero();
		this.clock.set(Duration.ZERO);
		assertThat(tokens()).isZero();
	}

	@Test // D1
	void whoWaitsForATokenGetsItThoughTheClockIsSetBackMeanwhile() throws Exception {
		RateLimiterSpec quick = RateLimiterSpec.of(20).withBurst(1).withTimeout(PATIENCE).withSharing(Sharing.DEFAULT);
		this.rateLimiters.forEach((limiter) -> limiter.change((spec) -> quick));
		long began = System.nanoTime();
		for (int i = 0; i < 12; i++) {
			if (i % 4 == 2) {
				this.clock.set(Duration.ofHours(-i));
			}
			this.rateLimiters.get(i % 2).acquire();
		}
		// 11 more than the bucket holds, at 20 a second.
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(549));
		// Also for whoever does not wait.
		this.rateLimiters.get(0).charge(5);
		Awaitility.await().until(() -> !this.rateLimiters.get(1).tryAcquire());
		this.clock.set(Duration.ofHours(-100));
		Awaitility.await().until(this.rateLimiters.get(1)::tryAcquire);
	}

	/** Each that is missing is asked for, which renews those that are held. */
	private void assertAllAreHeld(int instance, List<Permit> held) {
		for (int i = 0; i < 3; i++) {
			assertThat(take(instance)).isEmpty();
			assertThat(take(1 - instance)).isEmpty();
		}
		assertThat(held).hasSize(MAX).allMatch(Permit::isValid);
	}

	private void assertAllAreThere(int instance) {
		Awaitility.await().untilAsserted(() -> {
			List<Permit> all = take(instance);
			all.forEach(Permit::close);
			assertThat(all).hasSize(MAX);
		});
	}

	@Test // D1, D3
	void permitsThatAreHeldStaySoThroughAClockThatIsSetBack() {
		List<Permit> held = take(0);
		this.clock.set(Duration.ofHours(-6));
		assertAllAreHeld(0, held);
		this.clock.set(Duration.ofDays(-600));
		assertAllAreHeld(0, held);
		held.forEach(Permit::close);
		assertAllAreThere(1);
		assertAllAreThere(0);
	}

	@Test // D3
	void noLeaseBecomesLongerByAClockThatIsSetBack() {
		stop();
		start(Duration.ofMillis(500));
		assertThat(take(0)).hasSize(MAX);
		// Gone without a word.
		this.instances.get(0).close();
		this.clock.set(Duration.ofHours(-6));
		assertThat(take(1)).isEmpty();
		Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertAllAreThere(1));
	}

	@Test // D1, D3
	void noPermitIsLostForGoodToAClockThatIsSetForward() {
		List<Permit> held = take(0);
		assertThat(held).hasSize(MAX);
		this.clock.set(Duration.ofHours(5));
		// As far as the first one does not ask meanwhile, and has some put down anew.
		List<Permit> others = take(1);
		assertThat(others).isNotEmpty();
		// What was lost frees nobody else's; until it asks an instance hands it on.
		held.forEach(Permit::close);
		Awaitility.await().untilAsserted(() -> {
			List<Permit> handedOn = take(0);
			handedOn.forEach(Permit::close);
			assertThat(handedOn).hasSizeLessThanOrEqualTo(MAX - others.size());
		});
		assertThat(others).allMatch(Permit::isValid);
		others.forEach(Permit::close);
		assertAllAreThere(0);
		assertAllAreThere(1);
		assertThat(this.instances).allMatch((store) -> store.state().up() && store.state().failures() == 0);
	}

}
