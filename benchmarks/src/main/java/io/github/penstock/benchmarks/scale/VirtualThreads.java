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

package io.github.penstock.benchmarks.scale;

import java.util.concurrent.ThreadFactory;

/**
 * Makes virtual threads, on JDKs that have them. The sources are for one that has not.
 */
public final class VirtualThreads {

	private static final ThreadFactory FACTORY = factory();

	private VirtualThreads() {
	}

	/**
	 * Start one.
	 * @param task what it runs
	 * @return the thread
	 */
	public static Thread start(Runnable task) {
		Thread thread = FACTORY.newThread(task);
		thread.start();
		return thread;
	}

	private static ThreadFactory factory() {
		try {
			Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
			return (ThreadFactory) Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("This needs a JDK with virtual threads", ex);
		}
	}

	/** A body that may fail. */
	@FunctionalInterface
	interface Body {

		void run() throws Exception;

		/** Fail the program, not this thread only. */
		default Runnable orExit() {
			return () -> {
				try {
					run();
				}
				catch (Throwable ex) {
					ex.printStackTrace();
					Runtime.getRuntime().halt(1);
				}
			};
		}

	}

}
