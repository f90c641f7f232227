package io.github.penstock;

import java.util.concurrent.locks.LockSupport;

/**
 * The time of this machine.
 */
final class SystemTimeSource implements TimeSource {

	static final SystemTimeSource INSTANCE = new SystemTimeSource();

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
		return Started.TIMER.schedule(task, nanos);
	}

	/** Loaded, and so started, with the first task. */
	private static final class Started {

		static final Timer TIMER = Timer.start("penstock-timer");

	}

}
