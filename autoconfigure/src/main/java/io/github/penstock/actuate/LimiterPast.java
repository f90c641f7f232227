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

package io.github.penstock.actuate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Limiter;
import io.github.penstock.LimiterStats;
import io.github.penstock.RateLimiter;

/**
 * What one limiter did in the last intervals: an array of fixed size, in which the newest
 * interval takes the place of the oldest. One thread writes, any may read.
 * <p>
 * <b>Means.</b> A look at what is in use at a moment misses short calls, so that the mean
 * of an interval is worked out from the number of calls and the time that each takes.
 * Where that is longer than the interval, what is in use at its ends tells more.
 */
final class LimiterPast {

	/** How many intervals are kept. */
	static final int INTERVALS = 300;

	/** So many hold times count as measured before, however many there were. */
	private static final double MOST_BEFORE = 16;

	private static final double NANOS_PER_SECOND = 1e9;

	private final float[] values = new float[Value.values().length * INTERVALS];

	private final Limiter limiter;

	/** The last interval before the first one of this. */
	private final long begun;

	private long last;

	private long lastLook;

	private LimiterStats stats;

	private int inUse;

	private int waiting;

	private double holds;

	private double holdNanos;

	private LimiterPast(Limiter limiter, long interval, long now, LimiterStats stats) {
		this.limiter = limiter;
		this.begun = interval;
		this.last = interval;
		this.lastLook = now;
		this.stats = stats;
	}

	/**
	 * Begin with what the limiter has counted by now.
	 * @param limiter the limiter
	 * @param interval the number of the interval that ends now
	 * @param now the time
	 * @return its past, of which nothing is known yet
	 */
	static LimiterPast from(Limiter limiter, long interval, long now) {
		LimiterPast past = new LimiterPast(limiter, interval, now, limiter.stats());
		past.waiting = limiter.waiting();
		if (limiter instanceof ConcurrencyLimiter bulkhead) {
			bulkhead.peakThenReset();
			past.inUse = bulkhead.inUse();
			past.measured(past.stats.holdsMeasured(), past.stats.holdTime().toNanos());
		}
		return past;
	}

	/**
	 * Begin with a limiter that was made after the last look, all of whose calls came
	 * since.
	 * @param limiter the limiter
	 * @param last the number of the interval that ended with the last look
	 * @param interval the number of the interval that ends now
	 * @param now the time
	 * @return its past
	 */
	static LimiterPast ofNew(Limiter limiter, long last, long interval, long now) {
		LimiterStats nothing = new LimiterStats(0, Map.of(), 0, Duration.ZERO, 0, Duration.ZERO, 0, 0);
		long nanos = (interval - last) * LimiterHistory.INTERVAL.toNanos();
		LimiterPast past = new LimiterPast(limiter, last, now - nanos, nothing);
		past.look(interval, now);
		return past;
	}

