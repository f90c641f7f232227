package io.github.penstock.proof;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import io.github.penstock.TimeSource;

/**
 * A clock that stands until it is set, for tests in which nobody parks and timers run
 * when the test says so, if ever.
 */
final class FrozenTime implements TimeSource {

	private final AtomicLong now;

	private final Consumer<Runnable> timers;

	FrozenTime(long now) {
		this(now, (task) -> {
		});
	}

	FrozenTime(long now, Consumer<Runnable> timers) {
		this.now = new AtomicLong(now);
		this.timers = timers;
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
		this.timers.accept(task);
		return () -> {
		};
	}

}
