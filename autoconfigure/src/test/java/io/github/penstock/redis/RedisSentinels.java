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

import io.lettuce.core.KillArgs;
import org.awaitility.Awaitility;

/**
 * A master with two replicas, and three sentinels that watch over it.
 */
final class RedisSentinels implements AutoCloseable {

	private static final String NAME = "main";

	private static final int SENTINELS = 3;

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final List<RedisServer> servers = new ArrayList<>();

	private final List<RedisServer> sentinels = new ArrayList<>();

	RedisSentinels() {
		RedisServer master = RedisServer.start();
		this.servers.add(master);
		for (int replica = 0; replica < 2; replica++) {
			this.servers.add(RedisServer.start("--replicaof", "127.0.0.1", String.valueOf(master.port())));
		}
		awaitReplicas(master, 2);
		for (int sentinel = 0; sentinel < SENTINELS; sentinel++) {
			this.sentinels.add(RedisServer.startSentinel(file(), master.port()));
		}
		for (RedisServer sentinel : this.sentinels) {
			Awaitility.await().atMost(PATIENCE).until(() -> knows(sentinel, "num-other-sentinels", SENTINELS - 1));
			Awaitility.await().atMost(PATIENCE).until(() -> knows(sentinel, "num-slaves", 2));
		}
	}

	private static Path file() {
		try {
			Path file = Files.createTempFile("redis-sentinel", ".conf");
			file.toFile().deleteOnExit();
			return file;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void awaitReplicas(RedisServer master, int replicas) {
		try (ScriptClient client = new ScriptClient(master)) {
			Awaitility.await()
				.atMost(PATIENCE)
				.until(() -> client.commands()
					.info("replication")
					.lines()
					.filter((line) -> line.contains("state=online"))
					.count() == replicas);
		}
	}

	private static boolean knows(RedisServer sentinel, String what, int count) {
		try (ScriptClient client = new ScriptClient(sentinel)) {
			List<Object> values = client.send("SENTINEL", "MASTER", NAME);
			int at = values.indexOf(what);
			return at >= 0 && values.get(at + 1).equals(String.valueOf(count));
		}
	}

	/** The one that the sentinels call the master. */
	RedisServer master() {
		try (ScriptClient client = new ScriptClient(this.sentinels.get(0))) {
			Object port = client.send("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME).get(1);
			return this.servers.stream()
				.filter((server) -> String.valueOf(server.port()).equals(port))
				.findFirst()
				.orElseThrow();
		}
	}

	/**
	 * Have one follow the master, with the commands of a sentinel. By themselves they do
	 * so when they have seen nobody down for eight seconds: on a busy machine that may be
	 * never.
	 */
	void makeReplica(RedisServer server) {
		try (ScriptClient client = new ScriptClient(server)) {
			client.commands().multi();
			client.commands().replicaof("127.0.0.1", master().port());
			client.commands().clientKill(KillArgs.Builder.typePubsub());
			client.commands().clientKill(KillArgs.Builder.typeNormal());
			client.commands().exec();
		}
	}

	List<String> uris() {
		StringBuilder uri = new StringBuilder("redis-sentinel://");
		for (RedisServer sentinel : this.sentinels) {
			uri.append((uri.charAt(uri.length() - 1) != '/') ? "," : "").append("127.0.0.1:").append(sentinel.port());
		}
		return List.of(uri + "#" + NAME);
	}

	@Override
	public void close() {
		this.sentinels.forEach(RedisServer::close);
		this.servers.forEach(RedisServer::close);
	}

}
