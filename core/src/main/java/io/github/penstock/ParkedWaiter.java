package io.github.penstock;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A call whose thread parks until it is decided.
 */
final class ParkedWaiter extends Waiter {

	/** The longest park, so that an unpark that the JDK loses delays, but never hangs. */
	private static final long LONGEST_PARK = TimeUnit.SECONDS.toNanos(5);

	private final Thread thread = Thread.currentThread();

	ParkedWaiter(WaitLine line, TimeSource time, long timeoutNanos) {
		super(line, time, timeoutNanos);
	}

	/**
	 * Wait until it is decided, the timeout is over, or the thread is interrupted; its
	 * interrupt flag is set then.
	 */
	void await() {
		boolean interrupted = false;
		boolean expired = false;
		try {
			while (!isSettled()) {
				if (Thread.interrupted()) {
					interrupted = true;
					this.line.leave(this);
					continue;
				}
				long waited = waitedNanos();
				if (waited >= turn()) {
					turnCame();
				}
				else if (waited >= this.timeoutNanos && !expired) {
					expired = true;
					this.line.expire(this);
				}
				else {
					park(expired ? LONGEST_PARK : Math.min(this.timeoutNanos, turn()) - waited);
				}
			}
		}
		finally {
			if (interrupted) {
				this.thread.interrupt();
			}
		}
	}

	private void park(long nanos) {
		this.time.parkNanos(this.line, Math.min(nanos, LONGEST_PARK));
		if (nanos > LONGEST_PARK) {
			// Costs nothing, and mends what an Error in the middle of serving broke.
			this.line.serve();
		}
	}

	@Override
	void turnMoved() {
		tell();
	}

	@Override
	void tell() {
		if (this.thread != Thread.currentThread()) {
			LockSupport.unpark(this.thread);
		}
	}

}
