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
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

import io.github.penstock.VisibleText;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;

/**
 * Durations as people write them, without loss: {@code 30s}, {@code 500ms}.
 */
public final class DurationText {

	/** In ASCII: a dotless i or the sign of the kelvin is no letter of a unit. */
	private static final Pattern PLAIN = Pattern.compile("-?(?:[0-9]+[a-zA-Z]{0,2}|[pP][0-9a-zA-Z.+-]+)");

	private DurationText() {
	}

	static String of(Duration duration) {
		return DurationStyle.SIMPLE.print(duration, unit(duration));
	}

	private static ChronoUnit unit(Duration duration) {
		int nanos = duration.getNano();
		long seconds = duration.getSeconds();
		if (nanos != 0) {
			return (nanos % 1_000_000 == 0) ? ChronoUnit.MILLIS : ChronoUnit.NANOS;
		}
		if (seconds == 0 || seconds % 60 != 0) {
			return ChronoUnit.SECONDS;
		}
		return (seconds % 3600 == 0) ? ChronoUnit.HOURS : ChronoUnit.MINUTES;
	}

	/**
	 * Read a period, which needs its unit: {@code 60} is a minute to people and would be
	 * 60 ms.
	 * @throws InvalidChangeException if the text is none
	 */
	static Duration parsePeriod(String key, String text) {
		Duration period = parse(key, text);
		if (!period.isZero() && text.trim().matches("\\+?[0-9]+")) {
			throw new InvalidChangeException(
					"'" + key + "' has no unit: '" + text.trim() + "'. Write 60s or 500ms, for example.");
		}
		return period;
	}

	/**
	 * Read a duration; a plain number means milliseconds.
	 * @param text the text
	 * @return the duration, {@code null} if the text is none or it does not fit
	 */
	public static @Nullable Duration read(String text) {
		if (!PLAIN.matcher(text).matches()) {
			return null;
		}
		try {
			return DurationStyle.detectAndParse(text, ChronoUnit.MILLIS);
		}
		catch (RuntimeException ex) {
			return null;
		}
	}

	/**
	 * Read a duration; a plain number means milliseconds.
	 * @throws InvalidChangeException if the text is none
	 */
	static Duration parse(String key, String text) {
		Duration duration = read(text);
		if (duration == null) {
			throw new InvalidChangeException("'" + key + "' is no duration: '" + VisibleText.of(text, 40)
					+ "'. Write 30s, 500ms or PT2S, for example.");
		}
		return duration;
	}

}
