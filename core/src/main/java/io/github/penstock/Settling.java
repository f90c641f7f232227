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

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What calls that are limited by several rate limiters, or whose cost is known late, need
 * of each one: to take tokens without a word, and to put them back.
 */
interface Settling extends RateLimiter {

	/** The time that it lives in. */
	TimeSource time();

	/**
	 * Take tokens if they are there and nobody waits; nothing is counted if not.
	 */
	boolean tryTake(long tokens);

	/**
	 * Whether nobody here knows if tokens are there, so that a call has to stand in line
	 * to find out, be it that it may not wait for them.
	 * @param timeoutNanos how long it may wait; less than 0 if it has waited for longer,
	 * as long as nobody answers it
	 */
	boolean mustAsk(long tokens, long timeoutNanos);

	/**
	 * How long a call that comes now waits for tokens, in nanoseconds; at most 1 if they
	 * are there, {@link Tokens#NEVER} if they never are.
	 */
	long waitFor(long tokens);

	@Override
	default @Nullable Duration availableIn(long tokens) {
		TokenBucketLimiter.checkTokens(tokens);
		long wait = waitFor(tokens);
		return (wait == Tokens.NEVER) ? null : Duration.ofNanos((wait > 1) ? wait : 0);
	}

	/**
	 * Whether the limit does not hold for a call that it would not let in at once. Asked
	 * once for each such call.
	 */
	boolean isUnenforced();

	/** Let a call in for which the limit does not hold. */
	void letIn(long tokens, long timeoutNanos);

	/** Count a refusal and make its exception. */
	LimitExceededException refuse(RefusalReason reason, long retryAfterNanos, long waitedNanos, long tokens);

	/** What {@link #putBack} wants to know of tokens that were taken just now. */
	long stamp();

	/** What {@link #stamp} will be of tokens that are taken in a moment. */
	long stampOf(long tokens);

	/**
	 * Put tokens back of those that were taken, as many as have not run over since.
	 * @param stamp what {@link #stamp} was
	 */
	void putBack(long tokens, long stamp);

	/**
	 * Undo what let a call in, a moment ago: it is as if it had not come.
	 * @param tokens what it took
	 * @param stamp what {@link #stamp} was
	 */
	void untake(long tokens, long stamp);

	/**
	 * Find out what a limiter can do.
	 * @throws IllegalArgumentException if it is of somebody else's making
	 */
	static Settling of(@Nullable RateLimiter limiter) {
		if (limiter instanceof Settling settling) {
			return settling;
		}
		throw new IllegalArgumentException(
				"Rate limiters that are to be taken from together must be those of a registry, which this one is not: "
						+ limiter);
	}

}
