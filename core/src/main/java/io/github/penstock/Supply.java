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
 * What a {@link WaitLine} hands out: permits that come back, or tokens that the clock
 * makes. Called by one thread at a time.
 */
interface Supply {

	/** The answer of a supply that cannot tell when the next permit comes. */
	long UNKNOWN = -1;

	/** The answer if the supply never has as much as the waiter wants. */
	long NEVER = Long.MAX_VALUE;

	/**
	 * Take one for the first in line.
	 * @return 0 if taken; else how many nanoseconds after its arrival there will be one,
	 * or {@link #UNKNOWN}
	 */
	long takeFor(Waiter first);

	/**
	 * What {@link #expectedFor} and {@link #takeFor} answer if it is known that a waiter
	 * will not be served in time, whatever its timeout is.
	 * @param due how many nanoseconds after its arrival it would be
	 */
	static long tooLate(long due) {
		return due + Long.MIN_VALUE;
	}

	static boolean isTooLate(long answer) {
		return answer < Long.MIN_VALUE / 2;
	}

	/** Undo {@link #takeFor} for a waiter who was gone already, or gave up later. */
	void untake(Waiter waiter);

	/**
	 * How many nanoseconds after its arrival a waiter will be served that has others
	 * before it which wait for {@code ahead} tokens, {@link #UNKNOWN} or {@link #NEVER}.
	 */
	long expectedFor(Waiter waiter, Waiter first, long ahead);

	/** Whether somebody else has what is handed out here. */
	default boolean isShared() {
		return false;
	}

	/**
	 * How long a call waits for somebody else's answer beyond its own timeout, in
	 * nanoseconds.
	 */
	default long graceNanos() {
		return 0;
	}

	/**
	 * Whether the time of a waiter is over before somebody else has answered for it: what
	 * holds without an answer decides about it then, at the latest in the next pass in
	 * which all are looked at.
	 */
	default boolean outlasts(Waiter waiter) {
		return false;
	}

	/**
	 * Whether it hands out what it has now, and will not be another one in a moment for
	 * somebody else did not answer.
	 */
	default boolean isSettled() {
		return true;
	}

	/**
	 * How many may stand in line once it is known that they have to. As long as somebody
	 * else is asked nobody is known to be one of them.
	 */
	default int mostWaiting() {
		return Integer.MAX_VALUE;
	}

	/**
	 * Take in what somebody else has answered, at the beginning of each pass.
	 * @return whether some of those in line will not be served in time now
	 */
	default boolean hear() {
		return false;
	}

	/**
	 * Look at the line at the end of each pass during which nothing happened to it, and
	 * of every eighth.
	 * @param first who is first in it, the others behind
	 * @return whether more is known of those in line now: they are to be looked at again
	 */
	default boolean plan(@Nullable Waiter first) {
		return false;
	}

	/**
	 * Do what was planned, which may be foreign code. Called when nobody serves the line,
	 * by any thread.
	 */
	default void act() {
	}

}
