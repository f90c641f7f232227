package io.github.penstock.proof;

import java.util.Comparator;
import java.util.PriorityQueue;

import io.github.penstock.TimeSource;

/**
 * Time that leaps from one timer to the next. One thread moves it.
 */
final class QueuedTime implements TimeSource {

	private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::at));

	private final long start;

	private volatile long elapsed;

	QueuedTime(long start) {
		this.start = start;
	}

	long elapsed() {
		return this.elapsed;
	}

	void runNext() {
		Timer timer = next();
		this.elapsed = Math.max(this.elapsed, timer.at);
		timer.task.run();
	}

	private synchronized Timer next() {
		return this.timers.remove();
	}

	@Override
	public long nanoTime() {
		return this.start + this.elapsed;
	}

	@Override
	public void parkNanos(Object blocker, long nanos) {
		throw new IllegalStateException("Nobody parks here");
	}

	@Override
	public synchronized Runnable schedule(Runnable task, long nanos) {
		long at = this.elapsed + Math.min(nanos, Long.MAX_VALUE - this.elapsed);
		Timer timer = new Timer(at, task);
		this.timers.add(timer);
		return () -> cancel(timer);
	}

	private synchronized void cancel(Timer timer) {
		this.timers.removeIf((other) -> other == timer);
	}

	private record Timer(long at, Runnable task) {

	}

}
