package io.github.penstock.properties;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.InvalidLimitException;
import io.github.penstock.LimiterSpec;
import io.github.penstock.VisibleText;
import io.github.penstock.actuate.LimiterOrigin;
import io.github.penstock.actuate.PercentText;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;

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

	/**
	 * Make a spec; if it is not valid, say where that was written.
	 * @param quoted gives a value as it was written, in quotes, {@code null} to show it
	 * as it is
	 */
	static <S> S check(String where, Function<String, @Nullable String> quoted, Supplier<S> spec) {
		try {
			return spec.get();
		}
		catch (InvalidLimitException ex) {
			throw new InvalidLimitDeclarationException(where, problem(ex, quoted.apply(ex.property())),
					"Correct the " + ex.property() + " there");
		}
	}

	/**
	 * What is wrong, with the value as it was written.
	 * @param quoted the value in quotes, {@code null} if it is to be shown as it is
	 */
	static String problem(InvalidLimitException ex, @Nullable String quoted) {
		return (quoted != null) ? "Invalid " + ex.property() + " " + quoted + ": " + ex.reason()
				: String.valueOf(ex.getMessage());
	}

	/** A text in quotes, if there is any. */
	static @Nullable String quoted(@Nullable String text) {
		return (text != null) ? "'" + text + "'" : null;
	}

	/** As people write it. */
	static String text(@Nullable Object value) {
		if (value instanceof Duration duration) {
			return text(duration);
		}
		return (value instanceof BigDecimal number) ? number.toPlainString() : String.valueOf(value);
	}

	private static String text(Duration duration) {
		int nanos = duration.getNano();
		ChronoUnit unit = (nanos == 0) ? ChronoUnit.SECONDS
				: (nanos % 1_000_000 == 0) ? ChronoUnit.MILLIS : ChronoUnit.NANOS;
		return DurationStyle.SIMPLE.print(duration, unit);
	}

	/** The bound of a line, as people write it. */
	static String waiting(int maxWaiting) {
		return (maxWaiting != ConcurrencyLimiterSpec.UNBOUNDED) ? String.valueOf(maxWaiting) : "unbounded";
	}

	/** Put what few limiters have, as people write it, if this one has it. */
	static void putOthers(Map<String, String> values, LimiterSpec spec, Set<String> plans) {
		if (spec.enforce() != LimiterSpec.ENFORCED) {
			values.put("enforce", PercentText.of(spec.enforce()));
		}
		if (spec.maxKeys() != LimiterSpec.DEFAULT_MAX_KEYS) {
			values.put("max-keys", String.valueOf(spec.maxKeys()));
		}
		if (!plans.isEmpty()) {
			values.put("plans", String.join("|", new TreeSet<>(plans)));
		}
	}

	static @Nullable Duration duration(String where, String attribute, @Nullable String text) {
		if (text == null) {
			return null;
		}
		Duration duration = DurationRules.parse(text);
		if (duration == null) {
			throw new InvalidLimitDeclarationException(where,
					attribute + " '" + VisibleText.of(text) + "' is not a duration",
					"Write a duration, such as 30s, 500ms or PT2S");
		}
		DurationRules.check(where, attribute, text, "'" + text + "'");
		return duration;
	}

}
