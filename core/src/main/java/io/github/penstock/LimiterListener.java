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

import org.jspecify.annotations.Nullable;

/**
 * Hears of calls that one limiter did not let in at once; of the others it hears nothing,
 * so that it costs them nothing. It is called on the way of a call and must be quick:
 * what it throws is dropped, and harms no call.
 */
public interface LimiterListener {

	/**
	 * A call was not let in.
	 * @param reason why
	 */
	default void refused(RefusalReason reason) {
	}

	/**
	 * A call was let in that would not have been if the limit was enforced.
	 * @param reason why it would have been refused
	 */
	default void wouldRefuse(RefusalReason reason) {
	}

	/**
	 * A call came with a key that is not known, when as many are known as may be: it
	 * shares a supply with all such keys.
	 * @param maxKeys how many keys may be known
	 */
	default void keysExhausted(int maxKeys) {
	}

	/**
	 * A call named a plan that the limiter does not have: it has the limiter's values.
	 * @param plan the name
	 */
	default void planUnknown(String plan) {
	}

	/**
	 * Permits that all instances share were lost, as they were not renewed in time or
	 * held for longer than they may be: their holders go on without. Called by any thread
	 * but the timer's, when the permits are back.
	 * @param permits how many
	 */
	default void lost(int permits) {
	}

	/**
	 * The store that all instances share does not answer, or does so again. Called by any
	 * thread but the timer's, one at a time, with what is the case then: where an outage
	 * ends at once, its end may be told twice or alone.
	 * @param begins whether an outage begins; else it ends
	 */
	default void outage(boolean begins) {
	}

	/**
	 * A call was let in after a wait.
	 * @param nanos how long it has waited, in nanoseconds
	 */
	default void waited(long nanos) {
	}

	/**
	 * A call stands in line now. Called by its own thread.
	 * @return what hears of the end of this wait, {@code null} for nobody
	 */
	default @Nullable Wait waiting() {
		return null;
	}

	/**
	 * Values were changed. Called by the thread that has changed them, when they are in
	 * force and whoever waited has been served; unlike the others it may take its time.
	 * What it changes of the same limiter while values of another instance come into
	 * force is not told to other instances, which would answer each other for ever.
	 * @param change what has changed
	 */
	default void changed(Change change) {
	}

	/**
	 * A change of values.
	 *
	 * @param cause what has changed them
	 * @param before all values of before
	 * @param after all values from now on, the same object that made them so
	 */
	record Change(Cause cause, LimiterSpec before, LimiterSpec after) {
	}

	/**
	 * What has changed values.
	 */
	enum Cause {

		/** {@code change}. */
		CHANGED,

		/** {@code reset}. */
		RESET,

		/** {@code configure}. */
		CONFIGURED

	}

	/**
	 * The wait of one call.
	 */
	@FunctionalInterface
	interface Wait {

		/**
		 * It has ended. Called once, by any thread.
		 * @param refusal why the call was not let in, {@code null} if it was
		 */
		void ended(@Nullable RefusalReason refusal);

	}

}
