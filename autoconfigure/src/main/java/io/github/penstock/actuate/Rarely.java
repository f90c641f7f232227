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

package io.github.penstock.actuate;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import io.github.penstock.TimeSource;

/**
 * Lets one thing of a kind be told once in ten seconds at most, and counts what was not.
 * Thread-safe; mostly one addition.
 */
final class Rarely {

	static final Duration PAUSE = Duration.ofSeconds(10);

	/** It is not the time to tell. */
	static final long NOT_NOW = -1;

	private final AtomicLong untold = new AtomicLong();

	private final AtomicLong next;

	private final TimeSource time;

	Rarely(TimeSource time) {
		this.time = time;
		this.next = new AtomicLong(time.nanoTime());
	}

	/** How many others there were since the last that was told, or {@link #NOT_NOW}. */
	long tell() {
		long due = this.next.get();
		long now = this.time.nanoTime();
		if (now - due < 0 || !this.next.compareAndSet(due, now + PAUSE.toNanos())) {
			this.untold.incrementAndGet();
			return NOT_NOW;
		}
		return this.untold.getAndSet(0);
	}

}
