package io.github.penstock;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A call whose thread parks until it is decided.
 */
final class ParkedWaiter extends Waiter {

	/** The longest park, so that an unpark that the JDK loses delays, but never hangs. */
	private static final long LONGEST_PARK = TimeUnit.SECONDS.toNanos(5);

	/** How often to ask the line what has become of a call whose timeout is over. */
	private static final long ASK_AGAIN = TimeUnit.MILLISECONDS.toNanos(10);

	private final Thread thread = Thread.currentThread();

	ParkedWaiter(WaitLine line, TimeSource time, long timeoutNanos, long tokens) {
		super(line, time, timeoutNanos, tokens);
	}

	/**
	 * Wait until it is decided, the timeout is over, or the thread is interrupted; its
	 * interrupt flag is set then.
	 */
	void await() {
		boolean interrupted = false;
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
				else if (waited >= this.timeoutNanos) {
					askForOutcome();
				}
				else {
					park(Math.min(this.timeoutNanos, turn()) - waited);
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
			// Costs nothing, and goes on where an Error cut off who served the line.
			this.line.goOn();
		}
	}

	/** Have the line decide, now that it must not take longer. */
	private void askForOutcome() {
		this.line.expire(this);
		if (!isSettled()) {
			// Somebody else serves it, and is about to.
			this.time.parkNanos(this.line, ASK_AGAIN);
		}
	}

	/** Wait for what the line has decided already. */
	void awaitSettled() {
		boolean interrupted = Thread.interrupted();
		while (!isSettled()) {
			askForOutcome();
			interrupted |= Thread.interrupted();
		}
		if (interrupted) {
			this.thread.interrupt();
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
