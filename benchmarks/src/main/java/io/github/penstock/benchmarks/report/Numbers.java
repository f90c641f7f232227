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

package io.github.penstock.benchmarks.report;

import java.util.Locale;

/**
 * Writes numbers with three digits or so.
 */
final class Numbers {

	private Numbers() {
	}

	static String text(double number) {
		String format = (Math.abs(number) >= 100 || number == Math.rint(number)) ? "%,.0f"
				: (Math.abs(number) >= 10) ? "%.1f" : "%.2f";
		return String.format(Locale.ROOT, format, number).replace(',', '\u00a0');
	}

	static String text(Object number) {
		return (number instanceof Number value) ? text(value.doubleValue()) : String.valueOf(number);
	}

	static String ratio(double number, double to) {
		return String.format(Locale.ROOT, "%.2f×", number / to);
	}

}
