package io.github.penstock.benchmarks.report;

import java.util.List;
import java.util.Locale;

/**
 * Bars from left to right, the longest as wide as the picture, in SVG. Ours stand out.
 */
final class BarChart {

	private static final int WIDTH = 760;

	private static final int LABELS = 210;

	private static final int BAR = 22;

	private static final int STEP = 32;

	private BarChart() {
	}

	static String of(String title, List<Measurement> measurements) {
		double most = measurements.stream().mapToDouble(Measurement::nanos).max().orElseThrow();
		StringBuilder svg = new StringBuilder(Svg.open(WIDTH, 56 + STEP * measurements.size(), title));
		int y = 44;
		for (Measurement measurement : measurements) {
			double width = measurement.nanos() / most * (WIDTH - LABELS - 90);
			String style = measurement.title().startsWith("Penstock") ? "ours" : "other";
			svg.append(Svg.text(LABELS - 8, y + 16, "end", measurement.title()))
				.append(String.format(Locale.ROOT,
						"<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>%n", style, LABELS,
						y, Math.max(1, width), BAR))
				.append(Svg.text(LABELS + (int) width + 6, y + 16, "start", Numbers.text(measurement.nanos()) + " ns"));
			y += STEP;
		}
		return svg.append("</svg>\n").toString();
	}

}
