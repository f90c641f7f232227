package io.github.penstock.actuate;

import java.time.Duration;

import io.github.penstock.ConcurrencyLimiterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Values of limiters as they are shown, and as they may be sent back: numbers as numbers,
 * anything else as text.
 */
final class ValueText {

	private ValueText() {
	}

	static @Nullable Object of(String name, @Nullable Object value) {
		if (name.equals("maxWaiting") && Integer.valueOf(ConcurrencyLimiterSpec.UNBOUNDED).equals(value)) {
			return AdjustableLimiter.UNBOUNDED;
		}
		if (name.equals("burst") && value == null) {
			return "default";
		}
		if (value instanceof Duration duration) {
			return DurationText.of(duration);
		}
		return (value instanceof Rate rate) ? rate.toString() : value;
	}

}
