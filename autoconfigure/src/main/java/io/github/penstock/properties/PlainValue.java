package io.github.penstock.properties;

import java.math.BigDecimal;
import java.time.Duration;

import io.github.penstock.actuate.DurationText;
import io.github.penstock.actuate.NumberText;

/**
 * Whether a value is written as people write it. Spring's conversions take digits of any
 * script, blanks within a number and numbers of base 16, and cut fractions off.
 */
final class PlainValue {

	private PlainValue() {
	}

	static boolean isOne(Class<?> type, String text) {
		if (type == Integer.class) {
			return NumberText.integer(text) != null;
		}
		if (type == Long.class) {
			return NumberText.whole(text) != null;
		}
		if (type == BigDecimal.class) {
			return NumberText.decimal(text) != null;
		}
		return type != Duration.class || DurationText.read(text) != null;
	}

}
