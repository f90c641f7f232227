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

package io.github.penstock.properties;

import java.math.BigDecimal;
import java.time.Duration;

import io.github.penstock.actuate.DurationText;
import io.github.penstock.actuate.NumberText;

/**
 * Whether a value is written as people write it. Spring's conversions take digits of any
 * script, blanks within a number and numbers of base 16, and cut fractions off.
 */
final class PlainValue {

	private PlainValue() {
	}

	static boolean isOne(Class<?> type, String text) {
		if (type == Integer.class) {
			return NumberText.integer(text) != null;
		}
		if (type == Long.class) {
			return NumberText.whole(text) != null;
		}
		if (type == BigDecimal.class) {
			return NumberText.decimal(text) != null;
		}
		return type != Duration.class || DurationText.read(text) != null;
	}

}
