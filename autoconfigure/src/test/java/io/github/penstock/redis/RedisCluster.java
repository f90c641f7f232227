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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import org.awaitility.Awaitility;

/**
 * A cluster of three masters with a replica each, on the loopback interface.
 */
final class RedisCluster implements AutoCloseable {

	private static final int MASTERS = 3;

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final List<RedisServer> servers = new ArrayList<>();

	RedisCluster() {
		List<Integer> busPorts = new ArrayList<>();
		for (int node = 0; node < 2 * MASTERS; node++) {
			int busPort = RedisServer.freePort();
			busPorts.add(busPort);
			this.servers.add(RedisServer.start("--cluster-enabled", "yes", "--cluster-node-timeout", "1000",
					"--cluster-port", String.valueOf(busPort), "--cluster-config-file", file().toString()));
		}
		join(busPorts);
	}

	/** Where a node keeps who it is and whom it knows, also when it is started anew. */
	private static Path file() {
		try {
			Path file = Files.createTempFile("redis-node", ".conf");
			file.toFile().deleteOnExit();
			return file;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void join(List<Integer> busPorts) {
		List<ScriptClient> clients = this.servers.stream().map(ScriptClient::new).toList();
		try {
			List<RedisCommands<String, String>> nodes = clients.stream().map(ScriptClient::commands).toList();
			for (int node = 0; node < nodes.size(); node++) {
				nodes.get(node).clusterSetConfigEpoch(node + 1);
				if (node < MASTERS) {
					nodes.get(node)
						.clusterAddSlots(IntStream
							.range(node * SlotHash.SLOT_COUNT / MASTERS, (node + 1) * SlotHash.SLOT_COUNT / MASTERS)
							.toArray());
				}
			}
			for (int node = 1; node < nodes.size(); node++) {
				meet(clients.get(0), this.servers.get(node).port(), busPorts.get(node));
			}
			for (int node = 0; node < MASTERS; node++) {
				RedisCommands<String, String> replica = nodes.get(node + MASTERS);
				String master = nodes.get(node).clusterMyId();
				Awaitility.await()
					.atMost(PATIENCE)
					.ignoreExceptions()
					.until(() -> "OK".equals(replica.clusterReplicate(master)));
			}
			for (RedisCommands<String, String> node : nodes) {
				Awaitility.await()
					.atMost(PATIENCE)
					.until(() -> node.clusterInfo().contains("cluster_state:ok")
							&& node.clusterNodes().lines().filter((line) -> line.contains("slave")).count() == MASTERS);
			}
			for (int node = 0; node < MASTERS; node++) {
				RedisCommands<String, String> replica = nodes.get(node + MASTERS);
				Awaitility.await()
					.atMost(PATIENCE)
					.until(() -> replica.info("replication").contains("master_link_status:up"));
			}
		}
		finally {
			clients.forEach(ScriptClient::close);
		}
	}

	private static void meet(ScriptClient client, int port, int busPort) {
		client.send("CLUSTER", "MEET", "127.0.0.1", String.valueOf(port), String.valueOf(busPort));
	}

	/** What a client is told of it: not all of it. */
	List<String> uris() {
		return this.servers.stream().limit(2).map((server) -> "redis://127.0.0.1:" + server.port()).toList();
	}

	/** The one that has a key at the moment. */
	RedisServer masterOf(String key) {
		int slot = SlotHash.getSlot(key);
		for (RedisServer server : this.servers) {
			if (server.isRunning() && isMasterOf(server, slot)) {
				return server;
			}
		}
		throw new IllegalStateException("Nobody has slot " + slot);
	}

	private static boolean isMasterOf(RedisServer server, int slot) {
		try (ScriptClient client = new ScriptClient(server)) {
			return client.commands()
				.clusterNodes()
				.lines()
				.filter((line) -> line.contains("myself,master"))
				.flatMap((line) -> List.of(line.split(" ")).stream().skip(8))
				.map((range) -> range.split("-"))
				.anyMatch((range) -> Integer.parseInt(range[0]) <= slot
						&& slot <= Integer.parseInt(range[range.length - 1]));
		}
	}

	@Override
	public void close() {
		this.servers.forEach(RedisServer::close);
	}

}
