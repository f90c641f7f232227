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

package io.github.penstock.test;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.penstock.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test moves it. Calls that wait for a limiter wait in
 * this time: their timeouts end, and tokens come, when it is moved. Thread-safe.
 */
public final class MovableTime implements TimeSource {

	private static final long LONGEST_PARK = TimeUnit.MILLISECONDS.toNanos(100);

	private final Set<Thread> parked = ConcurrentHashMap.newKeySet();

	private final PriorityQueue<Task> tasks = new PriorityQueue<>(
			Comparator.comparingLong(Task::due).thenComparingLong(Task::number));

	private long scheduled;

	private volatile long now;

	/**
	 * Create time that stands still at 0.
	 */
	public MovableTime() {
	}

	@Override
	public long nanoTime() {
		return this.now;
	}

	@Override
	public void parkNanos(Object blocker, long nanos) {
		Thread thread = Thread.currentThread();
		this.parked.add(thread);
		try {
			LockSupport.parkNanos(blocker, LONGEST_PARK);
		}
		finally {
			this.parked.remove(thread);
		}
	}

	@Override
	public synchronized Runnable schedule(Runnable task, long nanos) {
		long due = (nanos > Long.MAX_VALUE - this.now) ? Long.MAX_VALUE : this.now + Math.max(0, nanos);
		Task scheduled = new Task(task, due, this.scheduled++);
		this.tasks.add(scheduled);
		return () -> cancel(scheduled);
	}

	private synchronized void cancel(Task task) {
		this.tasks.remove(task);
	}

	/**
	 * Move the time forward. What is scheduled until then runs on this thread, each at
	 * its own time; then all threads that wait in this time look again whether theirs has
	 * come. They may still be at it when this method returns.
	 * @param duration how far, not negative
	 */
	public void advance(Duration duration) {
		if (duration.isNegative()) {
			throw new IllegalArgumentException("'duration' must not be negative");
		}
		long target = this.now + duration.toNanos();
		for (Task task = next(target); task != null; task = next(target)) {
			task.action.run();
		}
		this.parked.forEach(LockSupport::unpark);
	}

	private synchronized @Nullable Task next(long target) {
		Task first = this.tasks.peek();
		if (first != null && first.due <= target) {
			this.now = Math.max(this.now, first.due);
			return this.tasks.poll();
		}
		this.now = Math.max(this.now, target);
		return null;
	}

	/** What is to be run at a time. */
	private record Task(Runnable action, long due, long number) {
	}

}
