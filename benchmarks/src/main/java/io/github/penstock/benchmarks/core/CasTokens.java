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

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The least that a limit of a rate can be: the generic cell rate algorithm in one
 * compare-and-set, with a sleep until the token that was reserved is due. It has no
 * timeout, no line that one could leave, no counters and no changing rate.
 */
final class CasTokens extends AtomicLong implements Tokens {

	private static final long serialVersionUID = 1L;

	private final long nanosPerToken;

	private final long burstNanos;

	CasTokens(long nanosPerToken, long burst) {
		this.nanosPerToken = nanosPerToken;
		this.burstNanos = burst * this.nanosPerToken;
		set(System.nanoTime());
	}

	@Override
	public void take() {
		long wait = reserve(Long.MAX_VALUE);
		if (wait > 0) {
			sleep(wait);
		}
	}

	boolean tryTake() {
		return reserve(0) <= 0;
	}

	/** Reserve a token unless it comes too late; return how long there is to wait. */
	private long reserve(long longestWait) {
		long now = System.nanoTime();
		while (true) {
			long last = get();
			long next = ((last - now > 0) ? last : now) + this.nanosPerToken;
			long wait = next - now - this.burstNanos;
			if (wait > longestWait || compareAndSet(last, next)) {
				return wait;
			}
		}
	}

	private void sleep(long wait) {
		long end = System.nanoTime() + wait;
		for (long left = wait; left > 0; left = end - System.nanoTime()) {
			LockSupport.parkNanos(this, left);
		}
	}

}
