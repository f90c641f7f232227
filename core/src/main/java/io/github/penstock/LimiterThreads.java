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

import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * Runs what was granted to calls that wait without a thread, and tells others what became
 * of them: on a virtual thread where the JDK has them, else on a daemon thread, of which
 * there are as many as are needed. To hand a task over never blocks.
 * <p>
 * Not on the common pool, which has a thread for each processor: work that blocks would
 * keep them from other work, and work that waits for a permit of the same limiter from
 * the call that holds it. There is no bound but that of the limiters themselves, whose
 * permits the work holds.
 */
final class LimiterThreads implements Executor {

	static final Executor INSTANCE = new LimiterThreads();

	private static final String NAME = "penstock-call-";

	/** When to look for a thread again where there was none. */
	private static final long TRY_AGAIN = TimeUnit.MILLISECONDS.toNanos(50);

	/** Found when the first task comes, for to look for it takes milliseconds. */
	private final AtomicReference<@Nullable Executor> threads = new AtomicReference<>();

	private LimiterThreads() {
	}

	@Override
	public void execute(Runnable task) {
		Executor threads = this.threads.get();
		((threads != null) ? threads : find()).execute(task);
	}

	/**
	 * Throws a {@code StackOverflowError} where the JDK could be cut off in the middle.
	 */
	private Executor find() {
		StackRoom.checkMuch();
		ThreadFactory virtual = virtual(NAME);
		Executor found = (virtual != null) ? (task) -> start(virtual, task) : new DaemonThreads(NAME);
		Executor first = this.threads.compareAndExchange(null, found);
		return (first != null) ? first : found;
	}

	private static void start(ThreadFactory virtual, Runnable task) {
		Thread thread = virtual.newThread(task);
		thread.setContextClassLoader(LimiterThreads.class.getClassLoader());
		thread.start();
	}

	/**
	 * Run what calls foreign code on a thread that may do so, which the timer's may not:
	 * others wait for it.
	 */
	static void execute(Runnable task, TimeSource time) {
		execute(task, time, INSTANCE);
	}

	static void execute(Runnable task, TimeSource time, Executor threads) {
		try {
			threads.execute(task);
		}
		catch (Throwable ex) {
			executeLater(task, time, threads);
		}
	}

	private static void executeLater(Runnable task, TimeSource time, Executor threads) {
		try {
			time.schedule(() -> execute(task, time, threads), TRY_AGAIN);
		}
		catch (Throwable ex) {
			task.run();
		}
	}

	/** Run what calls foreign code here, unless this is the timer's thread. */
	static void executeOffTimer(Runnable task, TimeSource time) {
		if (EngineThread.isTimer()) {
			execute(task, time);
		}
		else {
			task.run();
		}
	}

	/** Makes virtual threads, {@code null} where the JDK has none. */
	static @Nullable ThreadFactory virtual(String name) {
		try {
			Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
			Class<?> type = Class.forName("java.lang.Thread$Builder");
			type.getMethod("name", String.class, long.class).invoke(builder, name, 0L);
			type.getMethod("inheritInheritableThreadLocals", boolean.class).invoke(builder, false);
			return (ThreadFactory) type.getMethod("factory").invoke(builder);
		}
		catch (ReflectiveOperationException ex) {
			// Before JDK 21, or a preview of JDK 19 and 20 that is switched off.
			return null;
		}
	}

}
