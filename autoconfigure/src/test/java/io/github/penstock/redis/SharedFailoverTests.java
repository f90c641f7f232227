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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimitExceededException;
import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.LimiterStore.Supply;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.RefusalReason;
import io.github.penstock.Sharing;
import io.github.penstock.TimeSource;
import io.lettuce.core.RedisURI;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a Redis of several servers, of which others take over the work of one.
 */
@Timeout(180)
class SharedFailoverTests {

	private static final Sharing CLOSED = Sharing.DEFAULT.withOnOutage(Sharing.OnOutage.CLOSED);

	/** The masters of a cluster agree among themselves who is one. */
	private static final Consumer<RedisServer> NOTHING = (server) -> {
	};

	private static final int TOKENS = 10;

	private static final int PERMITS = 3;

	private final SupplyNames names = new SupplyNames("failover");

	private final List<RedisLimiterStore> stores = new ArrayList<>();

	@AfterEach
	void close() {
		this.stores.forEach(RedisLimiterStore::close);
	}

	/**
	 * A sentinel that a busy machine has stopped for two seconds trusts nobody for
	 * thirty.
	 */
	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(150));
	}

	@Test // D1, D5
	void clusterGoesOnWithAnotherMaster() {
		try (RedisCluster cluster = new RedisCluster()) {
			goOnWithAnotherMaster(RedisTarget.Kind.CLUSTER, cluster.uris(), cluster::masterOf, NOTHING);
		}
	}

	@Test // D1, D5
	@Tag("soak")
	void sentinelsGoOnWithAnotherMaster() {
		try (RedisSentinels sentinels = new RedisSentinels()) {
			goOnWithAnotherMaster(RedisTarget.Kind.SINGLE, sentinels.uris(), (key) -> sentinels.master(), null);
		}
	}

	@Test // D1, D5
	@Tag("soak")
	void masterOfSentinelsComesBackAsAReplica() {
		try (RedisSentinels sentinels = new RedisSentinels()) {
			goOnWithAnotherMaster(RedisTarget.Kind.SINGLE, sentinels.uris(), (key) -> sentinels.master(),
					sentinels::makeReplica);
		}
	}

	private void goOnWithAnotherMaster(RedisTarget.Kind kind, List<String> uris, Function<String, RedisServer> masters,
			@Nullable Consumer<RedisServer> replica) {
		List<LimiterRegistry> instances = List.of(instance(kind, uris), instance(kind, uris));
		RedisServer first = masters.apply(this.names.tokens(new Supply("api", null)));
		String export = bulkheadOf(first, masters);
		List<RateLimiter> api = instances.stream()
			.map((instance) -> instance.register("api",
					RateLimiterSpec.of(TOKENS, Duration.ofDays(1)).withSharing(CLOSED)))
			.toList();
		List<ConcurrencyLimiter> bulkheads = instances.stream()
			.map((instance) -> instance.register(export,
					ConcurrencyLimiterSpec.of(PERMITS).withTimeout(Duration.ZERO).withSharing(CLOSED)))
			.toList();
		List<RateLimiter> open = instances.stream()
			.map((instance) -> instance.register("open",
					RateLimiterSpec.of(1, Duration.ofDays(1)).withSharing(CLOSED.withOnOutage(Sharing.OnOutage.OPEN))))
			.toList();
		List<Permit> held = new ArrayList<>();
		for (int at = 0; at < 2; at++) {
			take(api.get(at));
			take(api.get(at));
			held.add(hold(bulkheads.get(at)));
		}
		awaitReplica(first);

		first.kill();
		for (int at = 0; at < 2; at++) {
			awaitOutage(api.get(at));
			awaitOutage(bulkheads.get(at));
			RateLimiter opened = open.get(at);
			await().until(() -> opened.tryAcquire() && opened.tryAcquire() && opened.tryAcquire());
		}
		awaitUp(api, bulkheads);
		assertThat(masters.apply(this.names.tokens(new Supply("api", null)))).isNotSameAs(first);
		// The replica had seen what was taken, and what is held is put down anew.
		held.add(hold(bulkheads.get(0)));
		assertThat(held).allMatch(Permit::isValid);
		assertThat(bulkheads).allMatch((bulkhead) -> bulkhead.tryAcquire() == null);
		take(api.get(0));

		if (replica == null) {
			return;
		}
		first.restart();
		// Whoever makes it one ends its connections.
		replica.accept(first);
		await().ignoreExceptions().until(() -> isReplica(first));
		awaitUp(api, bulkheads);
		take(api.get(1));
		assertThat(drain(api)).isEqualTo(TOKENS - 6);
		held.forEach(Permit::close);
		assertThat(IntStream.range(0, PERMITS).mapToObj((at) -> hold(bulkheads.get(1))).toList())
			.allMatch(Permit::isValid);
		assertThat(bulkheads).allMatch((bulkhead) -> bulkhead.tryAcquire() == null);
	}

	@Test // D5
	@Tag("soak")
	void masterOfAClusterThatStoodStillIsAReplicaToAll() {
		try (RedisCluster cluster = new RedisCluster()) {
			goOnAfterAPause(RedisTarget.Kind.CLUSTER, cluster.uris(), cluster::masterOf, NOTHING);
		}
	}

	@Test // D5
	@Tag("soak")
	void masterOfSentinelsThatStoodStillIsAReplicaToAll() {
		try (RedisSentinels sentinels = new RedisSentinels()) {
			goOnAfterAPause(RedisTarget.Kind.SINGLE, sentinels.uris(), (key) -> sentinels.master(),
					sentinels::makeReplica);
		}
	}

	/** Connections to it stay, and lead to a server that only reads. */
	private void goOnAfterAPause(RedisTarget.Kind kind, List<String> uris, Function<String, RedisServer> masters,
			Consumer<RedisServer> replica) {
		List<LimiterRegistry> instances = List.of(instance(kind, uris), instance(kind, uris));
		String name = this.names.tokens(new Supply("api", null));
		RedisServer first = masters.apply(name);
		List<RateLimiter> api = instances.stream()
			.map((instance) -> instance.register("api",
					RateLimiterSpec.of(TOKENS, Duration.ofDays(1)).withSharing(CLOSED)))
			.toList();
		api.forEach(SharedFailoverTests::take);
		awaitReplica(first);
		first.suspend();
		try {
			api.forEach(SharedFailoverTests::awaitOutage);
			await().ignoreExceptions().until(() -> masters.apply(name) != first);
		}
		finally {
			first.resume();
		}
		// Whoever makes it one ends its connections.
		replica.accept(first);
		await().ignoreExceptions().until(() -> isReplica(first));
		awaitUp(api, List.of());
		api.forEach(SharedFailoverTests::take);
		// An answer of the old master that came late is put back to the new one: of each
		// instance that asked at that moment.
		assertThat(drain(api)).isBetween(TOKENS - 4, TOKENS - 4 + api.size());
	}

	private LimiterRegistry instance(RedisTarget.Kind kind, List<String> uris) {
		RedisLimiterStore store = new RedisLimiterStore(
				new RedisTarget(kind, uris.stream().map(RedisURI::create).toList()),
				new RedisStoreSettings("failover", Duration.ofMillis(500), Duration.ofSeconds(10)), (resources) -> {
				}, (options) -> {
				});
		this.stores.add(store);
		store.start();
		return new LimiterRegistry(LimiterFactory.sharing(TimeSource.system(), () -> store));
	}

	/** The name of a bulkhead that this server has. */
	private String bulkheadOf(RedisServer server, Function<String, RedisServer> masters) {
		return Stream.iterate(1, (number) -> number + 1)
			.map((number) -> "export-" + number)
			.filter((name) -> masters.apply(this.names.permits(new Supply(name, null))) == server)
			.findFirst()
			.orElseThrow();
	}

	/** All that was written until now is known to a replica. */
	private static void awaitReplica(RedisServer master) {
		try (ScriptClient client = new ScriptClient(master)) {
			assertThat(client.commands().waitForReplication(1, 10_000)).isPositive();
		}
	}

	private static boolean isReplica(RedisServer server) {
		try (ScriptClient client = new ScriptClient(server)) {
			return client.commands().info("replication").contains("role:slave");
		}
	}

	private static void take(RateLimiter limiter) {
		await().until(limiter::tryAcquire);
	}

	private static int drain(List<RateLimiter> limiters) {
		int taken = 0;
		for (RateLimiter limiter : limiters) {
			while (limiter.tryAcquire()) {
				taken++;
			}
		}
		return taken;
	}

	private static Permit hold(ConcurrencyLimiter limiter) {
		return await().until(limiter::tryAcquire, (permit) -> permit != null);
	}

	private static void awaitOutage(RateLimiter limiter) {
		await().until(() -> isUnavailable(() -> limiter.acquire(Duration.ZERO)));
	}

	private static void awaitOutage(ConcurrencyLimiter limiter) {
		await().until(() -> isUnavailable(() -> limiter.acquire(Duration.ZERO).close()));
	}

	private static boolean isUnavailable(Call call) throws InterruptedException {
		try {
			call.run();
			return false;
		}
		catch (LimitExceededException ex) {
			return ex.reason() == RefusalReason.UNAVAILABLE;
		}
	}

	private static void awaitUp(List<RateLimiter> api, List<ConcurrencyLimiter> bulkheads) {
		await().until(() -> Stream.concat(api.stream(), bulkheads.stream())
			.noneMatch((limiter) -> limiter.sharedStatus().degraded()));
	}

	/** What may be refused. */
	private interface Call {

		void run() throws InterruptedException;

	}

}
