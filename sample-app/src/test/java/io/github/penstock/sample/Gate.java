package io.github.penstock.sample;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pace that tests set: work goes on when the gate opens.
 */
final class Gate implements Pace {

	private final Semaphore arrivals = new Semaphore(0);

	private final Semaphore passes = new Semaphore(0);

	private final AtomicInteger inside = new AtomicInteger();

	private final AtomicInteger mostInside = new AtomicInteger();

	@Override
	public void take(String work) {
		this.mostInside.accumulateAndGet(this.inside.incrementAndGet(), Math::max);
		this.arrivals.release();
		try {
			if (!this.passes.tryAcquire(60, TimeUnit.SECONDS)) {
				throw new IllegalStateException("The gate for " + work + " stayed shut");
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			this.inside.decrementAndGet();
		}
	}

	void awaitArrivals(int count) throws InterruptedException {
		if (!this.arrivals.tryAcquire(count, 60, TimeUnit.SECONDS)) {
			throw new IllegalStateException("Only " + this.arrivals.availablePermits() + " arrived");
		}
	}

	void letPass(int count) {
		this.passes.release(count);
	}

	int mostInside() {
		return this.mostInside.get();
	}

	void reset() {
		this.arrivals.drainPermits();
		this.passes.drainPermits();
		this.mostInside.set(0);
	}

}
