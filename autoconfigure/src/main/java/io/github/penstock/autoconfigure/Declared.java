package io.github.penstock.autoconfigure;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.function.Supplier;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.InvalidLimitException;
import io.github.penstock.VisibleText;
import io.github.penstock.actuate.DurationText;
import io.github.penstock.actuate.LimiterOrigin;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import org.jspecify.annotations.Nullable;

/**
 * What one place says of a limiter.
 */
interface Declared {

	/**
	 * Return the place, such as {@code com.acme.Orders.place(String)}.
	 * @return the place
	 */
	String where();

	/**
	 * Return what kind of place that is.
	 * @return annotation or code
	 */
	LimiterOrigin.Source source();

	/** Make a spec; if it is not valid, say where that was written. */
	static <S> S check(String where, Supplier<S> spec) {
		try {
			return spec.get();
		}
		catch (InvalidLimitException ex) {
			throw new InvalidLimitDeclarationException(where, String.valueOf(ex.getMessage()),
					"Correct the " + ex.property() + " there");
		}
	}

	/** As people write it. */
	static String text(@Nullable Object value) {
		if (value instanceof Duration duration) {
			return (duration.toMillisPart() == 0) ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
		}
		return (value instanceof BigDecimal number) ? number.toPlainString() : String.valueOf(value);
	}

	/** The bound of a line, as people write it. */
	static String waiting(int maxWaiting) {
		return (maxWaiting != ConcurrencyLimiterSpec.UNBOUNDED) ? String.valueOf(maxWaiting) : "unbounded";
	}

	static @Nullable Duration duration(String where, String attribute, @Nullable String text) {
		if (text == null) {
			return null;
		}
		Duration duration = DurationText.read(text.trim());
		if (duration == null) {
			throw new InvalidLimitDeclarationException(where,
					attribute + " '" + VisibleText.of(text) + "' is not a duration",
					"Write a duration, such as 30s, 500ms or PT2S");
		}
		return duration;
	}

}
