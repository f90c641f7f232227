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

package io.github.penstock.work;

import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * A new thread for each task: a virtual one where the JDK has them, otherwise a daemon.
 */
final class WorkThreads implements Executor {

	static final WorkThreads INSTANCE = new WorkThreads();

	private static final String NAME = "penstock-work-";

	private final ThreadFactory factory;

	private final Runnable pause;

	private WorkThreads() {
		ThreadFactory virtual = virtual();
		this.factory = (virtual != null) ? virtual : daemon();
		// Threads are dear before there are virtual ones, and so worth to be kept
		// running.
		this.pause = (virtual != null) ? Thread::onSpinWait : Thread::yield;
	}

	@Override
	public void execute(Runnable task) {
		this.factory.newThread(task).start();
	}

	/** What a thread does that expects to go on in an instant. */
	Runnable pause() {
		return this.pause;
	}

	private static @Nullable ThreadFactory virtual() {
		try {
			Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
			Class<?> type = Class.forName("java.lang.Thread$Builder");
			type.getMethod("name", String.class, long.class).invoke(builder, NAME, 0L);
			return (ThreadFactory) type.getMethod("factory").invoke(builder);
		}
		catch (ReflectiveOperationException ex) {
			// Before JDK 21, or a preview of JDK 19 and 20 that is switched off.
			return null;
		}
	}

	private static ThreadFactory daemon() {
		AtomicLong number = new AtomicLong();
		return (task) -> {
			Thread thread = new Thread(task, NAME + number.getAndIncrement());
			thread.setDaemon(true);
			return thread;
		};
	}

}
