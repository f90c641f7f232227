package io.github.penstock.benchmarks.spring;

import java.util.concurrent.CountDownLatch;

/**
 * A bean that keeps the only permit, and has used up the only token.
 */
public abstract class HoldingService extends Service {

	/** The argument of the call that does not end before its thread is interrupted. */
	static final String HOLD = "hold";

	private final CountDownLatch held = new CountDownLatch(1);

	final String hold(String argument) {
		if (HOLD.equals(argument)) {
			this.held.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		return argument;
	}

	/**
	 * Wait for the call that holds.
	 * @throws InterruptedException if that takes too long
	 */
	public void awaitHeld() throws InterruptedException {
		this.held.await();
	}

}
