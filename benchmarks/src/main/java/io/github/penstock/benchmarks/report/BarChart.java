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
