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

package io.github.penstock.benchmarks.shared;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * What it costs at the least to wait for another thread: one that tells all who came
 * meanwhile, and does nothing else.
 */
final class HandOver implements AutoCloseable {

	private final ConcurrentLinkedQueue<Waiter> queue = new ConcurrentLinkedQueue<>();

	private final Thread server = new Thread(this::serve, "hand-over");

	private volatile boolean closed;

	HandOver() {
		this.server.setDaemon(true);
		this.server.start();
	}

	void await() {
		Waiter waiter = new Waiter(Thread.currentThread());
		this.queue.add(waiter);
		LockSupport.unpark(this.server);
		while (!waiter.told) {
			LockSupport.parkNanos(this, 1_000_000_000);
		}
	}

	private void serve() {
		while (!this.closed) {
			Waiter waiter = this.queue.poll();
			if (waiter == null) {
				LockSupport.parkNanos(this, 1_000_000_000);
			}
			else {
				waiter.told = true;
				LockSupport.unpark(waiter.thread);
			}
		}
	}

	@Override
	public void close() {
		this.closed = true;
		LockSupport.unpark(this.server);
	}

	private static final class Waiter {

		private final Thread thread;

		private volatile boolean told;

		Waiter(Thread thread) {
			this.thread = thread;
		}

	}

}
