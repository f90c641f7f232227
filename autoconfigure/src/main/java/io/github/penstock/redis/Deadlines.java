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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends questions that were not answered in time. All have the same time, so the oldest
 * comes first; an answered one stays in the queue until then, which costs neither a lock
 * nor a wake-up for each.
 */
final class Deadlines implements AutoCloseable {

	private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);

	private final Queue<Entry> queue = new ConcurrentLinkedQueue<>();

	private final long nanos;

	private final Thread thread;

	private final AtomicBoolean started = new AtomicBoolean();

	private volatile boolean idle;

	private volatile boolean closed;

	Deadlines(Duration time, String name) {
		this.nanos = time.toNanos();
		this.thread = new Thread(this::run, name);
		this.thread.setDaemon(true);
	}

	/** Have a question end in time, counted from now on. */
	void add(Timed question) {
		this.queue.add(new Entry(question, System.nanoTime() + this.nanos));
		if (!this.started.get() && this.started.compareAndSet(false, true)) {
			this.thread.start();
		}
		if (this.idle) {
			LockSupport.unpark(this.thread);
		}
	}

	private void run() {
		while (!this.closed) {
			Entry first = this.queue.peek();
			if (first == null) {
				this.idle = true;
				if (this.queue.isEmpty() && !this.closed) {
					LockSupport.parkNanos(this, IDLE_NANOS);
				}
				this.idle = false;
				continue;
			}
			long left = first.deadline - System.nanoTime();
			if (left <= 0 || first.question.isDone()) {
				this.queue.poll();
				first.question.expire();
			}
			else {
				LockSupport.parkNanos(this, left);
			}
		}
		for (Entry entry = this.queue.poll(); entry != null; entry = this.queue.poll()) {
			entry.question.expire();
		}
	}

	@Override
	public void close() {
		this.closed = true;
		LockSupport.unpark(this.thread);
	}

	/** What has to end in time. */
	interface Timed {

		boolean isDone();

		/** End it, if it has not ended. */
		void expire();

	}

	private record Entry(Timed question, long deadline) {
	}

}
