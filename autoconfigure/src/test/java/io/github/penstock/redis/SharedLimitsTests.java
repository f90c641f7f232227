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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimitExceededException;
import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.RefusalReason;
import io.github.penstock.Sharing;
import io.github.penstock.TimeSource;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for limiters of several instances that have their limits in one Redis.
 */
@Timeout(120)
class SharedLimitsTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Stores stores = new Stores();

	private final ExecutorService callers = Executors.newCachedThreadPool();

	private final List<AutoCloseable> instances = new ArrayList<>();

	private final LimiterRegistry one = instance();

	private final LimiterRegistry other = instance();

	private LimiterRegistry instance() {
		RedisLimiterStore store = this.stores.createUp(RedisServer.shared().port(), Stores.AMPLE, PATIENCE);
		LimiterRegistry registry = new LimiterRegistry(LimiterFactory.sharing(TimeSource.system(), () -> store));
		SharedChanges changes = new SharedChanges(store, registry);
		changes.afterSingletonsInstantiated();
		this.instances.add(changes::destroy);
		return registry;
	}

	@AfterEach
	void close() throws Exception {
		this.callers.shutdownNow();
		for (AutoCloseable instance : this.instances) {
			instance.close();
		}
		this.stores.close();
	}

	private List<RateLimiter> rateLimiters(RateLimiterSpec spec) {
		RateLimiterSpec shared = spec.withSharing(Sharing.DEFAULT);
		return List.of(this.one.register("api", shared), this.other.register("api", shared));
	}

	private List<ConcurrencyLimiter> bulkheads(int max) {
		ConcurrencyLimiterSpec shared = ConcurrencyLimiterSpec.of(max).withSharing(Sharing.DEFAULT);
		return List.of(this.one.register("export", shared), this.other.register("export", shared));
	}

	@Test // D1
	void tokensAreThoseOfAllInstances() {
		List<RateLimiter> limiters = rateLimiters(RateLimiterSpec.of(10, Duration.ofDays(1)));
		int granted = 0;
		for (int i = 0; i < 20; i++) {
			granted += limiters.get(i % 2).tryAcquire() ? 1 : 0;
		}
		assertThat(granted).isEqualTo(10);
		assertThatExceptionOfType(RateLimitExceededException.class)
			.isThrownBy(() -> limiters.get(0).acquire(Duration.ofHours(2)))
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(RefusalReason.WAIT_TOO_LONG);
				assertThat(ex.retryAfter()).isBetween(Duration.ofMinutes(142), Duration.ofMinutes(144));
			});
	}

	@Test // D1, D2
	void manyCallersOfBothInstancesGetWhatThereIs() throws Exception {
		List<RateLimiter> limiters = rateLimiters(RateLimiterSpec.of(1_000).withBurst(50).withTimeout(PATIENCE));
		AtomicInteger granted = new AtomicInteger();
		long began = System.nanoTime();
		List<Future<?>> calls = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			RateLimiter limiter = limiters.get(i % 2);
			calls.add(this.callers.submit(() -> {
				for (int call = 0; call < 20; call++) {
					limiter.acquire();
					granted.incrementAndGet();
				}
				return null;
			}));
		}
		for (Future<?> call : calls) {
			call.get(60, TimeUnit.SECONDS);
		}
		double seconds = (System.nanoTime() - began) / 1e9;
		assertThat(granted).hasValue(400);
		assertThat(400.0).isLessThanOrEqualTo(50 + 1_000 * seconds);
	}

	@Test // K1
	void keysHaveTokensOfTheirOwnOverAllInstances() {
		List<RateLimiter> limiters = rateLimiters(RateLimiterSpec.of(3, Duration.ofDays(1)));
		for (String key : List.of("ann", "bob")) {
			int granted = 0;
			for (int i = 0; i < 8; i++) {
				granted += limiters.get(i % 2).forKey(key).tryAcquire() ? 1 : 0;
			}
			assertThat(granted).isEqualTo(3);
		}
	}

	@Test // K3
	void keysThatAreTooManyShareTheirTokensOverAllInstances() {
		List<RateLimiter> limiters = rateLimiters(RateLimiterSpec.of(3, Duration.ofDays(1)).withMaxKeys(1));
		assertThat(limiters.get(0).forKey("first").tryAcquire(3)).isTrue();
		// Refused, and so known.
		limiters.forEach((limiter) -> assertThat(limiter.forKey("first").tryAcquire()).isFalse());
		int granted = 0;
		for (int i = 0; i < 10; i++) {
			granted += limiters.get(i % 2).forKey("other-" + i).tryAcquire() ? 1 : 0;
			granted += limiters.get(i % 2).tryAcquire() ? 1 : 0;
		}
		assertThat(granted).isEqualTo(6);
	}

	@Test // W2
	void costsAreSettledForAll() {
		List<RateLimiter> limiters = rateLimiters(RateLimiterSpec.of(100, Duration.ofDays(1)));
		assertThat(limiters.get(0).tryAcquire(80)).isTrue();
		limiters.get(0).refund(30);
		Awaitility.await().until(() -> limiters.get(1).tryAcquire(50));
		limiters.get(1).charge(20);
		Awaitility.await().until(() -> !limiters.get(0).tryAcquire());
	}

	@Test // M1
	void severalLimitsAreTakenAllOrNone() {
		RateLimiterSpec day = RateLimiterSpec.of(5, Duration.ofDays(1)).withSharing(Sharing.DEFAULT);
		RateLimiter all = RateLimiter.allOf(this.one.register("a", day), this.one.register("b", day),
				this.one.register("c", RateLimiterSpec.of(3, Duration.ofDays(1))));
		int granted = 0;
		for (int i = 0; i < 6; i++) {
			granted += all.tryAcquire() ? 1 : 0;
		}
		assertThat(granted).isEqualTo(3);
		// What was put back is kept for a moment.
		RateLimiter elsewhere = this.other.register("a", day);
		Awaitility.await().until(() -> elsewhere.tryAcquire(2));
		assertThat(elsewhere.tryAcquire()).isFalse();
	}

	@Test // D1, P3
	void permitsAreThoseOfAllInstances() {
		List<ConcurrencyLimiter> bulkheads = bulkheads(3);
		List<Permit> permits = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			Permit permit = bulkheads.get(i % 2).tryAcquire();
			if (permit != null) {
				permits.add(permit);
			}
		}
		assertThat(permits).hasSize(3).allMatch(Permit::isValid);
		assertThat(bulkheads.get(0).sharedStatus().inUse()).isEqualTo(3);
		permits.forEach(Permit::close);
		Awaitility.await().untilAsserted(() -> {
			List<Permit> all = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				Permit permit = bulkheads.get(1).tryAcquire();
				if (permit != null) {
					all.add(permit);
				}
			}
			boolean complete = all.size() == 3;
			all.forEach(Permit::close);
			assertThat(complete).isTrue();
		});
	}

	@Test // D4
	void aPermitGoesRoundAmongInstances() throws Exception {
		List<ConcurrencyLimiter> bulkheads = bulkheads(1);
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		List<Future<?>> calls = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			ConcurrencyLimiter bulkhead = bulkheads.get(i % 2);
			calls.add(this.callers.submit(() -> {
				for (int call = 0; call < 10; call++) {
					try (Permit permit = bulkhead.acquire(PATIENCE)) {
						most.accumulateAndGet(inside.incrementAndGet(), Math::max);
						inside.decrementAndGet();
					}
				}
				return null;
			}));
		}
		for (Future<?> call : calls) {
			call.get(60, TimeUnit.SECONDS);
		}
		assertThat(most).hasValue(1);
	}

	@Test // D4
	void whoWaitsIsWokenByAnotherInstance() throws Exception {
		List<ConcurrencyLimiter> bulkheads = bulkheads(1);
		Permit permit = bulkheads.get(0).acquire();
		CompletableFuture<Permit> waiting = bulkheads.get(1).acquireAsync(PATIENCE, Runnable::run);
		Awaitility.await().until(() -> bulkheads.get(1).waiting() == 1);
		assertThat(waiting).isNotDone();
		permit.close();
		waiting.get(30, TimeUnit.SECONDS).close();
	}

	@Test // D6
	void aChangeOfOneInstanceIsOneOfAll() {
		List<ConcurrencyLimiter> bulkheads = bulkheads(2);
		List<RateLimiter> limiters = rateLimiters(RateLimiterSpec.of(10));
		bulkheads.get(0).change((spec) -> spec.withMax(5).withTimeout(Duration.ofSeconds(7)));
		limiters.get(1).change((spec) -> spec.withRate(0.25).withEnforce(0));
		Awaitility.await().untilAsserted(() -> {
			assertThat(bulkheads.get(1).spec()).isEqualTo(bulkheads.get(0).spec());
			assertThat(limiters.get(0).spec()).isEqualTo(limiters.get(1).spec());
		});
		assertThat(bulkheads.get(1).max()).isEqualTo(5);
		assertThat(limiters.get(0).spec().enforce()).isZero();
		bulkheads.get(1).reset();
		Awaitility.await().until(() -> bulkheads.get(0).max() == 2);
		// Who comes later hears of it as well.
		LimiterRegistry late = instance();
		RateLimiter latest = late.register("api", limiters.get(0).configured());
		Awaitility.await().untilAsserted(() -> assertThat(latest.spec()).isEqualTo(limiters.get(0).spec()));
	}

	@Test // D6
	void changesThatFollowEachOtherQuicklyEndWithTheLast() {
		List<ConcurrencyLimiter> bulkheads = bulkheads(2);
		for (int i = 3; i < 20; i++) {
			int max = i;
			bulkheads.get(0).change((spec) -> spec.withMax(max));
		}
		Awaitility.await().until(() -> bulkheads.get(1).max() == 19);
		bulkheads.get(0).change((spec) -> spec.withMax(5));
		bulkheads.get(0).reset();
		Awaitility.await().until(() -> bulkheads.get(1).max() == 2);
		assertThat(bulkheads.get(0).max()).isEqualTo(2);
	}

	@Test // D6
	void ofChangesAtTheSameTimeOneIsInForceOnAll() {
		List<ConcurrencyLimiter> bulkheads = bulkheads(2);
		for (int i = 0; i < 20; i++) {
			int max = 10 + 2 * i;
			CompletableFuture<?> here = CompletableFuture
				.runAsync(() -> bulkheads.get(0).change((spec) -> spec.withMax(max)), this.callers);
			CompletableFuture<?> there = CompletableFuture
				.runAsync(() -> bulkheads.get(1).change((spec) -> spec.withMax(max + 1)), this.callers);
			CompletableFuture.allOf(here, there).join();
			Awaitility.await()
				.untilAsserted(() -> assertThat(bulkheads.get(0).max()).isEqualTo(bulkheads.get(1).max())
					.isBetween(max, max + 1));
		}
	}

	@Test // D5
	void anOutageEndsByItself() throws Exception {
		try (RedisServer server = RedisServer.start()) {
			RedisLimiterStore store = this.stores.createUp(server.port(), Duration.ofMillis(500), PATIENCE);
			LimiterRegistry registry = new LimiterRegistry(LimiterFactory.sharing(TimeSource.system(), () -> store));
			RateLimiter api = registry.register("api",
					RateLimiterSpec.of(4, Duration.ofDays(1)).withSharing(Sharing.DEFAULT));
			ConcurrencyLimiter closed = registry.register("export",
					ConcurrencyLimiterSpec.of(2)
						.withTimeout(Duration.ZERO)
						.withSharing(Sharing.DEFAULT.withOnOutage(Sharing.OnOutage.CLOSED)));
			assertThat(api.tryAcquire()).isTrue();
			Permit permit = closed.tryAcquire();
			assertThat(permit).isNotNull();
			server.kill();
			assertThat(api.tryAcquire()).as(() -> api.stats() + " " + api.sharedStatus()).isTrue();
			Awaitility.await().until(() -> api.sharedStatus().degraded());
			assertThatExceptionOfType(LimitExceededException.class).isThrownBy(closed::acquire);
			Awaitility.await().until(() -> closed.sharedStatus().degraded());
			assertThatExceptionOfType(LimitExceededException.class).isThrownBy(closed::acquire)
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RefusalReason.UNAVAILABLE));
			server.restart();
			Awaitility.await().until(() -> !api.sharedStatus().degraded() && !closed.sharedStatus().degraded());
			assertThat(api.tryAcquire(4)).isTrue();
			assertThat(api.tryAcquire()).isFalse();
			Awaitility.await().until(() -> closed.sharedStatus().inUse() == 1);
			permit.close();
			Awaitility.await().until(() -> closed.sharedStatus().inUse() == 0);
		}
	}

	@Test // D5
	@Tag("soak")
	void nothingIsLostToARedisThatIsSlow() throws Exception {
		try (RedisServer server = RedisServer.start("--enable-debug-command", "local");
				ScriptClient redis = new ScriptClient(server)) {
			RedisLimiterStore store = this.stores.createUp(server.port(), Duration.ofMillis(200), PATIENCE);
			LimiterRegistry registry = new LimiterRegistry(LimiterFactory.sharing(TimeSource.system(), () -> store));
			RateLimiter api = registry.register("api",
					RateLimiterSpec.of(4, Duration.ofDays(1)).withSharing(Sharing.DEFAULT));
			ConcurrencyLimiter closed = registry.register("export",
					ConcurrencyLimiterSpec.of(2)
						.withTimeout(Duration.ZERO)
						.withSharing(Sharing.DEFAULT.withOnOutage(Sharing.OnOutage.CLOSED)));
			Awaitility.await().until(api::tryAcquire);
			List<Permit> held = new ArrayList<>();
			Awaitility.await().until(() -> {
				Permit permit = closed.tryAcquire();
				return permit != null && held.add(permit);
			});
			Future<?> slow = this.callers.submit(() -> redis.commands()
				.dispatch(CommandType.DEBUG, new StatusOutput<>(StringCodec.UTF8),
						new CommandArgs<>(StringCodec.UTF8).add("SLEEP").add("1.2")));
			RateLimiter other = registry.register("other", RateLimiterSpec.of(1_000).withSharing(Sharing.DEFAULT));
			Awaitility.await().pollInterval(Duration.ofMillis(10)).until(() -> {
				other.tryAcquire();
				return !store.isUp();
			});
			assertThat(api.tryAcquire()).isTrue();
			assertThatExceptionOfType(LimitExceededException.class).isThrownBy(closed::acquire)
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RefusalReason.UNAVAILABLE));
			assertThat(held).allMatch(Permit::isValid);
			slow.get(30, TimeUnit.SECONDS);
			Awaitility.await().until(() -> !api.sharedStatus().degraded() && !closed.sharedStatus().degraded());
			// What was let in meanwhile took its share of here and not of there.
			Awaitility.await().until(() -> api.tryAcquire(3));
			assertThat(held).hasSize(1).allMatch(Permit::isValid);
			held.get(0).close();
			Awaitility.await().until(() -> closed.sharedStatus().inUse() == 0);
			Awaitility.await().until(() -> {
				List<Permit> all = new ArrayList<>();
				for (Permit permit = closed.tryAcquire(); permit != null; permit = closed.tryAcquire()) {
					all.add(permit);
				}
				all.forEach(Permit::close);
				return all.size() == 2;
			});
		}
	}

}
