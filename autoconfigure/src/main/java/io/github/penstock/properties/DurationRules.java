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

import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;

import io.github.penstock.actuate.DurationText;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import org.jspecify.annotations.Nullable;

/**
 * Which durations a property may have. The ranges of timeouts and periods are checked by
 * the specs of limiters, which code passes as well.
 */
final class DurationRules {

	private static final Pattern PLAIN = Pattern.compile("[+-]?[0-9]+");

	/** A plain number of milliseconds is what everybody takes it for there. */
	private static final Set<String> MAY_BE_PLAIN = Set.of("timeout", "body-timeout");

	private static final Set<String> MORE_THAN_ZERO = Set.of("leak-after", "body-timeout", "max-pause", "max-hold");

	private static final Duration LONGEST = Duration.ofDays(365);

	private DurationRules() {
	}

	/**
	 * Read a duration.
	 * @return the duration, {@code null} if it is none
	 */
	static @Nullable Duration parse(String text) {
		return DurationText.read(text.trim());
	}

	/**
	 * Check what was written.
	 * @param where the place
	 * @param property the name of the property, dashed
	 * @param text what it resolves to
	 * @param quoted the text as it was written, in quotes
	 * @throws InvalidLimitDeclarationException if it may not be that; what is no duration
	 * at all is not looked at
	 */
	static void check(String where, String property, String text, String quoted) {
		Duration duration = parse(text);
		if (duration == null) {
			return;
		}
		boolean positive = !duration.isNegative() && !duration.isZero();
		if (positive && PLAIN.matcher(text.trim()).matches() && !MAY_BE_PLAIN.contains(property)) {
			String number = text.trim();
			throw new InvalidLimitDeclarationException(where,
					property + " " + quoted + " has no unit, and would be " + number + " milliseconds",
					"Write the unit, such as " + number + "s or " + number + "ms");
		}
		if (MORE_THAN_ZERO.contains(property) && (!positive || duration.compareTo(LONGEST) > 0)) {
			throw outOfRange(where, property, quoted, "it must be more than 0 and at most 365 days");
		}
		if (property.equals("unhealthy-after") && (duration.isNegative() || duration.compareTo(LONGEST) > 0)) {
			throw outOfRange(where, property, quoted,
					"it must be 0 (as soon as it is full) or more, and at most 365 days");
		}
	}

	private static InvalidLimitDeclarationException outOfRange(String where, String property, String quoted,
			String mend) {
		return new InvalidLimitDeclarationException(where, "Invalid " + property + " " + quoted + ": " + mend,
				"Correct it there");
	}

}
