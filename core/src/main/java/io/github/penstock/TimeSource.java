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

import java.util.concurrent.locks.LockSupport;

/**
 * The time that limiters live in: reading it, waiting for it, being called at it. Tests
 * give their own, which stands still until it is moved.
 */
public interface TimeSource {

	/**
	 * Return the reading of a monotonic clock with any origin, as
	 * {@link System#nanoTime()} does. It may be negative and may wrap.
	 * @return nanoseconds
	 */
	long nanoTime();

	/**
	 * Park the current thread until the time has passed, {@link LockSupport#unpark} was
	 * called for it, it is interrupted, or for no reason.
	 * @param blocker what the thread waits for, for thread dumps
	 * @param nanos how long at most, more than 0
	 */
	void parkNanos(Object blocker, long nanos);

	/**
	 * Run a task once, on a thread of this time source's own. The task is short and does
	 * not block. If a {@link VirtualMachineError} ends it, it may be run again.
	 * @param task what to run
	 * @param nanos how long from now, in nanoseconds
	 * @return what keeps the task from being run, if that is not too late
	 */
	Runnable schedule(Runnable task, long nanos);

	/**
	 * Return the time of this machine.
	 * @return {@link System#nanoTime()}, {@link LockSupport} and one daemon thread that
	 * is there while tasks are scheduled
	 */
	static TimeSource system() {
		return SystemTimeSource.INSTANCE;
	}

}
