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
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Who is to ask for permits anew, and when: in time for the lease, when a message says
 * so, and several times a second where somebody waits, for messages can get lost.
 */
final class Watches {

	private static final int RENEWALS = 3;

	private static final long LEAST_POLL_MILLIS = 100;

	private static final long MOST_POLL_MILLIS = 250;

	private final ConcurrentMap<String, Watch> watches = new ConcurrentHashMap<>();

	private final AtomicBoolean started = new AtomicBoolean();

	private final ScheduledExecutorService timer;

	private final Duration lease;

	private final BooleanSupplier up;

	Watches(ScheduledExecutorService timer, Duration lease, BooleanSupplier up) {
		this.timer = timer;
		this.lease = lease;
		this.up = up;
	}

	/**
	 * Begin to wake somebody.
	 * @return ends it
	 */
	Runnable add(String name, Runnable wake) {
		this.watches.compute(name, (key, watch) -> {
			Watch watching = (watch != null) ? watch : new Watch();
			watching.wakes.add(wake);
			return watching;
		});
		if (this.started.compareAndSet(false, true)) {
			Timers.every(this.timer, this::wakeAll, this.lease.toMillis() / RENEWALS);
			pollLater();
		}
		return () -> this.watches.computeIfPresent(name, (key, watch) -> {
			watch.wakes.remove(wake);
			return watch.wakes.isEmpty() ? null : watch;
		});
	}

	/** Take note whether somebody waits there for more. */
	void waits(String name, boolean waits) {
		Watch watch = this.watches.get(name);
		if (watch != null) {
			watch.waits = waits;
		}
	}

	void wake(String name) {
		Watch watch = this.watches.get(name);
		if (watch != null) {
			watch.wakes.forEach(Timers::runQuietly);
		}
	}

	void wakeAll() {
		this.watches.values().forEach((watch) -> watch.wakes.forEach(Timers::runQuietly));
	}

	private void pollLater() {
		Timers.schedule(this.timer, () -> {
			pollLater();
			if (this.up.getAsBoolean()) {
				this.watches.values()
					.stream()
					.filter((watch) -> watch.waits)
					.forEach((watch) -> watch.wakes.forEach(Timers::runQuietly));
			}
		}, ThreadLocalRandom.current().nextLong(LEAST_POLL_MILLIS, MOST_POLL_MILLIS));
	}

	private static final class Watch {

		private final List<Runnable> wakes = new CopyOnWriteArrayList<>();

		private volatile boolean waits;

	}

}
