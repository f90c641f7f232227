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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Reads the header {@code RateLimit} of draft-ietf-httpapi-ratelimit-headers:
 * {@code "default";r=0;t=30} for each policy, and of its earlier versions
 * {@code limit=100, remaining=0, reset=30}.
 */
final class RateLimitField {

	private static final int MOST_CHARACTERS = 1024;

	private static final int MANY_DIGITS = 10;

	private static final Duration VERY_LONG = Duration.ofDays(100_000);

	private RateLimitField() {
	}

	/**
	 * Read the time until something remains again.
	 * @param lines the lines of the header, which are one list
	 * @return the longest of all policies of which nothing remains, {@code null} if there
	 * is none or it does not say it
	 */
	static @Nullable Duration read(List<String> lines) {
		Duration longest = null;
		Map<String, String> members = new LinkedHashMap<>();
		for (String line : lines) {
			if (line == null || line.length() > MOST_CHARACTERS) {
				continue;
			}
			for (String member : split(line, ',')) {
				List<String> parts = split(member, ';');
				Map<String, String> parameters = new LinkedHashMap<>();
				parts.subList(1, parts.size()).forEach((part) -> put(parameters, part));
				longest = longer(longest, duration(parameters.get("r"), parameters.get("t")));
				put(members, parts.get(0));
			}
		}
		return longer(longest, duration(members.get("remaining"), members.get("reset")));
	}

	private static void put(Map<String, String> parameters, String part) {
		int equals = part.indexOf('=');
		if (equals > 0) {
			parameters.put(part.substring(0, equals).trim().toLowerCase(Locale.ROOT),
					part.substring(equals + 1).trim());
		}
	}

	private static @Nullable Duration duration(@Nullable String remaining, @Nullable String reset) {
		Duration left = seconds(remaining);
		return (left != null && left.isZero()) ? seconds(reset) : null;
	}

	private static @Nullable Duration longer(@Nullable Duration one, @Nullable Duration other) {
		if (one == null || other == null) {
			return (one != null) ? one : other;
		}
		return (one.compareTo(other) >= 0) ? one : other;
	}

	private static @Nullable Duration seconds(@Nullable String text) {
		if (text == null || text.isEmpty() || !text.chars().allMatch((c) -> c >= '0' && c <= '9')) {
			return null;
		}
		String significant = text.replaceFirst("^0+(?=.)", "");
		return (significant.length() < MANY_DIGITS) ? Duration.ofSeconds(Long.parseLong(significant)) : VERY_LONG;
	}

	/** Split where no string is quoted. */
	private static List<String> split(String text, char separator) {
		List<String> parts = new ArrayList<>();
		boolean quoted = false;
		int start = 0;
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (quoted && c == '\\') {
				i++;
			}
			else if (c == '"') {
				quoted = !quoted;
			}
			else if (c == separator && !quoted) {
				parts.add(text.substring(start, i).trim());
				start = i + 1;
			}
		}
		parts.add(text.substring(start).trim());
		return parts;
	}

}
