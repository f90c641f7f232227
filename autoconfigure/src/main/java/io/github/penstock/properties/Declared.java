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

package io.github.penstock.properties;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.InvalidLimitException;
import io.github.penstock.LimiterSpec;
import io.github.penstock.Sharing;
import io.github.penstock.VisibleText;
import io.github.penstock.actuate.LimiterOrigin;
import io.github.penstock.actuate.PercentText;
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

	/**
	 * Return how long a call may wait.
	 * @return the timeout, {@code null} if it is not said
	 */
	@Nullable Duration timeout();

	/**
	 * Return how many calls may wait.
	 * @return the bound of the line, {@code null} if it is not said
	 */
	@Nullable Integer maxWaiting();

	/**
	 * Return the share of the calls for which the limit holds.
	 * @return the share in percent, {@code null} if it is not said
	 */
	@Nullable Integer enforce();

	/**
	 * Return how many keys may be known.
	 * @return the bound, {@code null} if it is not said
	 */
	@Nullable Integer maxKeys();

	/**
	 * Return how the limiter is shared.
	 * @return how, {@code null} if it is not said
	 */
	@Nullable Sharing sharing();

	/**
	 * Return whether it is said of all limiters of the kind.
	 * @return whether it counts only where nothing is said of the limiter itself
	 */
	default boolean isDefault() {
		return source() == LimiterOrigin.Source.CONFIGURED_DEFAULT;
	}

	/**
	 * What is wrong with a spec, and where that was written.
	 * @param quoted the value as it was written, in quotes, {@code null} to show it as it
	 * is
	 */
	static InvalidLimitDeclarationException invalid(String where, InvalidLimitException ex, @Nullable String quoted) {
		return new InvalidLimitDeclarationException(where, problem(ex, quoted),
				"Correct the " + ex.property() + " there");
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
		if (value instanceof Sharing.OnOutage choice) {
			return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
		}
		return (value instanceof BigDecimal number) ? number.toPlainString() : String.valueOf(value);
	}

	private static String text(Duration duration) {
		int nanos = duration.getNano();
		return (nanos == 0) ? duration.toSeconds() + "s"
				: (nanos % 1_000_000 == 0) ? duration.toMillis() + "ms" : duration.toNanos() + "ns";
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
		if (spec.sharing() != null) {
			values.put("shared", "true");
			values.put("on-outage", text(spec.sharing().onOutage()));
			if (spec.sharing().maxHold() != null) {
				values.put("max-hold", text(spec.sharing().maxHold()));
			}
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
