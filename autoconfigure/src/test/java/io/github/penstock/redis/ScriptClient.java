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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;

/**
 * Runs scripts by themselves, at times of the test's choice.
 */
final class ScriptClient implements AutoCloseable {

	private static final AtomicLong KEYS = new AtomicLong();

	private static final String TIME = "redis.call('TIME')";

	private static final long EPOCH_SECONDS = 1_767_225_600;

	private final RedisClient client;

	private final RedisCommands<String, String> commands;

	ScriptClient(RedisServer server) {
		this.client = RedisClient.create(RedisURI.builder()
			.withHost("127.0.0.1")
			.withPort(server.port())
			.withTimeout(Duration.ofSeconds(20))
			.build());
		this.commands = this.client.connect().sync();
	}

	static String newKey() {
		return "{script-" + KEYS.incrementAndGet() + "}";
	}

	RedisCommands<String, String> commands() {
		return this.commands;
	}

	/** Send what the client has no method for. */
	List<Object> send(String command, String... arguments) {
		CommandArgs<String, String> all = new CommandArgs<>(StringCodec.UTF8);
		List.of(arguments).forEach(all::add);
		return this.commands.dispatch(new Keyword(command), new ArrayOutput<>(StringCodec.UTF8), all);
	}

	/** Listen to a channel, from now on. */
	StatefulRedisPubSubConnection<String, String> subscribe(String channel, Consumer<String> listener) {
		StatefulRedisPubSubConnection<String, String> connection = this.client.connectPubSub();
		connection.addListener(new RedisPubSubAdapter<>() {

			@Override
			public void message(String from, String message) {
				listener.accept(message);
			}

		});
		connection.sync().subscribe(channel);
		return connection;
	}

	List<Long> run(LuaScript script, String key, Object... arguments) {
		return this.commands.eval(script.text(), ScriptOutputType.MULTI, new String[] { key }, texts(arguments));
	}

	/** Run the same script by another clock, which its second and third key are. */
	List<Long> runAt(long micros, LuaScript script, String key, Object... arguments) {
		if (script.text().indexOf(TIME) != script.text().lastIndexOf(TIME) || !script.text().contains(TIME)) {
			throw new IllegalStateException("The script reads the time more or less than once");
		}
		// A key is there for as long as the test takes, by whatever clock.
		String text = script.text().replace(TIME, "{ KEYS[2], KEYS[3] }").replace("/ 1000) + 1000", "/ 1000) + 600000");
		long seconds = Math.floorDiv(micros, 1_000_000L);
		String[] keys = { key, String.valueOf(EPOCH_SECONDS + seconds), String.valueOf(micros - seconds * 1_000_000) };
		return this.commands.eval(text, ScriptOutputType.MULTI, keys, texts(arguments));
	}

	private static String[] texts(Object... arguments) {
		return Stream.of(arguments).map(String::valueOf).toArray(String[]::new);
	}

	@Override
	public void close() {
		// Not waited for: its own threads wait for each other, which is none of what is
		// tested.
		this.client.shutdownAsync(0, 2, TimeUnit.SECONDS);
	}

	private record Keyword(String name) implements ProtocolKeyword {

		@Override
		public byte[] getBytes() {
			return this.name.getBytes(StandardCharsets.US_ASCII);
		}

	}

}
