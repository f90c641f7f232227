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

package io.github.penstock.proof;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import io.github.penstock.TimeSource;

/**
 * A clock that stands until it is set, for tests in which nobody parks and timers run
 * when the test says so, if ever.
 */
final class FrozenTime implements TimeSource {

	private final AtomicLong now;

	private final Consumer<Runnable> timers;

	FrozenTime(long now) {
		this(now, (task) -> {
		});
	}

	FrozenTime(long now, Consumer<Runnable> timers) {
		this.now = new AtomicLong(now);
		this.timers = timers;
	}

	void set(long now) {
		this.now.set(now);
	}

	void advance(long nanos) {
		this.now.addAndGet(nanos);
	}

	@Override
	public long nanoTime() {
		return this.now.get();
	}

	@Override
	public void parkNanos(Object blocker, long nanos) {
		throw new IllegalStateException("Nobody waits here");
	}

	@Override
	public Runnable schedule(Runnable task, long nanos) {
		this.timers.accept(task);
		return () -> {
		};
	}

}
