package io.github.penstock.http;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures how many requests begin in a second: the more of the last whole window and of
 * the one that runs. Threads that count at the turn of a window may be counted in either.
 */
final class Pace {

	private static final long WINDOW = TimeUnit.SECONDS.toNanos(1);

	private final AtomicLong count = new AtomicLong();

	private final AtomicLong start;

	private volatile long last;

	Pace(long now) {
		this.start = new AtomicLong(now);
	}

	/** Count a request. */
	void began(long now) {
		turn(now);
		this.count.incrementAndGet();
	}

	private void turn(long now) {
		long start = this.start.get();
		long elapsed = now - start;
		if (elapsed >= WINDOW && this.start.compareAndSet(start, now)) {
			long counted = this.count.getAndSet(0);
			this.last = (elapsed < 2 * WINDOW) ? counted : 0;
		}
	}

	/** Requests in a second, at least 1. */
	long perSecond(long now) {
		turn(now);
		return Math.max(1, Math.max(this.last, this.count.get()));
	}

}
