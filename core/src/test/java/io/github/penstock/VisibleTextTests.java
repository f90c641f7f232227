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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link VisibleText}.
 */
class VisibleTextTests {

	@ParameterizedTest
	@ValueSource(ints = { 0, '\b', '\t', '\n', 0x0b, '\f', '\r', 0x1b, 0x7f, 0x85, 0x9b, 0xad, 0x061c, 0x200b, 0x200e,
			0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2060, 0x2066, 0x2069, 0xfeff, 0xfff9, 0xd800, 0xdfff, 0xe000,
			0xe0001 })
	void textWithWhatCannotBeSeenIsEscaped(int codePoint) {
		String escaped = VisibleText.of("a" + new String(Character.toChars(codePoint)) + "b");
		assertThat(escaped).matches("a(\\\\[nrt]|(\\\\u[0-9a-f]{4})+)b");
	}

	@Test
	void textWithLineBreakTellsWhichOne() {
		assertThat(VisibleText.of("a\r\nWARN b\u2028c\u001b[31m")).isEqualTo("a\\r\\nWARN b\\u2028c\\u001b[31m");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "exec-1", "Größe 東京 \u0663", "a\\b", "\ud83d\ude00", "\u05d0\u05d1" })
	void textThatCanBeSeenIsTheSame(String text) {
		assertThat(VisibleText.of(text)).isSameAs(text);
	}

	@Test
	void textThatIsLongIsCut() {
		assertThat(VisibleText.of("abc", 3)).isEqualTo("abc");
		assertThat(VisibleText.of("\nbcd", 3)).isEqualTo("\\nbc...");
		assertThat(VisibleText.of(null)).isEqualTo("null");
	}

}
