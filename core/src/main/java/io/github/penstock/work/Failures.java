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

import java.nio.channels.ClosedByInterruptException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.LimitExceededException;
import io.github.penstock.RefusalReason;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong in a call: the first failure, and those after it.
 */
final class Failures {

	private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();

	private final Queue<Throwable> later = new ConcurrentLinkedQueue<>();

	/** Whether this is the first failure. */
	boolean isFirst(Throwable ex) {
		return this.first.compareAndSet(null, ex);
	}

	/**
	 * Add a failure that is not the first; false if it is but the echo of the interrupt
	 * that followed the first one.
	 */
	boolean addLater(Throwable ex) {
		boolean echo = ex instanceof InterruptedException || ex instanceof ClosedByInterruptException
				|| (ex instanceof LimitExceededException refusal && refusal.reason() == RefusalReason.INTERRUPTED);
		if (!echo) {
			this.later.add(ex);
		}
		return !echo;
	}

	/** The first failure, with the others suppressed. To be called once. */
	@Nullable Throwable combine() {
		Throwable first = this.first.get();
		if (first != null) {
			// By identity: to be equal is up to whoever wrote the exception.
			Set<Throwable> told = Collections.newSetFromMap(new IdentityHashMap<>());
			told.add(first);
			this.later.stream().filter(told::add).forEach(first::addSuppressed);
		}
		return first;
	}

	/** Throw a failure as it is, whatever the compiler knows of it. */
	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	static <E extends Throwable> E unchanged(Throwable failure) throws E {
		throw (E) failure;
	}

}
