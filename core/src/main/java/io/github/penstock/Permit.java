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

/**
 * The right of one call to run, given by a {@link ConcurrencyLimiter}. It is given back
 * once, by any thread: closing it again, also at the same moment from another thread,
 * does nothing.
 */
public interface Permit extends AutoCloseable {

	/**
	 * Give the permit back. Never blocks, never throws; has no effect after the first
	 * time. What the holder did before is visible to the call that gets the permit next.
	 */
	@Override
	void close();

	/**
	 * Return whether this is still a permit: whether it was not given back and, if it is
	 * one that all instances share, whether it was not lost. It is lost when this process
	 * did not renew it in time, as one that was stopped for a while; another instance may
	 * have it then. Never blocks.
	 * @return whether whoever holds it may count on it
	 */
	default boolean isValid() {
		return true;
	}

	/**
	 * Mark the current thread as working under this permit until the scope is closed, on
	 * the same thread: what it acquires from the same limiter meanwhile shares this
	 * permit and takes no second one, which could wait for itself.
	 * @return the scope, to be closed by this thread before any scope that was opened
	 * earlier
	 */
	Scope makeCurrent();

	/**
	 * The time in which a thread works under a permit.
	 */
	interface Scope extends AutoCloseable {

		/**
		 * End the scope. Does not give the permit back.
		 */
		@Override
		void close();

	}

}
