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
import java.util.concurrent.locks.LockSupport;

/**
 * A call whose thread parks until it is decided.
 */
final class ParkedWaiter extends Waiter {

	/** The longest park, so that an unpark that the JDK loses delays, but never hangs. */
	private static final long LONGEST_PARK = TimeUnit.SECONDS.toNanos(5);

	/** As long as that if so many wait, so that a crowd does not wake for nothing. */
	private static final int WAKING_TOGETHER = 1000;

	private static final long LONGEST_PARK_OF_CROWD = TimeUnit.MINUTES.toNanos(1);

	/** How often to ask the line what has become of a call whose timeout is over. */
	private static final long ASK_AGAIN = TimeUnit.MILLISECONDS.toNanos(10);

	private final Thread thread = Thread.currentThread();

	ParkedWaiter(WaitLine line, TimeSource time, long timeoutNanos, long tokens) {
		super(line, time, timeoutNanos, tokens);
	}

	/**
	 * Wait until it is decided, the timeout is over, or the thread is interrupted; its
	 * interrupt flag is set then.
	 */
	void await() {
		boolean interrupted = false;
		try {
			while (!isSettled()) {
				if (Thread.interrupted()) {
					interrupted = true;
					this.line.leave(this);
					continue;
				}
				long waited = waitedNanos();
				if (waited >= turn()) {
					turnCame();
				}
				else if (waited >= deadlineNanos()) {
					askForOutcome();
				}
				else {
					// From here: a parked thread keeps its stack.
					long nanos = Math.min(deadlineNanos(), turn()) - waited;
					long longest = longestPark();
					this.time.parkNanos(this.line, Math.min(nanos, longest));
					if (nanos > longest) {
						// Costs nothing, and goes on where an Error cut off who served.
						this.line.goOn();
					}
				}
			}
		}
		finally {
			if (interrupted) {
				this.thread.interrupt();
			}
		}
	}

	private long longestPark() {
		int waiting = this.line.waiting();
		return (waiting < 2 * WAKING_TOGETHER) ? LONGEST_PARK
				: Math.min(waiting / WAKING_TOGETHER * LONGEST_PARK, LONGEST_PARK_OF_CROWD);
	}

	/** Have the line decide, now that it must not take longer. */
	private void askForOutcome() {
		this.line.expire(this);
		if (!isSettled()) {
			// Somebody else serves it, and is about to.
			this.time.parkNanos(this.line, ASK_AGAIN);
		}
	}

	/** Wait for what the line has decided already. */
	void awaitSettled() {
		boolean interrupted = Thread.interrupted();
		while (!isSettled()) {
			askForOutcome();
			interrupted |= Thread.interrupted();
		}
		if (interrupted) {
			this.thread.interrupt();
		}
	}

	@Override
	void turnMoved() {
		tell();
	}

	@Override
	void tell() {
		if (this.thread != Thread.currentThread()) {
			LockSupport.unpark(this.thread);
		}
	}

}
