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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Has a pause that a server asks the requests of one instance for kept by those of all.
 */
public final class SharedPauses {

	private static final LuaScript TELL = LuaScript.load("tell.lua");

	/** Requests that are refused together ask for nearly the same. */
	private static final long SAME_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

	/** When the pause of each client that was told of last is over. */
	private final Map<String, Long> told = new ConcurrentHashMap<>();

	private final RedisLimiterStore store;

	/**
	 * Create the pauses.
	 * @param store by which instances tell each other
	 */
	public SharedPauses(RedisLimiterStore store) {
		this.store = store;
	}

	/**
	 * Tell the other instances of a pause. Does not wait until they know, and does
	 * nothing if they do already.
	 * @param client the name of the client
	 * @param pause for how long, counted from now
	 */
	public void tell(String client, Duration pause) {
		long end = System.nanoTime() + pause.toNanos();
		Long before = this.told.get(client);
		if (before == null || end - before > SAME_NANOS) {
			this.told.put(client, end);
			String channel = this.store.names().pauses();
			this.store.ask(channel, TELL, Function.identity(), channel,
					this.store.instance() + " " + client + " " + pause.toMillis());
		}
	}

	/**
	 * Do something with the pauses that other instances tell of.
	 * @param pause what to do, with the name of the client and for how long; by any
	 * thread, and quick
	 */
	public void listen(BiConsumer<String, Duration> pause) {
		this.store.listen(this.store.names().pauses(), (message) -> {
			String[] parts = message.split(" ");
			if (parts.length == 3 && !parts[0].equals(this.store.instance())) {
				pause.accept(parts[1], Duration.ofMillis(Long.parseLong(parts[2])));
			}
		});
	}

}
