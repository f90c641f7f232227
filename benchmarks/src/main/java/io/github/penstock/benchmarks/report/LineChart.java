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

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Lines over a logarithmic scale from left to right and another from bottom to top, in
 * SVG.
 */
final class LineChart {

	private static final int WIDTH = 760;

	private static final int HEIGHT = 380;

	private static final int LEFT = 70;

	private static final int RIGHT = 560;

	private static final int TOP = 50;

	private static final int BOTTOM = 330;

	private LineChart() {
	}

	/**
	 * Draw.
	 * @param title what it shows
	 * @param across what goes from left to right
	 * @param counts the places from left to right
	 * @param unit what goes from bottom to top
	 * @param lines the values at each place, by name
	 */
	static String of(String title, String across, List<Integer> counts, String unit, Map<String, List<Double>> lines) {
		double highest = Math
			.ceil(Math.log10(lines.values().stream().flatMap(List::stream).max(Double::compare).orElseThrow()));
		double lowest = Math
			.floor(Math.log10(lines.values().stream().flatMap(List::stream).min(Double::compare).orElseThrow()));
		double last = Math.log10(counts.get(counts.size() - 1));
		StringBuilder svg = new StringBuilder(Svg.open(WIDTH, HEIGHT, title));
		for (double power = lowest; power <= highest; power++) {
			int y = (int) Math.round(BOTTOM - (power - lowest) / (highest - lowest) * (BOTTOM - TOP));
			svg.append(String.format(Locale.ROOT, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>%n",
					LEFT, RIGHT, y, y))
				.append(Svg.text(LEFT - 8, y + 4, "end", Numbers.text(Math.pow(10, power)) + " " + unit));
		}
		for (int count : counts) {
			svg.append(Svg.text(x(count, last), BOTTOM + 20, "middle", Numbers.text((double) count)));
		}
		svg.append(Svg.text((LEFT + RIGHT) / 2, BOTTOM + 40, "middle", across));
		int number = 0;
		for (Map.Entry<String, List<Double>> line : lines.entrySet()) {
			List<String> points = new ArrayList<>();
			double y = 0;
			for (int i = 0; i < counts.size(); i++) {
				y = BOTTOM - (Math.log10(line.getValue().get(i)) - lowest) / (highest - lowest) * (BOTTOM - TOP);
				points.add(String.format(Locale.ROOT, "%d,%.1f", x(counts.get(i), last), y));
			}
			svg.append(String.format(Locale.ROOT, "<polyline class=\"line%d\" points=\"%s\"/>%n", number,
					String.join(" ", points)))
				.append(String.format(Locale.ROOT, "<text class=\"label%d\" x=\"%d\" y=\"%d\">%s</text>%n", number,
						RIGHT + 10, TOP + 16 + 20 * number, Svg.escape(line.getKey())));
			number++;
		}
		return svg.append("</svg>\n").toString();
	}

	private static int x(int count, double last) {
		return (int) Math.round(LEFT + Math.log10(count) / last * (RIGHT - LEFT));
	}

}
