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
 * A {@link ConcurrencyLimiter} did not let a call in.
 *
 * @serial exclude
 */
public final class BulkheadFullException extends LimitExceededException {

	private static final Map<RefusalReason, String> PROBLEMS = Map.of(RefusalReason.FULL,
			"is full and the call may not wait", RefusalReason.LINE_FULL, "is full and so is its line of waiters",
			RefusalReason.CLOSED, "is closed (max = 0)", RefusalReason.TIMED_OUT,
			"had no free permit within the timeout", RefusalReason.WAIT_TOO_LONG,
			"had no free permit within the timeout", RefusalReason.INTERRUPTED,
			"was left: the waiting thread was interrupted", RefusalReason.CANCELLED, "was left: the caller gave up",
			RefusalReason.SHUT_DOWN, "lets nobody wait any more: the application ends", RefusalReason.TOO_COSTLY,
			"never has as many permits", RefusalReason.UNAVAILABLE,
			"lets nobody in: the store that all instances share does not answer");

	private static final long serialVersionUID = 1L;

	private final int limit;

	private final int inUse;

	private final int waiting;

	private final @Nullable String alsoHolding;

	/**
	 * Create a refusal, as tests of one's own error handling need it.
	 * @param name the limiter's name
	 * @param reason why the call was not let in
	 * @param retryAfter when another try is worth it
	 * @param limit the limit at the time of the refusal
	 * @param inUse the permits in use at that time
	 * @param waiting the calls in line at that time
	 * @param waited how long the call stood in line
	 */
	public BulkheadFullException(String name, RefusalReason reason, Duration retryAfter, int limit, int inUse,
			int waiting, Duration waited) {
		this(name, reason, Durations.toNanosSaturated(retryAfter), limit, inUse, waiting,
				Durations.toNanosSaturated(waited), null, null);
	}

	BulkheadFullException(String name, RefusalReason reason, long retryAfterNanos, int limit, int inUse, int waiting,
			long waitedNanos, @Nullable String alsoHolding, @Nullable Object key) {
		super(name, key, reason, retryAfterNanos, waitedNanos);
		this.limit = limit;
		this.inUse = inUse;
		this.waiting = waiting;
		this.alsoHolding = alsoHolding;
	}

	/**
	 * Return the limit at the time of the refusal.
	 * @return the number of permits
	 */
	public int limit() {
		return this.limit;
	}

	/**
	 * Return how many permits were in use at the time of the refusal.
	 * @return the number of permits
	 */
	public int inUse() {
		return this.inUse;
	}

	/**
	 * Return how many calls stood in line at the time of the refusal.
	 * @return the number of calls
	 */
	public int waiting() {
		return this.waiting;
	}

	@Override
	public String getMessage() {
		return "Bulkhead '" + name() + "' " + PROBLEMS.get(reason()) + ": " + describeKey() + "limit=" + this.limit
				+ ", inUse=" + this.inUse + ", waiting=" + this.waiting + ", waited=" + Durations.format(waited())
				+ ((this.alsoHolding != null) ? ", while this call holds " + this.alsoHolding : "");
	}

}
