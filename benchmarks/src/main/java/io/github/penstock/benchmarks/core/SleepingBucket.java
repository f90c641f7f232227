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

package io.github.penstock.benchmarks.core;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The token bucket that one finds everywhere for {@code asyncio}: under its lock it
 * sleeps for what is missing of a token, then sets the tokens to zero, and forgets that
 * time has passed meanwhile. The next call is credited for that time, so that more get in
 * than the rate allows.
 */
final class SleepingBucket implements Tokens {

	private final ReentrantLock lock = new ReentrantLock();

	private final double perSecond;

	private final double capacity;

	private double tokens;

	private long updated = System.nanoTime();

	SleepingBucket(double perSecond, double capacity) {
		this.perSecond = perSecond;
		this.capacity = capacity;
		this.tokens = capacity;
	}

	@Override
	public void take() {
		this.lock.lock();
		try {
			long now = System.nanoTime();
			double seconds = (double) (now - this.updated) / TimeUnit.SECONDS.toNanos(1);
			this.tokens = Math.min(this.capacity, this.tokens + seconds * this.perSecond);
			this.updated = now;
			if (this.tokens >= 1) {
				this.tokens -= 1;
				return;
			}
			double missing = (1 - this.tokens) / this.perSecond;
			LockSupport.parkNanos((long) (missing * TimeUnit.SECONDS.toNanos(1)));
			this.tokens = 0;
		}
		finally {
			this.lock.unlock();
		}
	}

}
