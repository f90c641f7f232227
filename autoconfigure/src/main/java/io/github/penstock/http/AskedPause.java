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

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * How long a server asks not to be called, in whichever words. What comes first in this
 * order and is more than zero counts; of several values the longest.
 * <ol>
 * <li>{@code Retry-After}</li>
 * <li>{@code retry-after-ms}, {@code x-ms-retry-after-ms}</li>
 * <li>{@code RateLimit} of which nothing remains</li>
 * <li>{@code RateLimit-Reset} of which nothing remains</li>
 * <li>{@code X-RateLimit-Reset}, {@code X-Rate-Limit-Reset} of which nothing remains</li>
 * </ol>
 */
final class AskedPause {

	private static final int TOO_MANY_REQUESTS = 429;

	private static final int SERVICE_UNAVAILABLE = 503;

	/** Nobody has that many windows. */
	private static final int MOST_LINES = 16;

	private static final int MOST_CHARACTERS = 64;

	private static final Pattern NUMBER = Pattern.compile("([0-9]{1,18})(?:\\.([0-9]{1,9})[0-9]*)?");

	private static final Duration VERY_LONG = Duration.ofDays(100_000);

	private static final List<String> MILLIS = List.of("retry-after-ms", "x-ms-retry-after-ms");

	/** Headers of the same meaning, each with what tells how much remains. */
	private static final List<Window> WINDOWS = List.of(new Window("RateLimit-Remaining", "RateLimit-Reset"),
			new Window("X-RateLimit-Remaining", "X-RateLimit-Reset"),
			new Window("X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"));

	/** Less is seconds from now on: this is of 2001, and thirty years are no pause. */
	private static final long FIRST_EPOCH_SECOND = 1_000_000_000L;

	private static final long FIRST_EPOCH_MILLI = 1_000 * FIRST_EPOCH_SECOND;

	private final int status;

	private final Function<String, @Nullable List<String>> headers;

	private final Instant now;

	private AskedPause(int status, Function<String, @Nullable List<String>> headers, Instant now) {
		this.status = status;
		this.headers = headers;
		this.now = now;
	}

	/** Whether a response of this status may ask for a pause. */
	static boolean isPossible(int status) {
		return status == TOO_MANY_REQUESTS || status == SERVICE_UNAVAILABLE;
	}

	/**
	 * Read a response.
	 * @param status its status
	 * @param headers gives the lines of a header by its name
	 * @param now the time of this machine, for a response that has no {@code Date}
	 * @param otherwise how long the pause is if a 429 does not say it
	 * @return the pause, zero for none
	 */
	static Duration read(int status, Function<String, @Nullable List<String>> headers, Instant now,
			Duration otherwise) {
		return (isPossible(status)) ? new AskedPause(status, headers, now).read(otherwise) : Duration.ZERO;
	}

	private Duration read(Duration otherwise) {
		Duration asked = longest("Retry-After", (text) -> RetryAfter.read(text, date(), this.now));
		for (int i = 0; i < MILLIS.size() && isNone(asked); i++) {
			asked = other(asked, longest(MILLIS.get(i), (text) -> number(text, 1_000_000)));
		}
		if (isNone(asked)) {
			asked = other(asked, RateLimitField.read(lines("RateLimit")));
		}
		for (int i = 0; i < WINDOWS.size() && isNone(asked); i++) {
			asked = other(asked, reset(WINDOWS.get(i)));
		}
		if (asked != null) {
			return asked;
		}
		return (this.status == TOO_MANY_REQUESTS) ? otherwise : Duration.ZERO;
	}

	private static boolean isNone(@Nullable Duration asked) {
		return asked == null || asked.isZero();
	}

	/** Zero is an answer as well, if it is the only one. */
	private static @Nullable Duration other(@Nullable Duration asked, @Nullable Duration other) {
		return (other != null) ? other : asked;
	}

	private @Nullable Duration reset(Window window) {
		List<String> remaining = lines(window.remaining());
		// Such headers may be there without a reason, while a 429 is one.
		boolean exhausted = (remaining.isEmpty()) ? this.status == TOO_MANY_REQUESTS
				: remaining.stream().anyMatch((text) -> isZero(text.trim()));
		return (exhausted) ? longest(window.reset(), this::until) : null;
	}

	private static boolean isZero(String text) {
		Duration number = number(text, 1_000_000_000);
		return number != null && number.isZero();
	}

	/** Seconds from now on, or the time in seconds or milliseconds of the epoch. */
	private @Nullable Duration until(String text) {
		Duration number = number(text, 1_000_000_000);
		if (number == null) {
			return RetryAfter.read(text, date(), this.now);
		}
		long value = number.getSeconds();
		if (value < FIRST_EPOCH_SECOND) {
			return number;
		}
		Duration epoch = (value < FIRST_EPOCH_MILLI) ? number : Duration.ofMillis(value);
		Duration until = epoch.minus(Duration.ofMillis(clock().toEpochMilli()));
		return (until.isNegative()) ? Duration.ZERO : until;
	}

	/** The server's clock if it is known. */
	private Instant clock() {
		String date = date();
		return Optional.ofNullable((date != null) ? RetryAfter.instant(date) : null).orElse(this.now);
	}

	private @Nullable String date() {
		List<String> dates = lines("Date");
		return (dates.isEmpty()) ? null : dates.get(0);
	}

	private List<String> lines(String name) {
		List<String> lines = this.headers.apply(name);
		return (lines != null) ? lines.subList(0, Math.min(lines.size(), MOST_LINES)) : List.of();
	}

	private @Nullable Duration longest(String name, Function<String, @Nullable Duration> reader) {
		Duration longest = null;
		for (String line : lines(name)) {
			Duration duration = (line != null) ? reader.apply(line.trim()) : null;
			if (duration != null && (longest == null || duration.compareTo(longest) > 0)) {
				longest = duration;
			}
		}
		return longest;
	}

	/** A decimal number of so many nanoseconds, {@code null} for anything else. */
	private static @Nullable Duration number(String text, long unitNanos) {
		if (text.isEmpty() || text.length() > MOST_CHARACTERS) {
			return null;
		}
		Matcher matcher = NUMBER.matcher(text);
		if (!matcher.matches()) {
			return (text.chars().allMatch((c) -> c >= '0' && c <= '9')) ? VERY_LONG : null;
		}
		Duration unit = Duration.ofNanos(unitNanos);
		Duration whole = unit.multipliedBy(Long.parseLong(matcher.group(1)));
		String fraction = matcher.group(2);
		long billionths = (fraction != null) ? Long.parseLong((fraction + "000000000").substring(0, 9)) : 0;
		return whole.plusNanos(billionths * unitNanos / 1_000_000_000);
	}

	/**
	 * Two headers that belong together.
	 *
	 * @param remaining how many requests are left
	 * @param reset when there are more of them
	 */
	private record Window(String remaining, String reset) {
	}

}
