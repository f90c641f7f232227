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

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.api.AsyncCloseable;
import io.lettuce.core.api.async.BaseRedisAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;

/**
 * Runs scripts. Redis knows most of them by their hashes; one that it does not know, for
 * it was started anew, is sent in full, once.
 */
final class RedisConnection {

	private final AsyncCloseable connection;

	private final BaseRedisAsyncCommands<String, String> commands;

	RedisConnection(AsyncCloseable connection, BaseRedisAsyncCommands<String, String> commands) {
		this.connection = connection;
		this.commands = commands;
	}

	CompletionStage<List<Object>> run(LuaScript script, String key, String... arguments) {
		return run(CommandType.EVALSHA, script.sha1(), key, arguments).exceptionallyCompose((failure) -> {
			if (Outages.unwrap(failure) instanceof RedisNoScriptException) {
				return run(CommandType.EVAL, script.text(), key, arguments);
			}
			return CompletableFuture.failedStage(failure);
		});
	}

	/** A codec would have a buffer made for each argument, and copied from. */
	private CompletionStage<List<Object>> run(CommandType type, String script, String key, String... arguments) {
		CommandArgs<String, String> all = new CommandArgs<>(StringCodec.UTF8).add(script).add(1).addKey(key);
		for (String argument : arguments) {
			all.add(argument);
		}
		return this.commands.dispatch(type, new NestedMultiOutput<>(StringCodec.UTF8), all);
	}

	void close() {
		this.connection.closeAsync();
	}

}
