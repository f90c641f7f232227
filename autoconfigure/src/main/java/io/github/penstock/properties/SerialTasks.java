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

package io.github.penstock.properties;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Runs tasks one after another without a lock: by the thread that brings one, or by the
 * one that is at it already. So foreign code that hears of what they do may wait for
 * whatever it likes.
 */
final class SerialTasks {

	private static final Log logger = LogFactory.getLog(SerialTasks.class);

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final AtomicInteger taken = new AtomicInteger();

	/** Have a task run by the next {@link #run()}. */
	void add(Runnable task) {
		this.tasks.add(task);
	}

	/** Run what there is, unless another thread is at it and will do so. */
	void run() {
		if (this.taken.getAndIncrement() != 0) {
			return;
		}
		int seen = 1;
		do {
			for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
				run(task);
			}
			seen = this.taken.addAndGet(-seen);
		}
		while (seen != 0);
	}

	private static void run(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException | LinkageError ex) {
			logger.warn("Limits could not be brought up to date", ex);
		}
	}

}
