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

package io.github.penstock.http;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures how many requests begin in a second: the more of the last whole window and of
 * the one that runs. Threads that count at the turn of a window may be counted in either.
 */
final class Pace {

	private static final long WINDOW = TimeUnit.SECONDS.toNanos(1);

	private final AtomicLong count = new AtomicLong();

	private final AtomicLong start;

	private volatile long last;

	Pace(long now) {
		this.start = new AtomicLong(now);
	}

	/** Count a request. */
	void began(long now) {
		turn(now);
		this.count.incrementAndGet();
	}

	private void turn(long now) {
		long start = this.start.get();
		long elapsed = now - start;
		if (elapsed >= WINDOW && this.start.compareAndSet(start, now)) {
			long counted = this.count.getAndSet(0);
			this.last = (elapsed < 2 * WINDOW) ? counted : 0;
		}
	}

	/** Requests in a second, at least 1. */
	long perSecond(long now) {
		turn(now);
		return Math.max(1, Math.max(this.last, this.count.get()));
	}

}
