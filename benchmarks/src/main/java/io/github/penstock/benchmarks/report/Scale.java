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
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.penstock.benchmarks.core.PermitContender;
import io.github.penstock.benchmarks.core.TokenContender;
import io.github.penstock.benchmarks.scale.WorkContender;

/**
 * Crowds of callers, by programs of the package {@code scale}.
 */
final class Scale {

	private static final List<PermitContender> WAITING = List.of(PermitContender.PENSTOCK_SCOPE,
			PermitContender.SEMAPHORE_FAIR, PermitContender.RESILIENCE4J, PermitContender.SPRING);

	private static final List<TokenContender> TOKENS = List.of(TokenContender.GCRA, TokenContender.PENSTOCK,
			TokenContender.FAILSAFE, TokenContender.GUAVA, TokenContender.RESILIENCE4J,
			TokenContender.RESILIENCE4J_FINE, TokenContender.BUCKET4J, TokenContender.SLEEPING_BUCKET);

	private static final int CROWD_JVMS = 3;

	private static final String[] WINDOWS = { "overshoot1", "overshoot10", "overshoot100", "overshoot1000" };

	String crowd(Report report) throws Exception {
		return arrivals(10_000, 0, 9) + "\n" + arrivals(10_000, 1, 5) + "\n" + arrivals(100_000, 0, 5) + "\n"
				+ arrivals(100_000, 1, 1);
	}

	/** The median of each figure over several JVMs, in turn. */
	private static String arrivals(int threads, int holdMillis, int rounds) throws Exception {
		Map<PermitContender, List<Map<String, Object>>> results = new EnumMap<>(PermitContender.class);
		for (int jvm = 0; jvm < CROWD_JVMS; jvm++) {
			for (PermitContender contender : WAITING) {
				results.computeIfAbsent(contender, (any) -> new ArrayList<>())
					.add(Programs.run("Arrivals", contender.name(), threads, holdMillis, rounds));
			}
		}
		Table table = new Table(Numbers.text((double) threads) + " threads, holding " + holdMillis + " ms", "wall, ms",
				"CPU, ms", "peak heap, MB");
		for (PermitContender contender : WAITING) {
			table.row(row(contender, medians(results.get(contender)), "wallMillis", "cpuMillis", "peakHeapMegabytes"));
		}
		return table.toString();
	}

	private static Map<String, Object> medians(List<Map<String, Object>> results) {
		Map<String, Object> medians = new HashMap<>();
		for (String figure : results.get(0).keySet()) {
			double[] sorted = results.stream()
				.mapToDouble((result) -> ((Number) result.get(figure)).doubleValue())
				.sorted()
				.toArray();
			medians.put(figure, sorted[sorted.length / 2]);
		}
		return medians;
	}

	String line(Report report) throws Exception {
		Table table = new Table("", "threads", "inversions", "B per waiter", "of which a parked thread",
				"drained in, ms", "CPU, ms");
		for (int threads : new int[] { 10_000, 100_000 }) {
			for (PermitContender contender : WAITING) {
				Map<String, Object> result = Programs.run("Line", contender.name(), threads);
				result.put("threads", threads);
				table.row(row(contender, result, "threads", "inversions", "bytesPerWaiter", "bytesPerParkedThread",
						"wallMillis", "cpuMillis"));
			}
		}
		return table.toString();
	}

	String loop(Report report) throws Exception {
		Table table = new Table("", "Jain's index", "turns", "fewest", "most", "longest wait, ms", "CPU, ms");
		for (PermitContender contender : WAITING) {
			Map<String, Object> result = Programs.run("Loop", contender.name(), 1000);
			result.put("jain", String.format("%.5f", ((Number) result.get("jain")).doubleValue()));
			table.row(row(contender, result, "jain", "turns", "fewestTurns", "mostTurns", "longestWaitMillis",
					"cpuMillis"));
		}
		return table.toString();
	}

	String rate(Report report) throws Exception {
		Table crowd = new Table("10\u00a0000 threads, once each", "time, of the ideal", "overshoot in 1 ms", "10 ms",
				"100 ms", "CPU, ms");
		Table greedy = new Table("16 threads, greedy for 3 s", "per second", "overshoot in 1 ms", "10 ms", "100 ms",
				"1 s", "CPU, ms");
		for (TokenContender contender : TOKENS) {
			Map<String, Object> result = Programs.run("Rate", contender.name(), 10_000, "crowd");
			result.put("timesIdeal", String.format("%.4f×", ((Number) result.get("timesIdeal")).doubleValue()));
			crowd.row(row(contender, result, "timesIdeal", WINDOWS[0], WINDOWS[1], WINDOWS[2], "cpuMillis"));
			result = Programs.run("Rate", contender.name(), 16, "greedy");
			greedy
				.row(row(contender, result, "perSecond", WINDOWS[0], WINDOWS[1], WINDOWS[2], WINDOWS[3], "cpuMillis"));
		}
		return crowd + "\n" + greedy;
	}

	String asyncWaiters(Report report) throws Exception {
		Map<String, Object> result = Programs.run("AsyncWaiters", 100_000);
		return new Table("100\u00a0000 `Mono`s on one thread", "B per waiter", "to join, ms", "to be served, ms",
				"peak heap, MB")
			.row(row("Penstock @Bulkhead", result, "bytesPerWaiter", "joinMillis", "drainMillis", "peakHeapMegabytes"))
			.toString();
	}

