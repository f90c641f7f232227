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