	/**
	 * Look at the limiter at the end of an interval. One that is late tells of all
	 * intervals since the last look, of each the same.
	 * @param interval the number of the interval that ends now
	 * @param now the time
	 */
	void look(long interval, long now) {
		double nanos = now - this.lastLook;
		if (interval <= this.last || nanos <= 0) {
			return;
		}
		LimiterStats before = this.stats;
		LimiterStats after = this.limiter.stats();
		int waiting = this.limiter.waiting();
		double seconds = nanos / NANOS_PER_SECOND;
		double granted = (after.granted() - before.granted()) / seconds;
		double wouldRefuse = (after.wouldRefuse() - before.wouldRefuse()) / seconds;
		double[] point = new double[Value.values().length];
		point[Value.GRANTED.ordinal()] = granted;
		point[Value.REFUSED.ordinal()] = (after.refusedTotal() - before.refusedTotal()) / seconds;
		point[Value.WOULD_REFUSE.ordinal()] = wouldRefuse;
		long waits = after.waited() - before.waited();
		double waitNanos = after.waitTime().minus(before.waitTime()).toNanos();
		point[Value.WAITING.ordinal()] = mean(waits, (waits > 0) ? waitNanos / waits : nanos, nanos, this.waiting,
				waiting);
		if (this.limiter instanceof ConcurrencyLimiter bulkhead) {
			int inUse = bulkhead.inUse();
			int peak = bulkhead.peakThenReset();
			measured(after.holdsMeasured() - before.holdsMeasured(),
					after.holdTime().minus(before.holdTime()).toNanos());
			double hold = (this.holds > 0) ? this.holdNanos / this.holds : nanos;
			point[Value.USED.ordinal()] = Math.min(peak,
					mean(after.granted() - before.granted(), hold, nanos, this.inUse, inUse));
			point[Value.PEAK.ordinal()] = peak;
			point[Value.LIMIT.ordinal()] = bulkhead.max();
			this.inUse = inUse;
		}
		else if (this.limiter instanceof RateLimiter rateLimit) {
			point[Value.USED.ordinal()] = Math.max(0, (after.tokens() - before.tokens()) / seconds + wouldRefuse);
			point[Value.LIMIT.ordinal()] = rateLimit.spec().ratePerSecond();
		}
		this.stats = after;
		this.waiting = waiting;
		this.lastLook = now;
		write(interval, point);
	}

	/** What was measured just now counts, and some of what was before. */
	private void measured(long holds, long nanos) {
		if (holds > 0) {
			double before = Math.min(1, MOST_BEFORE / Math.max(1, this.holds));
			this.holds = this.holds * before + holds;
			this.holdNanos = this.holdNanos * before + nanos;
		}
	}

	/**
	 * How many of something there were in the mean of an interval.
	 * @param ended how many ended, or began
	 * @param each how long each one lasts
	 * @param nanos the interval
	 * @param before how many there were at its beginning
	 * @param after how many there were at its end
	 * @return the mean
	 */
	static double mean(long ended, double each, double nanos, int before, int after) {
		if (each >= nanos) {
			return (before + after) / 2.0;
		}
		return Math.max(ended * each / nanos, Math.min(before, after));
	}

	private synchronized void write(long interval, double[] point) {
		for (long i = Math.max(this.last + 1, interval - INTERVALS + 1); i <= interval; i++) {
			for (int value = 0; value < point.length; value++) {
				this.values[index(value, i)] = (float) point[value];
			}
		}
		this.last = interval;
	}

	private static int index(int value, long interval) {
		return value * INTERVALS + (int) (interval % INTERVALS);
	}

	/**
	 * Describe some intervals, the oldest first. One that is not known yet is left out.
	 * @param after the number of the one before the first
	 * @param last the number of the last one, at which all limiters end
	 * @return what is kept of them
	 */
	synchronized HistoryDescriptor.PastDescriptor between(long after, long last) {
		long first = Math.max(Math.max(this.begun, after), this.last - INTERVALS) + 1;
		boolean bulkhead = this.limiter instanceof ConcurrencyLimiter;
		return new HistoryDescriptor.PastDescriptor(LimiterKind.of(this.limiter).toString(), this.limiter.name(),
				read(Value.USED, first, last), (bulkhead) ? read(Value.PEAK, first, last) : null,
				read(Value.LIMIT, first, last), read(Value.WAITING, first, last), read(Value.GRANTED, first, last),
				read(Value.REFUSED, first, last), read(Value.WOULD_REFUSE, first, last));
	}

	private List<Number> read(Value value, long first, long last) {
		List<Number> numbers = new ArrayList<>();
		for (long i = first; i <= Math.min(this.last, last); i++) {
			numbers.add(number(this.values[index(value.ordinal(), i)]));
		}
		return numbers;
	}

	/** Short in JSON. */
	private static Number number(float value) {
		double rounded = Math.round(value * 1000.0) / 1000.0;
		long whole = (long) rounded;
		return (whole == rounded) ? (Number) whole : (Number) rounded;
	}

	/** What is kept of each interval. */
	private enum Value {

		USED, PEAK, LIMIT, WAITING, GRANTED, REFUSED, WOULD_REFUSE

	}

}
