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

package io.github.penstock.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Reads {@code Retry-After}, which anybody may have written.
 */
final class RetryAfter {

	/** More digits than the seconds of three centuries. */
	private static final int MANY_DIGITS = 10;

	private static final int MOST_CHARACTERS = 64;

	/** The one that servers send, and the two old ones that have to be understood. */
	private static final List<DateTimeFormatter> FORMATS = List.of(DateTimeFormatter.RFC_1123_DATE_TIME,
			format("EEEE, dd-MMM-yy HH:mm:ss 'GMT'"), format("EEE MMM ppd HH:mm:ss yyyy"));

	private static final Duration VERY_LONG = Duration.ofDays(100_000);

	private RetryAfter() {
	}

	private static DateTimeFormatter format(String pattern) {
		return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneOffset.UTC);
	}

	/**
	 * Read the time from now on.
	 * @param retryAfter the header, in seconds or as an HTTP date
	 * @param date the response's own {@code Date}, by which the server's clock is known
	 * @param now the time of this machine, for a response that has no date
	 * @return the time, zero if it is over; {@code null} for what is no time
	 */
	static @Nullable Duration read(@Nullable String retryAfter, @Nullable String date, Instant now) {
		String text = (retryAfter != null) ? retryAfter.trim() : "";
		if (text.isEmpty() || text.length() > MOST_CHARACTERS) {
			return null;
		}
		Duration duration = (text.chars().allMatch((c) -> c >= '0' && c <= '9')) ? seconds(text)
				: until(text, date, now);
		return (duration != null && duration.isNegative()) ? Duration.ZERO : duration;
	}

	private static Duration seconds(String digits) {
		String significant = digits.replaceFirst("^0+(?=.)", "");
		return (significant.length() < MANY_DIGITS) ? Duration.ofSeconds(Long.parseLong(significant)) : VERY_LONG;
	}

	private static @Nullable Duration until(String text, @Nullable String date, Instant now) {
		Instant at = instant(text);
		Instant from = (date != null) ? instant(date) : null;
		return (at != null) ? Duration.between((from != null) ? from : now, at) : null;
	}

	/** Read an HTTP date, {@code null} if it is none. */
	static @Nullable Instant instant(String text) {
		if (text.length() > MOST_CHARACTERS) {
			return null;
		}
		for (DateTimeFormatter format : FORMATS) {
			try {
				return ZonedDateTime.parse(text.trim(), format).toInstant();
			}
			catch (DateTimeException ex) {
				// The next one, or none.
			}
		}
		return null;
	}

}
