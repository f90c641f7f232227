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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Runs a task again and again at the end of a small stack: first where there is no room
 * for it, then with a few frames of room more each time, until it ends by itself.
 */
final class EndOfStack {

	private static final long SMALL_STACK = 256 * 1024;

	/** How often the task has to end by itself: not each of its ways is as deep. */
	private static final int OFTEN = 8;

	/** To begin with: what measures the stack needs more of it than the task. */
	private static final int FRAMES_TOO_MANY = 600;

	private final Runnable task;

	private final int step;

	private int deepest;

	private int overflows;

	private EndOfStack(Runnable task, int step) {
		this.task = task;
		this.step = step;
	}

	/**
	 * Run the task on a thread of its own.
	 * @param step how many frames of room to go on by
	 * @param task the task
	 * @return how often it was cut off
	 */
	static int run(int step, Runnable task) throws InterruptedException {
		EndOfStack end = new EndOfStack(task, step);
		AtomicReference<Throwable> failure = new AtomicReference<>();
		Thread thread = new Thread(null, end::go, "end-of-stack", SMALL_STACK);
		thread.setUncaughtExceptionHandler((failed, ex) -> failure.set(ex));
		thread.setDaemon(true);
		thread.start();
		thread.join(TimeUnit.SECONDS.toMillis(60));
		if (thread.isAlive()) {
			AssertionError stuck = new AssertionError("The task does not end");
			stuck.setStackTrace(thread.getStackTrace());
			throw stuck;
		}
		if (failure.get() != null) {
			// A class that cannot be used any more, for example.
			throw new AssertionError("The task fails", failure.get());
		}
		return end.overflows;
	}

	private void go() {
		int ended = 0;
		for (int room = -FRAMES_TOO_MANY; ended < OFTEN; room += this.step) {
			// Measured each time, since compiled frames are smaller.
			measure(1);
			try {
				runAt(this.deepest - room);
				if (this.overflows > 0) {
					ended++;
				}
				else {
					// That was meant to be too deep, but measured too little.
					room = -FRAMES_TOO_MANY - this.step;
				}
			}
			catch (VirtualMachineError ex) {
				// Where a lambda is linked, the JDK turns the overflow into an
				// InternalError.
				this.overflows++;
			}
		}
	}

	private void measure(int depth) {
		this.deepest = depth;
		try {
			measure(depth + 1);
		}
		catch (StackOverflowError ex) {
			// That deep it goes.
		}
	}

	private void runAt(int depth) {
		if (depth > 1) {
			runAt(depth - 1);
		}
		else {
			this.task.run();
		}
	}

}
