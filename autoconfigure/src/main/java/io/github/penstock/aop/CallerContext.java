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

package io.github.penstock.aop;

import io.micrometer.context.ContextSnapshotFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * What belongs to the thread of a caller whose call goes on by another thread: the
 * context class loader, and whatever Micrometer's context propagation knows.
 */
final class CallerContext {

	private static final boolean PROPAGATION_PRESENT = ClassUtils.isPresent("io.micrometer.context.ContextSnapshot",
			CallerContext.class.getClassLoader());

	private static final Log logger = LogFactory.getLog(CallerContext.class);

	private static final AutoCloseable NOTHING = () -> {
	};

	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	private final Restorer restorer;

	private CallerContext(Restorer restorer) {
		this.restorer = restorer;
	}

	/** Take what belongs to the current thread. */
	static CallerContext capture() {
		return new CallerContext(PROPAGATION_PRESENT ? Snapshot.capture() : () -> NOTHING);
	}

	/**
	 * Run the task in this context, and leave nothing of it on the thread.
	 * @throws Throwable what the task throws, or what restoring the context throws, and
	 * then the task was not run
	 */
	<T extends @Nullable Object> T call(Task<T> task) throws Throwable {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		thread.setContextClassLoader(this.classLoader);
		try {
			AutoCloseable scope = this.restorer.restore();
			try {
				return task.run();
			}
			finally {
				close(scope);
			}
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	private static void close(AutoCloseable scope) {
		try {
			scope.close();
		}
		catch (Exception ex) {
			// The task has run, and what it began goes on.
			logger.warn("The context of a caller could not be taken off the thread again", ex);
		}
	}

	/**
	 * What is to be run.
	 *
	 * @param <T> what it gives
	 */
	interface Task<T extends @Nullable Object> {

		T run() throws Throwable;

	}

	private interface Restorer {

		AutoCloseable restore();

	}

	/** Loaded only where the library is there. */
	private static final class Snapshot {

		private static final ContextSnapshotFactory FACTORY = ContextSnapshotFactory.builder()
			.clearMissing(true)
			.build();

		static Restorer capture() {
			return FACTORY.captureAll()::setThreadLocals;
		}

	}

}