	String poolLine(Report report) throws Exception {
		Table table = new Table("10\u00a0000 threads, a pool of 10, holding 1 ms", "wall, ms", "CPU, ms",
				"peak heap, MB");
		for (boolean limited : new boolean[] { false, true }) {
			Map<String, Object> result = Programs.run("PoolLine", limited, 10_000, 3);
			table.row(row(limited ? "Penstock before HikariCP" : "HikariCP alone", result, "wallMillis", "cpuMillis",
					"peakHeapMegabytes"));
		}
		return table.toString();
	}

	String queue(Report report) throws Exception {
		return queue(1_000_000, 0, 5) + "\n" + queue(1000, 5, 5);
	}

	private static String queue(int items, int millis, int rounds) throws Exception {
		Table table = new Table(Numbers.text((double) items) + " items of " + millis + " ms, 50 at a time", "wall, ms",
				"CPU, ms", "peak heap, MB");
		for (WorkContender contender : WorkContender.values()) {
			Map<String, Object> result = Programs.run("WorkItems", contender.name(), items, millis, 50, rounds);
			table.row(row(contender, result, "wallMillis", "cpuMillis", "peakHeapMegabytes"));
		}
		return table.toString();
	}

	String growth(Report report) throws Exception {
		List<PermitContender> one = List.of(PermitContender.PENSTOCK_SCOPE, PermitContender.RESILIENCE4J,
				PermitContender.SPRING);
		return growth(report, "callers", "Cost of a call as callers at one bulkhead of 10 grow (JDK 25)",
				List.of(1, 10, 100, 1000, 10_000, 100_000), WAITING)
				+ growth(report, "limiters", "Cost of a call as bulkheads grow (JDK 25)",
						List.of(1, 10, 100, 1000, 10_000), one);
	}

	/** What is there once, and not for each call. */
	String growthAtRest(Report report) throws Exception {
		Library penstock = new Library("PENSTOCK", "Penstock");
		Library resilience4j = new Library("RESILIENCE4J", "Resilience4j");
		List<Library> both = List.of(penstock, resilience4j);
		List<Integer> counts = List.of(1, 10, 100, 1000, 10_000);
		return growth(report, "scrape", "bulkheads, and as many rate limits", "ms",
				"Time of a scrape as bulkheads and rate limits grow (JDK 25)", counts, both,
				(contender, count) -> number(Programs.run("ManyLimiters", contender.id, count), "scrapeMillis"))
				+ growth(report, "heap", "bulkheads, and as many rate limits", "KiB",
						"Heap of limiters and their meters as bulkheads and rate limits grow (JDK 25)", counts, both,
						(contender, count) -> {
							Map<String, Object> result = Programs.run("ManyLimiters", contender.id, count);
							return (number(result, "bytesEach") + number(result, "meterBytesEach")) * count / 1024;
						})
				+ growth(report, "methods", "annotated methods", "ms",
						"Time to start as annotated methods grow (JDK 25)", counts,
						List.of(new Library("NONE", "no limits"), penstock,
								new Library("SPRING", "Spring @ConcurrencyLimit"), resilience4j),
						(contender, count) -> number(Programs.run("ManyMethods", contender.id, count), "startMillis"));
	}

	private static double number(Map<String, Object> result, String key) {
		return ((Number) result.get(key)).doubleValue();
	}

	private static String growth(Report report, String what, String title, List<Integer> counts,
			List<PermitContender> contenders) throws Exception {
		return growth(report, what, what, "ns", title, counts, contenders,
				(contender, count) -> number(Programs.run("Growth", contender.name(), what, count), "nanosPerCall"));
	}

	private static <C> String growth(Report report, String name, String across, String unit, String title,
			List<Integer> counts, List<C> contenders, Figure<C> figure) throws Exception {
		Map<String, List<Double>> lines = new LinkedHashMap<>();
		for (C contender : contenders) {
			List<Double> line = new ArrayList<>();
			for (int count : counts) {
				line.add(figure.of(contender, count));
			}
			lines.put(contender.toString(), line);
		}
		Table table = new Table(titles(across + ", " + unit, counts));
		lines.forEach((contender, line) -> {
			List<Object> row = new ArrayList<>(List.of(contender));
			line.forEach((value) -> row.add(Numbers.text(value)));
			table.row(row.toArray());
		});
		return report.chart("growth-" + name, title, LineChart.of(title, across, counts, unit, lines)) + table + "\n";
	}

	private static String[] titles(String what, List<Integer> counts) {
		List<String> titles = new ArrayList<>(List.of(what));
		counts.forEach((count) -> titles.add(Numbers.text((double) count)));
		return titles.toArray(String[]::new);
	}

	private static Object[] row(Object title, Map<String, Object> result, String... keys) {
		List<Object> row = new ArrayList<>(List.of(title));
		for (String key : keys) {
			row.add(Numbers.text(result.getOrDefault(key, "")));
		}
		return row.toArray();
	}

	/**
	 * What a contender takes for a number of something.
	 *
	 * @param <C> the contenders
	 */
	private interface Figure<C> {

		double of(C contender, int count) throws Exception;

	}

	/**
	 * What makes limiters, or looks for annotated methods.
	 *
	 * @param id as the programs know it
	 * @param title as tables and charts do
	 */
	private record Library(String id, String title) {

		@Override
		public String toString() {
			return this.title;
		}

	}

}
