package io.github.penstock;

import java.math.BigDecimal;
import java.time.Duration;

/**
 * What {@link Duration} does not do itself: nanoseconds that saturate, and a short text.
 */
final class Durations {

	private static final long NANOS_PER_MILLI = 1_000_000L;

	private static final Duration MAX_NANOS = Duration.ofNanos(Long.MAX_VALUE);

	private Durations() {
	}

	/**
	 * Nanoseconds, {@code Long.MAX_VALUE} (292 years) for anything longer, never below 0.
	 */
	static long toNanosSaturated(Duration duration) {
		if (duration.isNegative()) {
			return 0;
		}
		return (duration.compareTo(MAX_NANOS) >= 0) ? Long.MAX_VALUE : duration.toNanos();
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
