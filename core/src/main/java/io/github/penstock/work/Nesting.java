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

import io.github.penstock.ConcurrencyLimiter;
import org.jspecify.annotations.Nullable;

/**
 * The calls that the current thread works for, the innermost first. Unlike the scopes of
 * a limiter they go along from a queue's threads to those of another queue that is called
 * there.
 *
 * @param limiter where the call's items get their permits
 * @param outer the call from whose item this one was made
 */
record Nesting(ConcurrencyLimiter limiter, @Nullable Nesting outer) {

	private static final ThreadLocal<@Nullable Nesting> CURRENT = new ThreadLocal<>();

	/** The nesting of a call that the current thread makes. */
	static Nesting of(ConcurrencyLimiter limiter) {
		return new Nesting(limiter, CURRENT.get());
	}

	/**
	 * Whether a call on this thread has to do its work itself, since its items would wait
	 * for permits that are held until it returns.
	 */
	static boolean holds(ConcurrencyLimiter limiter) {
		if (limiter.isHeldByCurrentThread()) {
			return true;
		}
		for (Nesting nesting = CURRENT.get(); nesting != null; nesting = nesting.outer) {
			if (nesting.limiter.equals(limiter)) {
				return true;
			}
		}
		return false;
	}

	/** Whether the current thread works for this very call. */
	boolean isAround() {
		for (Nesting nesting = CURRENT.get(); nesting != null; nesting = nesting.outer) {
			if (nesting == this) {
				return true;
			}
		}
		return false;
	}

	/** Make this the current thread's; return what was it before. */
	@Nullable Nesting enter() {
		Nesting before = CURRENT.get();
		CURRENT.set(this);
		return before;
	}

	static void leave(@Nullable Nesting before) {
		if (before != null) {
			CURRENT.set(before);
		}
		else {
			CURRENT.remove();
		}
	}

}
