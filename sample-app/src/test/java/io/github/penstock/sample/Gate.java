/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

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
