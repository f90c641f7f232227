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

import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;

/**
 * Listens to what instances tell each other. Messages that were missed, as there was no
 * connection, may have been for any bulkhead: once there is one again, all are woken.
 */
final class WakeUps {

	private static final long RETRY_MILLIS = 500;

	private final AtomicReference<@Nullable Listening> listening = new AtomicReference<>();

	private final Supplier<CompletionStage<? extends StatefulRedisPubSubConnection<String, String>>> connect;

	private final ScheduledExecutorService timer;

	private final Set<String> channels = ConcurrentHashMap.newKeySet();

	private final BiConsumer<String, String> received;

	private final Runnable begun;

	private volatile boolean closed;

	WakeUps(Supplier<CompletionStage<? extends StatefulRedisPubSubConnection<String, String>>> connect,
			ScheduledExecutorService timer, BiConsumer<String, String> received, Runnable begun) {
		this.connect = connect;
		this.timer = timer;
		this.received = received;
		this.begun = begun;
	}

	/** Begin to listen to a channel, unless that was done before. */
	void listen(String channel) {
		if (this.channels.add(channel)) {
			Listening current = this.listening.get();
			if (current != null) {
				current.subscribe();
			}
		}
		listen();
	}

	private void listen() {
		Listening begun = new Listening();
		if (this.listening.get() == null && this.listening.compareAndSet(null, begun)) {
			this.timer.execute(begun::connect);
		}
	}

	/** Listen by another connection, if there is one. */
	void listenAnew() {
		Listening before = this.listening.getAndSet(null);
		if (before != null) {
			before.end();
			listen();
		}
	}

	/** Begin no connection any more; the client closes the one that there is. */
	void close() {
		this.closed = true;
	}

	/** One connection, from its beginning on. */
	private final class Listening extends RedisPubSubAdapter<String, String> {

		private volatile @Nullable StatefulRedisPubSubConnection<String, String> connection;

		private volatile boolean ended;

		void connect() {
			WakeUps.this.connect.get().whenComplete((connected, failure) -> {
				if (failure != null) {
					again();
				}
				else {
					this.connection = connected;
					if (this.ended) {
						connected.closeAsync();
						return;
					}
					connected.addListener(this);
					subscribe(connected);
				}
			});
		}

		void subscribe() {
			StatefulRedisPubSubConnection<String, String> open = this.connection;
			if (open != null) {
				subscribe(open);
			}
		}

		private void subscribe(StatefulRedisPubSubConnection<String, String> connected) {
			connected.async()
				.subscribe(WakeUps.this.channels.toArray(String[]::new))
				.whenComplete((nothing, failure) -> {
					if (failure != null && !this.ended) {
						Timers.schedule(WakeUps.this.timer, () -> subscribe(connected), RETRY_MILLIS);
					}
				});
		}

		private void again() {
			if (!this.ended && !WakeUps.this.closed) {
				Timers.schedule(WakeUps.this.timer, this::connect, RETRY_MILLIS);
			}
		}

		void end() {
			this.ended = true;
			StatefulRedisPubSubConnection<String, String> open = this.connection;
			if (open != null) {
				open.closeAsync();
			}
		}

		@Override
		public void message(String channel, String message) {
			WakeUps.this.received.accept(channel, message);
		}

		/** Also after each reconnection. */
		@Override
		public void subscribed(String channel, long count) {
			WakeUps.this.begun.run();
		}

	}

}
