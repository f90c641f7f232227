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
import java.util.stream.IntStream;

import io.github.penstock.LimiterStore.StoreUnavailableException;
import io.github.penstock.LimiterStore.Supply;
import io.github.penstock.RateLimiterSpec;
import io.lettuce.core.Range;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RedisLimiterStore} where another server takes over.
 */
@Tag("soak")
class RedisFailoverTests {

	private static final RateLimiterSpec SLOW = RateLimiterSpec.of(3, Duration.ofDays(3));

	private static final Supply EXPORT = new Supply("export", null);

	private static final Duration BUDGET = Duration.ofMillis(200);

	private static final Duration LEASE = Duration.ofSeconds(30);

	private final List<RedisServer> servers = new ArrayList<>();

	private final Stores stores = new Stores();

	@TempDir
	private Path directory;

	@AfterEach
	void close() {
		this.stores.close();
		this.servers.forEach(RedisServer::close);
	}

	@Test
	void clusterSharesKeysOfAllItsSlotsAndSurvivesTheEndOfAMaster() {
		startCluster();
		RedisLimiterStore store = this.stores.create(
				new RedisTarget(RedisTarget.Kind.CLUSTER,
						this.servers.stream().map((server) -> RedisURI.create("127.0.0.1", server.port())).toList()),
				BUDGET, LEASE);
		AtomicInteger wakes = new AtomicInteger();
		store.watch(EXPORT, wakes::incrementAndGet);
		Awaitility.await().until(() -> wakes.get() > 0);
		for (int key = 0; key < 50; key++) {
			awaitAnswer(store, new Supply("api", key));
		}
		assertThat(Stores.permits(store, EXPORT, 2, 0, 1).lent()).isOne();
		this.servers.get(0).kill();
		Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			for (int key = 0; key < 50; key++) {
				awaitAnswer(store, new Supply("api", key));
			}
			assertThat(store.state().up()).isTrue();
		});
	}

	@Test
	void sentinelsLeadToTheNewMaster() {
		RedisServer master = server();
		List<RedisServer> replicas = IntStream.range(0, 2)
			.mapToObj((replica) -> server("--replicaof", "127.0.0.1", String.valueOf(master.port())))
			.toList();
		RedisURI.Builder uri = RedisURI.builder().withSentinelMasterId("main");
		for (int sentinel = 0; sentinel < 3; sentinel++) {
			RedisServer started = RedisServer.startSentinel(this.directory.resolve("sentinel-" + sentinel),
					master.port());
			this.servers.add(started);
			uri.withSentinel("127.0.0.1", started.port());
		}
		awaitReplicas(master, replicas.size());
		RedisLimiterStore store = this.stores.create(uri.build(), BUDGET, LEASE);
		awaitAnswer(store, new Supply("api", null));
		master.kill();
		Awaitility.await().until(() -> !store.state().up());
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> store.state().up());
		awaitAnswer(store, new Supply("api", null));
		// It comes back, is told that it is a replica now, and disturbs nobody.
		master.restart();
		awaitAnswer(store, new Supply("other", null));
	}

	@Test
	void masterAmongReplicasIsFound() {
		RedisServer master = server();
		RedisServer replica = server("--replicaof", "127.0.0.1", String.valueOf(master.port()));
		awaitReplicas(master, 1);
		RedisLimiterStore store = this.stores.create(new RedisTarget(RedisTarget.Kind.REPLICAS,
				List.of(RedisURI.create("127.0.0.1", replica.port()), RedisURI.create("127.0.0.1", master.port()))),
				BUDGET, LEASE);
		awaitAnswer(store, new Supply("api", null));
	}

	private RedisServer server(String... options) {
		RedisServer server = RedisServer.start(options);
		this.servers.add(server);
		return server;
	}

	/** Three masters, and a replica of each. */
	private void startCluster() {
		List<ScriptClient> clients = new ArrayList<>();
		for (int node = 0; node < 6; node++) {
			RedisServer server = server("--cluster-enabled", "yes", "--cluster-node-timeout", "1000",
					"--cluster-config-file", this.directory.resolve("nodes-" + node).toString());
			clients.add(new ScriptClient(server));
		}
		List<RedisCommands<String, String>> nodes = clients.stream().map(ScriptClient::commands).toList();
		int slots = 16_384;
		for (int master = 0; master < 3; master++) {
			nodes.get(master)
				.clusterAddSlotsRange(Range.<Integer>create(slots * master / 3, slots * (master + 1) / 3 - 1));
		}
		nodes.forEach((node) -> node.clusterMeet("127.0.0.1", this.servers.get(0).port()));
		for (int replica = 3; replica < 6; replica++) {
			String master = nodes.get(replica - 3).clusterMyId();
			RedisCommands<String, String> node = nodes.get(replica);
			Awaitility.await().ignoreExceptions().until(() -> "OK".equals(node.clusterReplicate(master)));
		}
		nodes.forEach((node) -> Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> node.clusterInfo().contains("cluster_state:ok")
					&& node.clusterNodes().lines().filter((line) -> line.contains("slave")).count() == 3));
		// One that has copied nothing yet does not take over.
		nodes.subList(3, 6)
			.forEach((node) -> Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> node.info("replication").contains("master_link_status:up")));
		clients.forEach(ScriptClient::close);
	}

	private static void awaitReplicas(RedisServer master, int replicas) {
		try (ScriptClient redis = new ScriptClient(master)) {
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> redis.commands()
					.info("replication")
					.lines()
					.filter((line) -> line.contains("state=online"))
					.count() == replicas);
		}
	}

	private static void awaitAnswer(RedisLimiterStore store, Supply supply) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.ignoreExceptionsInstanceOf(StoreUnavailableException.class)
			.until(() -> Stores.tokens(store, Stores.take(supply, SLOW, 1, 0)).waits().size() == 1);
	}

}
