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

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures and writes the tables and charts of {@code docs/performance.md}. Nothing else
 * should run at the same time.
 */
public final class Report {

	/** Figures of another JDK have parts of their own. */
	private static final String SUFFIX = (Runtime.version().feature() == 25) ? ""
			: "-jdk" + Runtime.version().feature();

	private final Path docs;

	private final Page page;

	private final Map<String, Section> sections = new LinkedHashMap<>();

	private Report(Path docs) {
		this.docs = docs;
		this.page = new Page(docs.resolve("performance.md"));
		Costs costs = new Costs();
		this.sections.put("call", costs::call);
		this.sections.put("woven", costs::woven);
		this.sections.put("holders", costs::holders);
		this.sections.put("permit", costs::permit);
		this.sections.put("token", costs::token);
		this.sections.put("threads", costs::threads);
		this.sections.put("refusal", costs::refusal);
		this.sections.put("refused-call", costs::refusedCall);
		this.sections.put("async", costs::async);
		this.sections.put("connection", costs::connection);
		this.sections.put("key", costs::key);
		this.sections.put("request", costs::request);
		this.sections.put("start-up", StartUps::measure);
		Scale scale = new Scale();
		this.sections.put("crowd", scale::crowd);
		this.sections.put("line", scale::line);
		this.sections.put("loop", scale::loop);
		this.sections.put("rate", scale::rate);
		this.sections.put("async-waiters", scale::asyncWaiters);
		this.sections.put("pool-line", scale::poolLine);
		this.sections.put("queue", scale::queue);
		this.sections.put("growth", scale::growth);
		this.sections.put("growth-at-rest", scale::growthAtRest);
		Shared shared = new Shared();
		this.sections.put("shared", shared::tokens);
		this.sections.put("shared-permits", shared::permits);
	}

	/**
	 * Measure.
	 * @param args the directory of the documentation, then the sections; all if there are
	 * none
	 */
	public static void main(String[] args) throws Exception {
		Report report = new Report(Path.of(args[0]));
		List<String> names = Arrays.asList(args).subList(1, args.length);
		for (String name : names.isEmpty() ? report.sections.keySet() : names) {
			Section section = report.sections.get(name);
			if (section == null) {
				throw new IllegalArgumentException("No section '" + name + "'. There are: " + report.sections.keySet());
			}
			report.page.replace(name + SUFFIX, section.measure(report));
		}
	}

	/** Write a chart, and return how the page shows it. */
	String chart(String name, String title, String svg) throws Exception {
		Path images = Files.createDirectories(this.docs.resolve("images"));
		String file = name + SUFFIX + ".svg";
		Files.writeString(images.resolve(file), svg);
		return "![" + title + "](images/" + file + ")\n\n";
	}

	/** What the tables were measured on. */
	static String machine() {
		return "JDK " + Runtime.version().feature() + ", " + Runtime.getRuntime().availableProcessors() + " processors";
	}

	/** A part of the page. */
	interface Section {

		String measure(Report report) throws Exception;

	}

}
