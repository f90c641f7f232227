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

package io.github.penstock.http;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.Permit;
import org.jspecify.annotations.Nullable;

/**
 * Holds the permit of a request while its body is read. If nothing is read for the guard
 * timeout, and the body is not closed, the permit goes back all the same.
 */
final class BodyHold {

	private static final Runnable DONE = () -> {
	};

	private final HttpLimit limit;

	private final Permit permit;

	private final AtomicBoolean closed = new AtomicBoolean();

	private final AtomicReference<@Nullable Runnable> cancelGuard = new AtomicReference<>();

	/** Only ever compared; that two threads count at once makes no difference. */
	private volatile int progress;

	private BodyHold(HttpLimit limit, Permit permit) {
		this.limit = limit;
		this.permit = permit;
	}

	/** Begin to hold a permit, which is given back if that fails. */
	static BodyHold begin(HttpLimit limit, Permit permit) {
		try {
			BodyHold hold = new BodyHold(limit, permit);
			hold.guard();
			return hold;
		}
		catch (Throwable ex) {
			permit.close();
			throw ex;
		}
	}

	private void guard() {
		int seen = this.progress;
		Runnable cancel = this.limit.schedule(() -> check(seen));
		Runnable before = this.cancelGuard.get();
		if (before == DONE || !this.cancelGuard.compareAndSet(before, cancel)) {
			cancel.run();
		}
	}

	private void check(int seen) {
		if (this.closed.get()) {
			return;
		}
		if (this.progress != seen) {
			guard();
		}
		else if (this.closed.compareAndSet(false, true)) {
			this.permit.close();
			this.limit.abandoned();
		}
	}

	/** Something was read. */
	@SuppressWarnings("NonAtomicOperationOnVolatileField")
	void progress() {
		this.progress++;
	}

	/** The body is over. */
	void close() {
		if (this.closed.compareAndSet(false, true)) {
			try {
				Runnable cancel = this.cancelGuard.getAndSet(DONE);
				if (cancel != null) {
					cancel.run();
				}
			}
			finally {
				this.permit.close();
			}
		}
	}

}
