package io.github.penstock;

import java.util.concurrent.locks.LockSupport;

/**
 * The time of this machine.
 */
final class SystemTimeSource implements TimeSource {

	static final SystemTimeSource INSTANCE = new SystemTimeSource();

	private final Timer timer = new Timer("penstock-timer");

	private SystemTimeSource() {
	}

	@Override
	public long nanoTime() {
		return System.nanoTime();
	}

	@Override
	public void parkNanos(Object blocker, long nanos) {
		LockSupport.parkNanos(blocker, nanos);
	}

	@Override
	public Runnable schedule(Runnable task, long nanos) {
		return this.timer.schedule(task, nanos);
	}

}
