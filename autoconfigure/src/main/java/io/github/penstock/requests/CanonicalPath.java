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

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;
import org.springframework.http.server.PathContainer.Element;
import org.springframework.http.server.PathContainer.PathSegment;
import org.springframework.web.util.UriUtils;

/**
 * The path of a request in the one form that all spellings have which a server or a
 * handler may take for the same: decoded, without parameters, dots, empty segments and a
 * slash at the end. A rule that is got around by another spelling is none.
 * <p>
 * Not all handlers read dots and encoded slashes alike: Spring's mappings take {@code ..}
 * for the value of a variable, its static resources take {@code %2F} and {@code %5C} for
 * slashes, servers do neither. So a path that has such has {@linkplain #other() other
 * readings}, all of which count.
 */
final class CanonicalPath {

	private static final String ROOT = "/";

	/** Stands for a slash that is none: one that was encoded. */
	private static final char NO_SEPARATOR = '\uFFFF';

	private static final Pattern SLASHES = Pattern.compile("[/\\\\]");

	private final String text;

	/** As a URI has it. */
	private final String encoded;

	private @Nullable PathContainer container;

	private final @Nullable CanonicalPath other;

	private CanonicalPath(String text, String encoded) {
		this(text, encoded, null);
	}

	private CanonicalPath(String text, String encoded, @Nullable CanonicalPath other) {
		this.text = text;
		this.encoded = encoded;
		this.other = other;
	}

	static CanonicalPath of(String raw) {
		return of(raw, () -> null);
	}

	/**
	 * Read a path.
	 * @param raw as the client has written it
	 * @param mapped gives what the server has read, decoded, if it can tell
	 */
	static CanonicalPath of(String raw, Supplier<@Nullable String> mapped) {
		if (isPlain(raw)) {
			return new CanonicalPath(raw, raw);
		}
		CanonicalPath path = rewritten(raw);
		String other = mapped.get();
		return (other != null) ? reading(List.of(other.split("/")), path) : path;
	}

	/** Whether it is canonical as it is, as nearly all are. */
	private static boolean isPlain(String raw) {
		int length = raw.length();
		if (length == 0 || raw.charAt(0) != '/') {
			return false;
		}
		boolean begins = false;
		for (int i = 0; i < length; i++) {
			char c = raw.charAt(i);
			if (c == '%' || c == ';' || c == '\\' || (begins && (c == '/' || c == '.'))) {
				return false;
			}
			begins = c == '/';
		}
		return !begins || length == 1;
	}

	private static CanonicalPath rewritten(String raw) {
		PathContainer parsed;
		try {
			parsed = PathContainer.parsePath(raw);
		}
		catch (IllegalArgumentException ex) {
			// An encoding that is none: no handler can be meant.
			return new CanonicalPath(raw, ROOT);
		}
		List<String> whole = new ArrayList<>();
		List<String> parts = new ArrayList<>();
		for (Element element : parsed.elements()) {
			if (element instanceof PathSegment segment && !segment.valueToMatch().isEmpty()) {
				whole.add(segment.valueToMatch());
				parts.addAll(Arrays.asList(SLASHES.split(segment.valueToMatch())));
			}
		}
		CanonicalPath path = reading(parts, null);
		path = reading(resolved(parts), path);
		path = reading(whole, path);
		return reading(resolved(whole), path);
	}

	/** One more reading, which is asked before the others, unless it is one of them. */
	private static CanonicalPath reading(Collection<String> segments, @Nullable CanonicalPath others) {
		StringBuilder text = new StringBuilder();
		StringBuilder encoded = new StringBuilder();
		for (String segment : segments) {
			if (segment.isEmpty()) {
				continue;
			}
			text.append('/').append(segment.replace('/', NO_SEPARATOR));
			encoded.append('/').append(UriUtils.encode(segment, StandardCharsets.UTF_8));
		}
		if (text.isEmpty()) {
			text.append(ROOT);
			encoded.append(ROOT);
		}
		String reading = text.toString();
		return (others != null && others.has(reading)) ? others
				: new CanonicalPath(reading, encoded.toString(), others);
	}

	private boolean has(String reading) {
		return this.text.equals(reading) || (this.other != null && this.other.has(reading));
	}

	private static Collection<String> resolved(List<String> segments) {
		Deque<String> resolved = new ArrayDeque<>();
		segments.forEach((segment) -> add(segment, resolved));
		return resolved;
	}

	private static void add(String segment, Deque<String> segments) {
		switch (segment) {
			case "", "." -> {
			}
			case ".." -> segments.pollLast();
			default -> segments.addLast(segment);
		}
	}

	/** Decoded, for comparisons. */
	String text() {
		return this.text;
	}

	/** Another reading of the same path, {@code null} if there is none. */
	@Nullable CanonicalPath other() {
		return this.other;
	}

	/** For patterns; parsed once. */
	PathContainer container() {
		PathContainer container = this.container;
		if (container == null) {
			container = PathContainer.parsePath(this.encoded);
			this.container = container;
		}
		return container;
	}

}
