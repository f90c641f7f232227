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
