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

import java.util.Comparator;
import java.util.PriorityQueue;

import io.github.penstock.TimeSource;

/**
 * Time that leaps from one timer to the next. One thread moves it.
 */
final class QueuedTime implements TimeSource {

	private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::at));

	private final long start;

	private volatile long elapsed;

	QueuedTime(long start) {
		this.start = start;
	}

	long elapsed() {
		return this.elapsed;
	}

	void runNext() {
		Timer timer = next();
		this.elapsed = Math.max(this.elapsed, timer.at);
		timer.task.run();
	}

	private synchronized Timer next() {
		return this.timers.remove();
	}

	@Override
	public long nanoTime() {
		return this.start + this.elapsed;
	}

	@Override
	public void parkNanos(Object blocker, long nanos) {
		throw new IllegalStateException("Nobody parks here");
	}

	@Override
	public synchronized Runnable schedule(Runnable task, long nanos) {
		long at = this.elapsed + Math.min(nanos, Long.MAX_VALUE - this.elapsed);
		Timer timer = new Timer(at, task);
		this.timers.add(timer);
		return () -> cancel(timer);
	}

	private synchronized void cancel(Timer timer) {
		this.timers.removeIf((other) -> other == timer);
	}

	private record Timer(long at, Runnable task) {

	}

}
