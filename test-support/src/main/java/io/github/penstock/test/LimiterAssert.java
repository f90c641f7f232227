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

package io.github.penstock.test;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Limiter;
import io.github.penstock.LimiterStats;
import io.github.penstock.RefusalReason;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on a {@link Limiter}. What it has counted counts from the last
 * {@link LimiterBaseline#reset} on, or else from when it was made.
 */
public final class LimiterAssert extends AbstractAssert<LimiterAssert, Limiter> {

	LimiterAssert(@Nullable Limiter actual) {
		super(actual, LimiterAssert.class);
	}

	/**
	 * Check how many calls were not let in.
	 * @param calls the number of calls
	 * @return this
	 */
	public LimiterAssert hasRefused(long calls) {
		LimiterStats stats = stats();
		return check("refused", stats.refusedTotal(), calls, " by reason: " + stats.refused());
	}

	/**
	 * Check how many calls were not let in for one reason.
	 * @param calls the number of calls
	 * @param reason the reason
	 * @return this
	 */
	public LimiterAssert hasRefused(long calls, RefusalReason reason) {
		LimiterStats stats = stats();
		return check("refused as " + reason, stats.refused().getOrDefault(reason, 0L), calls,
				" by reason: " + stats.refused());
	}

	/**
	 * Check how many calls were let in though they would have been refused, as the limit
	 * is not enforced for all.
	 * @param calls the number of calls
	 * @return this
	 */
	public LimiterAssert hasWouldRefuse(long calls) {
		return check("would refuse", stats().wouldRefuse(), calls, "");
	}

	/**
	 * Check how many calls were let in.
	 * @param calls the number of calls
	 * @return this
	 */
	public LimiterAssert hasGranted(long calls) {
		return check("granted", stats().granted(), calls, "");
	}

	/**
	 * Check how many calls stand in line.
	 * @param calls the number of calls
	 * @return this
	 */
	public LimiterAssert hasWaiting(int calls) {
		isNotNull();
		return check("waiting", this.actual.waiting(), calls, "");
	}

	/**
	 * Check how many permits are out.
	 * @param permits the number of permits
	 * @return this
	 */
	public LimiterAssert hasInUse(int permits) {
		return check("in use", bulkhead().inUse(), permits, "");
	}

	/**
	 * Check that nothing is in use and nobody waits: each permit is back.
	 * @return this
	 */
	public LimiterAssert isIdle() {
		hasWaiting(0);
		return (this.actual instanceof ConcurrencyLimiter) ? hasInUse(0) : this;
	}

	private ConcurrencyLimiter bulkhead() {
		isInstanceOf(ConcurrencyLimiter.class);
		return (ConcurrencyLimiter) this.actual;
	}

	private LimiterStats stats() {
		isNotNull();
		return LimiterBaseline.since(this.actual);
	}

	private LimiterAssert check(String what, long actual, long expected, String more) {
		if (actual != expected) {
			failWithMessage("Expected limiter '%s' to have %s: %s, but it has: %s%s", this.actual.name(), what,
					expected, actual, more);
		}
		return this;
	}

}
