package io.github.penstock.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A page in Markdown, of which the parts between {@code <!-- name -->} and
 * {@code <!-- /name -->} are written by a program.
 *
 * @param file where it is
 */
record Page(Path file) {

	void replace(String name, String text) throws IOException {
		String page = Files.readString(this.file);
		String begin = "<!-- " + name + " -->\n";
		String end = "<!-- /" + name + " -->";
		int from = page.indexOf(begin);
		int to = page.indexOf(end);
		if (from < 0 || to < from) {
			throw new IllegalStateException(this.file + " has no part '" + name + "'");
		}
		Files.writeString(this.file,
				page.substring(0, from + begin.length()) + "\n" + text + "\n" + page.substring(to));
	}

}
