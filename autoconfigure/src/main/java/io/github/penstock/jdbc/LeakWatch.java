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

package io.github.penstock.jdbc;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.github.penstock.VisibleText;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Reports each connection once that is held for too long.
 */
final class LeakWatch {

	private static final Log logger = LogFactory.getLog(LimitedDataSource.class);

	private final String title;

	private final Duration leakAfter;

	private final ScheduledThreadPoolExecutor timer;

	LeakWatch(String title, Duration leakAfter) {
		this.title = title;
		this.leakAfter = leakAfter;
		this.timer = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "penstock-leaks");
			thread.setDaemon(true);
			return thread;
		});
		this.timer.setRemoveOnCancelPolicy(true);
		// The thread ends when nothing is held any more: nobody needs to stop it.
		this.timer.setKeepAliveTime(1, TimeUnit.SECONDS);
		this.timer.allowCoreThreadTimeOut(true);
	}

	Future<?> watch(LimitedConnection connection) {
		Throwable stack = new Throwable(
				"The connection was taken here, by thread " + VisibleText.of(Thread.currentThread().getName()));
		return this.timer.schedule(() -> report(connection, stack), this.leakAfter.toNanos(), TimeUnit.NANOSECONDS);
	}

	private void report(LimitedConnection connection, Throwable stack) {
		logger.warn(this.title + ": a connection is held for more than " + this.leakAfter.toMillis()
				+ "ms and perhaps never closed: " + VisibleText.of(connection), stack);
	}

}
