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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Where the caller waits for its workers. There is one at a time.
 */
final class Standby {

	/** The longest park, so that an unpark that the JDK loses delays, but never hangs. */
	static final long LONGEST_PARK = TimeUnit.SECONDS.toNanos(1);

	private static final int SPINS = 100;

	private final AtomicReference<@Nullable Thread> waiting = new AtomicReference<>();

	private final BooleanSupplier over;

	private final Runnable pause;

	private final Runnable mend;

	private final long patience;

	/**
	 * Create a place to wait.
	 * @param over whether there is nothing to wait for any more
	 * @param pause what a thread does that expects to go on in an instant
	 * @param mend what is done when nothing has happened for a while
	 * @param patience how long that is, at most {@link #LONGEST_PARK}
	 */
	Standby(BooleanSupplier over, Runnable pause, Runnable mend, long patience) {
		this.over = over;
		this.pause = pause;
		this.mend = mend;
		this.patience = patience;
	}

	/** Wake the caller if it waits. */
	void signal() {
		Thread thread = this.waiting.get();
		if (thread != null && this.waiting.compareAndSet(thread, null)) {
			LockSupport.unpark(thread);
		}
	}

	/** Wait until it is so, or the call is over. */
	void await(BooleanSupplier condition) throws InterruptedException {
		if (isSoon(condition)) {
			return;
		}
		Thread thread = Thread.currentThread();
		while (true) {
			this.waiting.set(thread);
			if (this.over.getAsBoolean() || condition.getAsBoolean()) {
				break;
			}
			LockSupport.parkNanos(this, this.patience);
			if (Thread.interrupted()) {
				throw new InterruptedException();
			}
			if (this.waiting.get() == thread) {
				this.mend.run();
			}
		}
		this.waiting.set(null);
	}

	private boolean isSoon(BooleanSupplier condition) {
		for (int i = 0; i < SPINS; i++) {
			if (this.over.getAsBoolean() || condition.getAsBoolean()) {
				return true;
			}
			this.pause.run();
		}
		return false;
	}

	/** Wait until it is so; an interrupt does not end the wait and is not lost. */
	void awaitUninterruptibly(BooleanSupplier condition) {
		boolean interrupted = false;
		while (!condition.getAsBoolean()) {
			this.waiting.set(Thread.currentThread());
			if (!condition.getAsBoolean()) {
				LockSupport.parkNanos(this, LONGEST_PARK);
			}
			interrupted |= Thread.interrupted();
		}
		this.waiting.set(null);
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
