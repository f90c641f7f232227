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
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The counters of a limiter that are not on the way of a call that is let in at once.
 */
final class LimiterCounters {

	private static final RefusalReason[] REASONS = RefusalReason.values();

	private static final long LONGEST_ESTIMATE = TimeUnit.MINUTES.toNanos(1);

	private final LongAdder[] refused = new LongAdder[REASONS.length];

	private final LongAdder waited = new LongAdder();

	private final LongAdder waitNanos = new LongAdder();

	private final LongAdder holds = new LongAdder();

	private final LongAdder holdNanos = new LongAdder();

	private final Listeners listeners = new Listeners();

	/** Grants that were undone, for their waiter was gone. */
	private final LongAdder undone = new LongAdder();

	/** Grants that took nothing from where grants are counted. */
	private final LongAdder uncounted = new LongAdder();

	/** Tokens that were taken beyond one by each grant, less those that came back. */
	private final LongAdder moreTokens = new LongAdder();

	private final LongAdder wouldRefuse = new LongAdder();

	/** Calls of which a part is refused that would all be. */
	private final AtomicLong unenforced = new AtomicLong();

	LimiterCounters() {
		for (int i = 0; i < this.refused.length; i++) {
			this.refused[i] = new LongAdder();
		}
	}

	Listeners listeners() {
		return this.listeners;
	}

	void refused(RefusalReason reason) {
		this.refused[reason.ordinal()].increment();
		this.listeners.refused(reason);
	}

	void waited(long nanos) {
		this.waited.increment();
		this.waitNanos.add(nanos);
		this.listeners.waited(nanos);
	}

	void held(long nanos) {
		this.holds.increment();
		this.holdNanos.add(nanos);
	}

	/** Throws nothing: what was granted is back. */
	void undone() {
		try {
			this.undone.increment();
		}
		catch (Throwable ex) {
			// A count that is one too high.
		}
	}

	/** A call was let in that took nothing, or took it where it is not counted. */
	void uncounted() {
		this.uncounted.increment();
	}

	/** Throws nothing: the tokens are taken, or back. */
	void moreTokens(long tokens) {
		try {
			this.moreTokens.add(tokens);
		}
		catch (Throwable ex) {
			// A count that is off by some.
		}
	}

	/** A call was let in that would have been refused. */
	void wouldRefuse(RefusalReason reason) {
		this.wouldRefuse.increment();
		this.listeners.wouldRefuse(reason);
	}

	/**
	 * Whether the limit holds for a call that it does not let in at once: so many of a
	 * hundred calls, evenly spread.
	 */
	boolean isEnforced(int percent) {
		if (percent == 100 || percent == 0) {
			return percent == 100;
		}
		long before = this.unenforced.getAndIncrement() % 100;
		return (before + 1) * percent / 100 > before * percent / 100;
	}

	/** Nanoseconds that a permit is held for, 0 if none was measured yet. */
	long meanHoldNanos() {
		long holds = this.holds.sum();
		return (holds == 0) ? 0 : this.holdNanos.sum() / holds;
	}

	/**
	 * When a newcomer would be served if each permit were held for the mean hold time.
	 */
	long expectedWaitNanos(int max, int waiting) {
		double turns = (waiting + 1.0) / Math.max(1, max);
		return (long) Math.min(meanHoldNanos() * turns, LONGEST_ESTIMATE);
	}

	LimiterStats toStats(long issued) {
		Map<RefusalReason, Long> refused = new EnumMap<>(RefusalReason.class);
		for (RefusalReason reason : REASONS) {
			refused.put(reason, this.refused[reason.ordinal()].sum());
		}
		long granted = issued - this.undone.sum() + this.uncounted.sum();
		return new LimiterStats(granted, refused, this.waited.sum(), Duration.ofNanos(this.waitNanos.sum()),
				this.holds.sum(), Duration.ofNanos(this.holdNanos.sum()), granted + this.moreTokens.sum(),
				this.wouldRefuse.sum());
	}

}
