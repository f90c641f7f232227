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

import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * Where a thread sits while it may be interrupted on behalf of a call. Who has left it is
 * not interrupted any more, and takes no interrupt along that was meant for the seat.
 */
final class Seat {

	private static final Object INTERRUPTING = new Object();

	private static final Object INTERRUPTED = new Object();

	/** Nobody, the thread, or how far its interruption is. */
	private final AtomicReference<@Nullable Object> state = new AtomicReference<>();

	void enter() {
		this.state.set(Thread.currentThread());
	}

	/** Leave the seat, and the interrupt with it. */
	void leave() {
		if (!this.state.compareAndSet(Thread.currentThread(), null)) {
			while (this.state.get() != INTERRUPTED) {
				Thread.yield();
			}
			Thread.interrupted();
			this.state.set(null);
		}
	}

	/** Interrupt whoever sits here, unless it is the current thread itself. */
	void interrupt() {
		Object sitting = this.state.get();
		if (sitting instanceof Thread thread && thread != Thread.currentThread()
				&& this.state.compareAndSet(thread, INTERRUPTING)) {
			thread.interrupt();
			this.state.set(INTERRUPTED);
		}
	}

}
