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

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;
import org.springframework.http.server.PathContainer.PathSegment;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * A path pattern. Most are literal, or literal up to a {@code /**} at the end, and tested
 * as text; the others by Spring's {@link PathPattern}.
 */
final class PathTest {

	private static final String ALL_BELOW = "/**";

	private final PathPattern pattern;

	private final boolean caseSensitive;

	private final Kind kind;

	/**
	 * What each path that matches begins with: whole segments, none of them a wildcard.
	 */
	private final String prefix;

	private PathTest(PathPattern pattern, boolean caseSensitive, Kind kind, String prefix) {
		this.pattern = pattern;
		this.caseSensitive = caseSensitive;
		this.kind = kind;
		this.prefix = prefix;
	}

	/**
	 * Parse a pattern.
	 * @throws IllegalArgumentException if no request can have such a path
	 */
	static PathTest parse(String text, PathPatternParser parser) {
		check(text);
		String canonical = (text.length() > 1 && text.endsWith("/")) ? text.substring(0, text.length() - 1) : text;
		PathPattern pattern;
		try {
			pattern = parser.parse(canonical);
		}
		catch (PatternParseException ex) {
			throw new IllegalArgumentException("'" + text + "' is no path pattern: " + ex.getMessage(), ex);
		}
		boolean caseSensitive = parser.isCaseSensitive();
		String ofCase = caseSensitive ? canonical : toLowerCase(canonical);
		int wildcard = wildcard(ofCase);
		if (wildcard < 0) {
			return new PathTest(pattern, caseSensitive, Kind.LITERAL, ofCase.equals("/") ? "" : ofCase);
		}
		if (ofCase.endsWith(ALL_BELOW) && wildcard == ofCase.length() - 2) {
			return new PathTest(pattern, caseSensitive, Kind.BELOW, ofCase.substring(0, wildcard - 1));
		}
		return new PathTest(pattern, caseSensitive, Kind.PATTERN,
				ofCase.substring(0, Math.max(0, ofCase.lastIndexOf('/', wildcard))));
	}

	private static void check(String text) {
		if (!text.startsWith("/")) {
			throw new IllegalArgumentException("'" + text + "' is no path: it must begin with a slash");
		}
		if (text.indexOf('%') >= 0 || text.indexOf(';') >= 0) {
			throw new IllegalArgumentException("'" + text
					+ "' is never the path of a request: paths are decoded and have no parameters when they are compared");
		}
		PathContainer segments = PathContainer.parsePath(text);
		for (int i = 1; i < segments.elements().size(); i++) {
			PathContainer.Element element = segments.elements().get(i);
			boolean dots = element instanceof PathSegment segment && segment.value().matches("\\.\\.?");
			boolean empty = element instanceof PathContainer.Separator
					&& segments.elements().get(i - 1) instanceof PathContainer.Separator;
			if (dots || empty) {
				throw new IllegalArgumentException("'" + text
						+ "' is never the path of a request: empty segments and those of dots are removed before it is compared");
			}
		}
	}

	/** Character by character, as Spring's patterns compare. */
	private static String toLowerCase(String text) {
		char[] chars = text.toCharArray();
		for (int i = 0; i < chars.length; i++) {
			chars[i] = Character.toLowerCase(chars[i]);
		}
		return String.valueOf(chars);
	}

	private static int wildcard(String text) {
		for (int i = 0; i < text.length(); i++) {
			if ("*?{".indexOf(text.charAt(i)) >= 0) {
				return i;
			}
		}
		return -1;
	}

	/** What each path that matches begins with. */
	String prefix() {
		return this.prefix;
	}

	boolean isCaseSensitive() {
		return this.caseSensitive;
	}

	boolean matches(CanonicalPath path) {
		String text = this.caseSensitive ? path.text() : toLowerCase(path.text());
		return text.startsWith(this.prefix) && matchesBehindPrefix(path);
	}

	/** Whether a path matches that is known to begin with the prefix. */
	boolean matchesBehindPrefix(CanonicalPath path) {
		int length = path.text().length();
		int end = this.prefix.length();
		return switch (this.kind) {
			case LITERAL -> length == end || (end == 0 && length == 1);
			case BELOW -> length == end || path.text().charAt(end) == '/';
			case PATTERN -> this.pattern.matches(path.container());
		};
	}

	boolean hasVariable(String name) {
		return this.pattern.getPatternString().matches(".*\\{\\*?" + Pattern.quote(name) + "[:}].*");
	}

	@Nullable String variable(String name, CanonicalPath path) {
		PathPattern.PathMatchInfo match = this.pattern.matchAndExtract(path.container());
		return (match != null) ? match.getUriVariables().get(name) : null;
	}

	/**
	 * Whether all paths that the other one matches match this one, as far as can be told.
	 */
	boolean covers(PathTest other) {
		if (this.pattern.equals(other.pattern)) {
			return true;
		}
		return this.kind == Kind.BELOW && other.prefix.startsWith(this.prefix)
				&& (other.prefix.length() == this.prefix.length() || other.prefix.charAt(this.prefix.length()) == '/');
	}

	/** Whether it names paths below another one, as {@code /actuator/health} does. */
	boolean isWithin(String path) {
		return this.prefix.equals(path) || this.prefix.startsWith(path + "/");
	}

	@Override
	public String toString() {
		return this.pattern.getPatternString();
	}

	private enum Kind {

		LITERAL, BELOW, PATTERN

	}

}
