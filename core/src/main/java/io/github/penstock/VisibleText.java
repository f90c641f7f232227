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

package io.github.penstock;

import org.jspecify.annotations.Nullable;

/**
 * Text from outside as it may stand in a line for people: what would end the line, move
 * the cursor or turn the direction of writing is written as an escape, such as {@code \n}
 * or <code>&#92;u202e</code>. So nobody forges a line of a log by the name of a thread.
 * <p>
 * Public for Penstock's own modules, and no API: it may change in any release.
 */
public final class VisibleText {

	private VisibleText() {
	}

	/**
	 * Return the text on one line. Does not block.
	 * @param text anything, by its {@code toString}
	 * @return the same text if all of it can be seen
	 */
	public static String of(@Nullable Object text) {
		String plain = String.valueOf(text);
		for (int i = 0; i < plain.length(); i += Character.charCount(plain.codePointAt(i))) {
			if (isHidden(plain.codePointAt(i))) {
				return escape(plain, i);
			}
		}
		return plain;
	}

	/**
	 * Return the beginning of the text on one line. Does not block.
	 * @param text anything, by its {@code toString}
	 * @param most how many characters of it are shown
	 * @return the text, with an ellipsis if it is longer
	 */
	public static String of(@Nullable Object text, int most) {
		String plain = String.valueOf(text);
		return (plain.length() <= most) ? of(plain) : of(plain.substring(0, most)) + "...";
	}

	private static String escape(String text, int from) {
		StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, from);
		for (int i = from; i < text.length();) {
			int c = text.codePointAt(i);
			int end = i + Character.charCount(c);
			if (isHidden(c)) {
				for (; i < end; i++) {
					appendEscaped(escaped, text.charAt(i));
				}
			}
			else {
				escaped.appendCodePoint(c);
			}
			i = end;
		}
		return escaped.toString();
	}

	private static void appendEscaped(StringBuilder escaped, char c) {
		switch (c) {
			case '\n' -> escaped.append("\\n");
			case '\r' -> escaped.append("\\r");
			case '\t' -> escaped.append("\\t");
			default -> {
				String hex = Integer.toHexString(c);
				escaped.append("\\u").append("0".repeat(4 - hex.length())).append(hex);
			}
		}
	}

	private static boolean isHidden(int c) {
		if (c >= ' ' && c <= '~') {
			return false;
		}
		return switch (Character.getType(c)) {
			case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
					Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED ->
				true;
			default -> false;
		};
	}

}
