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

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.penstock.VisibleText;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request to change a limiter, looked at before any JSON library makes a
 * map of it: the map would no longer tell of a name that was there twice, and would mix
 * its names with those of the path. An object of plain values, each name once.
 */
final class ChangeBody {

	static final int LONGEST = 16 * 1024;

	/** The names that have a meaning. */
	static final Set<String> NAMES = Set.of("max", "rps", "limit", "per", "burst", "timeout", "maxWaiting", "sliding",
			"enforce", "maxKeys", "for", "version");

	/** The names in the path, which say which limiter is meant. */
	static final Set<String> PATH = Set.of("limiterKind", "limiterName");

	private static final String YES_OR_NO = "sliding";

	private static final String THERE_ARE = " There are max, rps, limit, per, burst, timeout, maxWaiting, sliding, enforce, maxKeys, for and version.";

	private static final Pattern NUMBER = Pattern.compile("-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?");

	private static final Pattern WORD = Pattern.compile("[^\\s,:{}\\[\\]\"]+");

	private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{4}");

	private static final int MOST_SHOWN = 40;

	private final String text;

	private int at;

	private ChangeBody(String text) {
		this.text = text;
	}

	/** What is wrong with it, {@code null} if nothing is. */
	static @Nullable String problem(byte[] body) {
		if (body.length > LONGEST) {
			return "The body is longer than " + LONGEST + " bytes.";
		}
		try {
			String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
			if (!text.isEmpty()) {
				new ChangeBody(text).read();
			}
			return null;
		}
		catch (CharacterCodingException ex) {
			return "The body is not in UTF-8.";
		}
		catch (InvalidChangeException ex) {
			return ex.getMessage();
		}
	}

	/** What is wrong with the names of values, {@code null} if nothing is. */
	static @Nullable String problem(Set<String> names) {
		for (String name : names) {
			if (PATH.contains(name)) {
				return "'" + name + "' is part of the path, and may not be anywhere else." + THERE_ARE;
			}
		}
		Set<String> unknown = new TreeSet<>();
		names.stream()
			.filter((name) -> !NAMES.contains(name))
			.map((name) -> VisibleText.of(name, MOST_SHOWN))
			.forEach(unknown::add);
		return (unknown.isEmpty()) ? null : "Unknown: " + unknown + "." + THERE_ARE;
	}

	private void read() {
		skipBlanks();
		if (!next('{')) {
			throw new InvalidChangeException("The body is no JSON object, such as {\"max\": 10}." + THERE_ARE);
		}
		Set<String> names = new HashSet<>();
		skipBlanks();
		if (!next('}')) {
			do {
				skipBlanks();
				String name = string();
				if (!names.add(name)) {
					throw new InvalidChangeException(
							"'" + VisibleText.of(name, MOST_SHOWN) + "' is there more than once.");
				}
				skipBlanks();
				expect(':');
				skipBlanks();
				value(name);
				skipBlanks();
			}
			while (next(','));
			expect('}');
		}
		skipBlanks();
		if (this.at < this.text.length()) {
			throw notJson();
		}
		String problem = problem(names);
		if (problem != null) {
			throw new InvalidChangeException(problem);
		}
	}

	private void value(String name) {
		if (is('"')) {
			string();
			return;
		}
		if (is('{') || is('[')) {
			throw noValue(name, is('{') ? "an object" : "an array");
		}
		Matcher word = WORD.matcher(this.text).region(this.at, this.text.length());
		if (!word.lookingAt()) {
			throw notJson();
		}
		switch (word.group()) {
			case "true", "false" -> {
				if (!name.equals(YES_OR_NO)) {
					throw noValue(name, word.group());
				}
				skip(word);
			}
			// The same as not to name it.
			case "null" -> skip(word);
			default -> {
				if (!NUMBER.matcher(word.group()).matches()) {
					throw noValue(name, "'" + VisibleText.of(word.group(), MOST_SHOWN) + "'");
				}
				skip(word);
			}
		}
	}

	private static InvalidChangeException noValue(String name, String what) {
		return new InvalidChangeException("'" + VisibleText.of(name, MOST_SHOWN) + "' is " + what
				+ ", and must be a number in the digits 0 to 9, or a text in quotes.");
	}

	private String string() {
		expect('"');
		StringBuilder string = new StringBuilder();
		while (!next('"')) {
			if (this.at >= this.text.length() || this.text.charAt(this.at) < ' ') {
				throw notJson();
			}
			char c = this.text.charAt(this.at++);
			string.append((c == '\\') ? escaped() : c);
		}
		return string.toString();
	}

	private char escaped() {
		char c = (this.at < this.text.length()) ? this.text.charAt(this.at++) : ' ';
		switch (c) {
			case '"', '\\', '/' -> {
				return c;
			}
			case 'b' -> {
				return '\b';
			}
			case 'f' -> {
				return '\f';
			}
			case 'n' -> {
				return '\n';
			}
			case 'r' -> {
				return '\r';
			}
			case 't' -> {
				return '\t';
			}
			default -> {
				Matcher hex = HEX.matcher(this.text).region(this.at, this.text.length());
				if (c != 'u' || !hex.lookingAt()) {
					throw notJson();
				}
				this.at = hex.end();
				return (char) Integer.parseInt(hex.group(), 16);
			}
		}
	}

	private void skip(Matcher matched) {
		this.at = matched.end();
	}

	private void skipBlanks() {
		while (is(' ') || is('\t') || is('\n') || is('\r')) {
			this.at++;
		}
	}

	private boolean is(char c) {
		return this.at < this.text.length() && this.text.charAt(this.at) == c;
	}

	private boolean next(char c) {
		boolean is = is(c);
		if (is) {
			this.at++;
		}
		return is;
	}

	private void expect(char c) {
		if (!next(c)) {
			throw notJson();
		}
	}

	private InvalidChangeException notJson() {
		return new InvalidChangeException("The body is no JSON, at character " + (this.at + 1) + ".");
	}

}
