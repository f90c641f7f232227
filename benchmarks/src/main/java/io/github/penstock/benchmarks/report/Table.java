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

/**
 * A table in Markdown: texts on the left, numbers on the right.
 */
final class Table {

	private final List<String> lines = new ArrayList<>();

	Table(String... titles) {
		row((Object[]) titles);
		this.lines.add("|---|" + "--:|".repeat(titles.length - 1));
	}

	Table row(Object... cells) {
		StringBuilder line = new StringBuilder("|");
		for (Object cell : cells) {
			line.append(' ').append(cell).append(" |");
		}
		this.lines.add(line.toString());
		return this;
	}

	@Override
	public String toString() {
		return String.join("\n", this.lines) + "\n";
	}

}
