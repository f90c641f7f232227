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

package io.github.penstock.http;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.penstock.TimeSource;

/**
 * Time that stands still until a test moves it.
 */
final class SetTime implements TimeSource {

	private final Set<Thread> parked = ConcurrentHashMap.newKeySet();

	private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong((task) -> task.at));

	private volatile long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(1);

	private volatile long passed;

	@Override
	public long nanoTime() {
		return this.now;
	}

	@Override
	public void parkNanos(Object blocker, long nanos) {
		this.parked.add(Thread.currentThread());
		LockSupport.parkNanos(blocker, TimeUnit.MILLISECONDS.toNanos(20));
		this.parked.remove(Thread.currentThread());
	}

	@Override
	public synchronized Runnable schedule(Runnable action, long nanos) {
		Task task = new Task(action, this.passed + nanos);
		this.tasks.add(task);
		return () -> cancel(task);
	}

	private synchronized void cancel(Task task) {
		this.tasks.removeIf((other) -> other == task);
	}

	synchronized int scheduled() {
		return this.tasks.size();
	}

	void advance(Duration duration) {
		long target = this.passed + duration.toNanos();
		for (Task task = next(target); task != null; task = next(target)) {
			moveTo(Math.max(this.passed, task.at));
			task.action.run();
		}
		moveTo(target);
		this.parked.forEach(LockSupport::unpark);
	}

	private void moveTo(long at) {
		this.now += at - this.passed;
		this.passed = at;
	}

	private synchronized Task next(long target) {
		Task first = this.tasks.peek();
		return (first != null && first.at <= target) ? this.tasks.poll() : null;
	}

	private record Task(Runnable action, long at) {
	}

}
