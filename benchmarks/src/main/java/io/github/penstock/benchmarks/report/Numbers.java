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
