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

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The client, which is made when it is needed first.
 */
final class LazyClients implements Supplier<RedisClients>, AutoCloseable {

	private final Supplier<RedisClients> maker;

	private @Nullable RedisClients clients;

	private boolean closed;

	LazyClients(Supplier<RedisClients> maker) {
		this.maker = maker;
	}

	@Override
	public synchronized RedisClients get() {
		if (this.closed) {
			throw new IllegalStateException("The store is closed");
		}
		RedisClients made = this.clients;
		if (made == null) {
			made = this.maker.get();
			this.clients = made;
		}
		return made;
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		if (this.clients != null) {
			this.clients.close();
		}
	}

}
