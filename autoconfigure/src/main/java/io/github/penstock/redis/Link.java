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
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The connection that there is at the moment, or will be in one. It is made when it is
 * needed first, and made anew when it could not be made or does not answer any more.
 */
final class Link {

	private final AtomicReference<@Nullable CompletableFuture<RedisConnection>> connection = new AtomicReference<>();

	private final Supplier<RedisClients> clients;

	private final Executor executor;

	private volatile boolean closed;

	Link(Supplier<RedisClients> clients, Executor executor) {
		this.clients = clients;
		this.executor = executor;
	}

	CompletionStage<List<Object>> run(LuaScript script, String key, String... arguments) {
		CompletableFuture<RedisConnection> connection = connection();
		if (connection.isDone() && !connection.isCompletedExceptionally()) {
			return connection.join().run(script, key, arguments);
		}
		return connection.thenCompose((connected) -> connected.run(script, key, arguments));
	}

	private CompletableFuture<RedisConnection> connection() {
		CompletableFuture<RedisConnection> current = this.connection.get();
		if (current != null) {
			return current;
		}
		CompletableFuture<RedisConnection> begun = new CompletableFuture<>();
		if (this.closed || !this.connection.compareAndSet(null, begun)) {
			current = this.connection.get();
			return (current != null) ? current
					: CompletableFuture.failedFuture(new IllegalStateException("The connection to Redis is closed"));
		}
		// The first client loads a few hundred classes.
		this.executor.execute(() -> connect(begun));
		return begun;
	}

	private void connect(CompletableFuture<RedisConnection> begun) {
		try {
			this.clients.get().connect().whenComplete((connected, failure) -> {
				if (failure != null) {
					begun.completeExceptionally(Outages.unwrap(failure));
				}
				else if (!begun.complete(connected) || this.closed) {
					connected.close();
				}
			});
		}
		catch (RuntimeException ex) {
			begun.completeExceptionally(ex);
		}
	}

	/** Connect, so that the first question need not wait for that. */
	CompletionStage<RedisConnection> open() {
		return connection();
	}

	/** Connect anew before the next question if that failed. */
	void forgetIfFailed() {
		CompletableFuture<RedisConnection> current = this.connection.get();
		if (current != null && current.isCompletedExceptionally()) {
			this.connection.compareAndSet(current, null);
		}
	}

	/** Connect anew before the next question, whatever has become of the connection. */
	void forget() {
		end(this.connection.getAndSet(null));
	}

	/** Begin no connection any more; the client closes those that there are. */
	void close() {
		this.closed = true;
	}

	private static void end(@Nullable CompletableFuture<RedisConnection> connection) {
		if (connection != null) {
			connection.thenAccept(RedisConnection::close);
		}
	}

}
