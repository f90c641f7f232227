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

import java.math.BigDecimal;
import java.time.Duration;

/**
 * What {@link Duration} does not do itself: nanoseconds that saturate, and a short text.
 */
final class Durations {

	private static final long NANOS_PER_MILLI = 1_000_000L;

	private static final Duration MAX_NANOS = Duration.ofNanos(Long.MAX_VALUE);

	private static final Duration MIN_NANOS = MAX_NANOS.negated();

	private Durations() {
	}

	/**
	 * Nanoseconds, {@code Long.MAX_VALUE} (292 years) for anything longer, never below 0.
	 */
	static long toNanosSaturated(Duration duration) {
		return Math.max(0, toNanosSinceOver(duration));
	}

	/**
	 * The same below 0, of what is over since then.
	 */
	static long toNanosSinceOver(Duration duration) {
		if (duration.compareTo(MAX_NANOS) >= 0) {
			return Long.MAX_VALUE;
		}
		return (duration.compareTo(MIN_NANOS) <= 0) ? -Long.MAX_VALUE : duration.toNanos();
	}

	/** Such as {@code 1.5s}, {@code 20ms}, {@code 300ns}, {@code 1h}. */
	static String format(Duration duration) {
		long nanos = toNanosSaturated(duration);
		if (nanos == 0) {
			return "0s";
		}
		if (duration.compareTo(Duration.ofMinutes(1)) >= 0 && duration.getNano() == 0) {
			return duration.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
		}
		if (nanos >= 1000 * NANOS_PER_MILLI) {
			return decimal(nanos, 9) + "s";
		}
		return (nanos >= NANOS_PER_MILLI) ? decimal(nanos, 6) + "ms" : nanos + "ns";
	}

	private static String decimal(long nanos, int scale) {
		return BigDecimal.valueOf(nanos, scale).stripTrailingZeros().toPlainString();
	}

}
