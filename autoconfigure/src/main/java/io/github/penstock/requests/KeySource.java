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

package io.github.penstock.requests;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Where the key of a request comes from.
 */
interface KeySource {

	/** How they are written. */
	String FORMS = "principal, ip, header:<name>, cookie:<name>, query:<name>, path:<variable> or @<bean>";

	/** RFC 9110, 5.6.2. */
	Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

	/** The key, {@code null} if the request has none. */
	@Nullable Object keyOf(IncomingRequest request);

	/**
	 * Read a source as it is written.
	 * @param text the text
	 * @param paths the paths of the rule
	 * @param beans finds the bean of a name, which throws if there is none
	 * @throws IllegalArgumentException if it is none, or can have no value
	 */
	static KeySource parse(String text, RulePaths paths, Function<String, RequestKey> beans) {
		String trimmed = text.trim();
		if (trimmed.startsWith("@")) {
			RequestKey bean = beans.apply(trimmed.substring(1).trim());
			return (request) -> nonEmpty(bean.keyOf(request.asHttpRequest()));
		}
		int colon = trimmed.indexOf(':');
		String name = (colon >= 0) ? trimmed.substring(colon + 1).trim() : "";
		String kind = ((colon >= 0) ? trimmed.substring(0, colon) : trimmed).trim().toLowerCase(Locale.ROOT);
		if (colon < 0) {
			return switch (kind) {
				case "principal" -> new Principal();
				case "ip" -> (request) -> {
					String address = request.address();
					return (address != null && !address.isEmpty()) ? ClientAddress.of(address) : null;
				};
				default -> throw unknown(text);
			};
		}
		return switch (kind) {
			case "header" -> {
				checkToken(name, text, "a header");
				yield (request) -> nonEmpty(request.header(name));
			}
			case "cookie" -> {
				checkToken(name, text, "a cookie");
				yield (request) -> nonEmpty(request.cookie(name));
			}
			case "query" -> {
				if (name.isEmpty()) {
					throw new IllegalArgumentException("'" + text + "' names no parameter");
				}
				yield (request) -> nonEmpty(request.query(name));
			}
			case "path" -> {
				checkVariable(name, text, paths);
				yield (request) -> nonEmpty(paths.variable(name, request.path()));
			}
			default -> throw unknown(text);
		};
	}

	private static IllegalArgumentException unknown(String text) {
		return new IllegalArgumentException("'" + text + "' is no source of a key: write " + FORMS);
	}

	private static void checkToken(String name, String text, String what) {
		if (!TOKEN.matcher(name).matches()) {
			throw new IllegalArgumentException("'" + text + "': '" + name + "' cannot be the name of " + what);
		}
	}

	private static void checkVariable(String name, String text, RulePaths paths) {
		List<PathTest> without = paths.included().stream().filter((path) -> !path.hasVariable(name)).toList();
		if (name.isEmpty() || !without.isEmpty()) {
			throw new IllegalArgumentException("'" + text + "': there is no variable '" + name + "' in the path "
					+ (without.isEmpty() ? "" : without.get(0)));
		}
	}

	private static @Nullable Object nonEmpty(@Nullable Object key) {
		return (key instanceof String text && text.isEmpty()) ? null : key;
	}

	/** The name of the caller, who is known after Spring Security only. */
	record Principal() implements KeySource {

		@Override
		public @Nullable Object keyOf(IncomingRequest request) {
			return nonEmpty(request.principal());
		}

	}

}
