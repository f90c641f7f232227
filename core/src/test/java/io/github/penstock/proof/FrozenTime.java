package io.github.penstock.proof;

import java.util.concurrent.atomic.AtomicLong;

import io.github.penstock.TimeSource;

/**
 * A clock that stands until it is set, for tests in which nobody parks and no timer ever
 * runs.
 */
final class FrozenTime implements TimeSource {

	private final AtomicLong now;

	FrozenTime(long now) {
		this.now = new AtomicLong(now);
	}

	void set(long now) {
		this.now.set(now);
	}

	void advance(long nanos) {
		this.now.addAndGet(nanos);
	}

	@Override
	public long nanoTime() {
		return this.now.get();
	}

	@Override
	public void parkNanos(Object blocker, long nanos) {
		throw new IllegalStateException("Nobody waits here");
	}

	@Override
	public Runnable schedule(Runnable task, long nanos) {
		return () -> {
		};
	}

}
