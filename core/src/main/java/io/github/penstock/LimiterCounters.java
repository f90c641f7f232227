package io.github.penstock;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
		return new LimiterStats(issued - this.undone.sum(), refused, this.waited.sum(),
				Duration.ofNanos(this.waitNanos.sum()), this.holds.sum(), Duration.ofNanos(this.holdNanos.sum()));
	}

}
