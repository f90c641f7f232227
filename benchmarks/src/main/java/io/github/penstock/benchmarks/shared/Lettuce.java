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

package io.github.penstock.benchmarks.shared;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;

/**
 * One connection of a client, as applications have it, and what is measured by it.
 */
final class Lettuce implements AutoCloseable {

	private final RedisClient client;

	private final StatefulRedisConnection<String, String> connection;

	Lettuce(int port) {
		this.client = RedisClient.create(RedisURI.create("127.0.0.1", port));
		this.connection = this.client.connect();
	}

	RedisClient client() {
		return this.client;
	}

	RedisCommands<String, String> commands() {
		return this.connection.sync();
	}

	/** Load a script from the class path; return what runs it. */
	Script script(String resource) {
		String sha1 = commands().scriptLoad(text(resource));
		RedisCommands<String, String> commands = commands();
		return new Script() {

			@Override
			public <T> T run(ScriptOutputType type, String key, String... arguments) {
				return commands.evalsha(sha1, type, new String[] { key }, arguments);
			}

		};
	}

	private static String text(String resource) {
		try (InputStream text = Objects.requireNonNull(Lettuce.class.getResourceAsStream(resource), resource)) {
			return new String(text.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** How many commands Redis has run since it started, those of scripts included. */
	long commandsRun() {
		return commands().info("commandstats")
			.lines()
			.filter((line) -> line.startsWith("cmdstat_") && !line.startsWith("cmdstat_info:"))
			.mapToLong((line) -> Long.parseLong(line.substring(line.indexOf("calls=") + 6, line.indexOf(','))))
			.sum();
	}

	/** The time that processors have worked for Redis. */
	long cpuNanos() {
		return commands().info("cpu")
			.lines()
			.filter((line) -> line.startsWith("used_cpu_user:") || line.startsWith("used_cpu_sys:"))
			.mapToLong((line) -> (long) (1e9 * Double.parseDouble(line.substring(line.indexOf(':') + 1))))
			.sum();
	}

	@Override
	public void close() {
		this.client.shutdown();
	}

	/** A script that Redis knows. */
	interface Script {

		<T> T run(ScriptOutputType type, String key, String... arguments);

	}

}
