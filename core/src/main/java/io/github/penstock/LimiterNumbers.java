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

package io.github.penstock;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives each limiter a number, by which the {@link Scopes} of a thread know it, and finds
 * its name again for messages. Forgets limiters that are garbage.
 */
final class LimiterNumbers {

	/** The number of a limiter stands in front of the numbers of its keys. */
	private static final int KEY_BITS = 40;

	private static final AtomicLong LAST = new AtomicLong();

	private static final AtomicLong LAST_KEY = new AtomicLong();

	private static final Map<Long, Numbered> LIMITERS = new ConcurrentHashMap<>();

	private static final ReferenceQueue<LineLimiter> GARBAGE = new ReferenceQueue<>();

	private LimiterNumbers() {
	}

	/** A number above 0 that no other limiter ever has. */
	static long number(LineLimiter limiter) {
		for (Reference<?> garbage = GARBAGE.poll(); garbage != null; garbage = GARBAGE.poll()) {
			LIMITERS.remove(((Numbered) garbage).number);
		}
		long number = LAST.incrementAndGet();
		LIMITERS.put(number, new Numbered(number, limiter));
		return number;
	}

	/** A number above 0 for a key of the limiter with that number. */
	static long ofKey(long number) {
		return (number << KEY_BITS) | (LAST_KEY.incrementAndGet() & ((1L << KEY_BITS) - 1));
	}

	static String nameOf(long number) {
		long ofLimiter = number >>> KEY_BITS;
		Numbered numbered = LIMITERS.get((ofLimiter != 0) ? ofLimiter : number);
		LineLimiter limiter = (numbered != null) ? numbered.get() : null;
		return (limiter != null) ? limiter.name() : "?";
	}

	private static final class Numbered extends WeakReference<LineLimiter> {

		private final long number;

		private Numbered(long number, LineLimiter limiter) {
			super(limiter, GARBAGE);
			this.number = number;
		}

	}

}
