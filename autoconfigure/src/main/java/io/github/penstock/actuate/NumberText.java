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

import java.math.BigDecimal;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Numbers as people write them: with the digits 0 to 9 of ASCII, and nothing that a
 * parser would skip, cut off or make a number of another base.
 */
public final class NumberText {

	/** No number that fits has more characters; the work for it stays small. */
	private static final int LONGEST = 40;

	private static final Pattern WHOLE = Pattern.compile("-?[0-9]+");

	private static final Pattern DECIMAL = Pattern
		.compile("-?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?");

	private NumberText() {
	}

	/**
	 * Read a whole number.
	 * @param text the text
	 * @return the number, {@code null} if the text is none or it does not fit
	 */
	public static @Nullable Long whole(String text) {
		if (text.length() > LONGEST || !WHOLE.matcher(text).matches()) {
			return null;
		}
		try {
			return Long.valueOf(text);
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

	/**
	 * Read a whole number of 32 bits.
	 * @param text the text
	 * @return the number, {@code null} if the text is none or it does not fit
	 */
	public static @Nullable Integer integer(String text) {
		Long number = whole(text);
		return (number != null && number.intValue() == number) ? Integer.valueOf(number.intValue()) : null;
	}

	/**
	 * Read a number that may have a fraction and an exponent.
	 * @param text the text
	 * @return the number, {@code null} if the text is none or longer than any that fits
	 */
	public static @Nullable BigDecimal decimal(String text) {
		return (text.length() <= LONGEST && DECIMAL.matcher(text).matches()) ? new BigDecimal(text).stripTrailingZeros()
				: null;
	}

}
