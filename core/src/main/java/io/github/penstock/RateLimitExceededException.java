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
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A {@link RateLimiter} did not let a call in.
 *
 * @serial exclude
 */
public final class RateLimitExceededException extends LimitExceededException {

	private static final Map<RefusalReason, String> PROBLEMS = Map.of(RefusalReason.FULL,
			"has no token within the timeout", RefusalReason.WAIT_TOO_LONG, "has no token within the timeout",
			RefusalReason.LINE_FULL, "has no token, and its line of waiters is full", RefusalReason.CLOSED, "is closed",
			RefusalReason.TIMED_OUT, "had no token within the timeout", RefusalReason.INTERRUPTED,
			"was left: the waiting thread was interrupted", RefusalReason.CANCELLED, "was left: the caller gave up",
			RefusalReason.SHUT_DOWN, "lets nobody wait any more: the application ends", RefusalReason.TOO_COSTLY,
			"never has as many tokens as the call costs", RefusalReason.UNAVAILABLE,
			"lets nobody in: the store that all instances share does not answer");

	private static final long serialVersionUID = 1L;

	private final String rate;

	private final long burst;

	private final int waiting;

	private final long cost;

	/**
	 * Create a refusal, as tests of one's own error handling need it.
	 * @param name the limiter's name
	 * @param reason why the call was not let in
	 * @param retryAfter when another try is worth it
	 * @param rate the rate at the time of the refusal, as {@link RateLimiterSpec#rate()}
	 * writes it
	 * @param burst the capacity of the bucket at that time, in tokens
	 * @param waiting the calls in line at that time
	 * @param waited how long the call stood in line
	 */
	public RateLimitExceededException(String name, RefusalReason reason, Duration retryAfter, String rate, long burst,
			int waiting, Duration waited) {
		this(name, reason, Durations.toNanosSaturated(retryAfter), rate, burst, waiting,
				Durations.toNanosSaturated(waited), 1, null);
	}

	RateLimitExceededException(String name, RefusalReason reason, long retryAfterNanos, String rate, long burst,
			int waiting, long waitedNanos, long cost, @Nullable Object key) {
		super(name, key, reason, retryAfterNanos, waitedNanos);
		this.cost = cost;
		this.rate = rate;
		this.burst = burst;
		this.waiting = waiting;
	}

	/**
	 * Return the rate at the time of the refusal, such as {@code 100 per 1s}.
	 * @return the rate
	 */
	public String rate() {
		return this.rate;
	}

	/**
	 * Return the capacity of the bucket at the time of the refusal.
	 * @return the number of tokens
	 */
	public long burst() {
		return this.burst;
	}

	/**
	 * Return how many calls stood in line at the time of the refusal.
	 * @return the number of calls
	 */
	public int waiting() {
		return this.waiting;
	}

	/**
	 * Return how many tokens the call would have taken.
	 * @return the number of tokens, 1 where nobody says what a call costs
	 */
	public long cost() {
		return this.cost;
	}

	@Override
	public String getMessage() {
		return "Rate limit '" + name() + "' " + PROBLEMS.get(reason()) + ": " + describeKey()
				+ ((this.cost != 1) ? "cost=" + this.cost + ", " : "") + "rate=" + this.rate + ", burst=" + this.burst
				+ ", waiting=" + this.waiting + ", waited=" + Durations.format(waited()) + ", retryAfter="
				+ Durations.format(retryAfter());
	}

}
