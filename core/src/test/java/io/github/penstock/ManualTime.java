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

package io.github.penstock;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Time that stands still until a test moves it.
 */
final class ManualTime implements TimeSource {

	private final Set<Thread> parked = ConcurrentHashMap.newKeySet();

	private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong((task) -> task.sinceStart));

	private final long start;

	private final AtomicLong parks = new AtomicLong();

	private volatile long sinceStart;

	ManualTime() {
		this(0);
	}

	ManualTime(long start) {
		this.start = start;
	}

	@Override
	public long nanoTime() {
		return this.start + this.sinceStart;
	}

	@Override
	public void parkNanos(Object blocker, long nanos) {
		this.parks.incrementAndGet();
		this.parked.add(Thread.currentThread());
		LockSupport.parkNanos(blocker, TimeUnit.SECONDS.toNanos(1));
		this.parked.remove(Thread.currentThread());
	}

	@Override
	public synchronized Runnable schedule(Runnable action, long nanos) {
		long at = (nanos > Long.MAX_VALUE - this.sinceStart) ? Long.MAX_VALUE : this.sinceStart + nanos;
		Task task = new Task(action, at);
		this.tasks.add(task);
		return () -> cancel(task);
	}

	private synchronized void cancel(Task task) {
		this.tasks.remove(task);
	}

	synchronized int scheduled() {
		return this.tasks.size();
	}

	/** How often threads were parked in this time. */
	long parks() {
		return this.parks.get();
	}

	/** How many threads are parked in this time. */
	int parked() {
		return this.parked.size();
	}

	void advance(Duration duration) {
		advanceNanos(duration.toNanos());
	}

	void advanceNanos(long nanos) {
		long target = this.sinceStart + nanos;
		for (Task task = next(target); task != null; task = next(target)) {
			this.sinceStart = Math.max(this.sinceStart, task.sinceStart);
			task.action.run();
		}
		this.sinceStart = target;
		this.parked.forEach(LockSupport::unpark);
	}

	private synchronized Task next(long target) {
		Task first = this.tasks.peek();
		return (first != null && first.sinceStart <= target) ? this.tasks.poll() : null;
	}

	private record Task(Runnable action, long sinceStart) {

		@Override
		public boolean equals(Object other) {
			return this == other;
		}

		@Override
		public int hashCode() {
			return System.identityHashCode(this);
		}

	}

}
