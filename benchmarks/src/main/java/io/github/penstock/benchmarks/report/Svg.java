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
 * What the charts have in common: readable on white and on black.
 */
final class Svg {

	private static final String STYLE = """
			<style>
			text { font: 13px system-ui, sans-serif; fill: #24292f; }
			.title { font-weight: 600; font-size: 15px; }
			.ours { fill: #1f7a6d; } .other { fill: #a3abb3; }
			.grid { stroke: #d0d7de; }
			polyline { fill: none; stroke-width: 2.5; }
			.line0 { stroke: #1f7a6d; } .line1 { stroke: #b35900; } .line2 { stroke: #5b5fc7; } .line3 { stroke: #8c8c8c; }
			.label0 { fill: #1f7a6d; } .label1 { fill: #b35900; } .label2 { fill: #5b5fc7; } .label3 { fill: #8c8c8c; }
			@media (prefers-color-scheme: dark) {
			text { fill: #e6edf3; } .ours, .label0 { fill: #4cc3b1; } .other { fill: #6e7681; } .grid { stroke: #30363d; }
			.line0 { stroke: #4cc3b1; } .line1 { stroke: #f0a45d; } .line2 { stroke: #a5a8f5; }
			.label1 { fill: #f0a45d; } .label2 { fill: #a5a8f5; }
			}
			</style>
			""";

	private Svg() {
	}

	static String open(int width, int height, String title) {
		return String.format(Locale.ROOT,
				"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n%s"
						+ "<text class=\"title\" x=\"8\" y=\"22\">%s</text>%n",
				width, height, escape(title), STYLE, escape(title));
	}

	static String text(int x, int y, String anchor, String text) {
		return String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>%n", x, y, anchor,
				escape(text));
	}

	static String escape(String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
	}

}
