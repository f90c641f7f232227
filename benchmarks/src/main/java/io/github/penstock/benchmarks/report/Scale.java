package io.github.penstock.benchmarks.report;

import java.util.ArrayList;
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

	private static final String[] WINDOWS = { "overshoot1", "overshoot10", "overshoot100", "overshoot1000" };

	String crowd(Report report) throws Exception {
		return arrivals(10_000, 0, 9) + "\n" + arrivals(10_000, 1, 5) + "\n" + arrivals(100_000, 0, 5) + "\n"
				+ arrivals(100_000, 1, 1);
	}

	private static String arrivals(int threads, int holdMillis, int rounds) throws Exception {
		Table table = new Table(Numbers.text((double) threads) + " threads, holding " + holdMillis + " ms", "wall, ms",
				"CPU, ms", "peak heap, MB");
		for (PermitContender contender : WAITING) {
			Map<String, Object> result = Programs.run("Arrivals", contender.name(), threads, holdMillis, rounds);
			table.row(row(contender, result, "wallMillis", "cpuMillis", "peakHeapMegabytes"));
		}
		return table.toString();
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

	private static String growth(Report report, String what, String title, List<Integer> counts,
			List<PermitContender> contenders) throws Exception {
		Map<String, List<Double>> lines = new LinkedHashMap<>();
		for (PermitContender contender : contenders) {
			List<Double> line = new ArrayList<>();
			for (int count : counts) {
				Map<String, Object> result = Programs.run("Growth", contender.name(), what, count);
				line.add(((Number) result.get("nanosPerCall")).doubleValue());
			}
			lines.put(contender.toString(), line);
		}
		Table table = new Table(titles(what, counts));
		lines.forEach((name, line) -> {
			List<Object> row = new ArrayList<>(List.of(name));
			line.forEach((nanos) -> row.add(Numbers.text(nanos)));
			table.row(row.toArray());
		});
		return report.chart("growth-" + what, title, LineChart.of(title, what, counts, lines)) + table + "\n";
	}

	private static String[] titles(String what, List<Integer> counts) {
		List<String> titles = new ArrayList<>(List.of(what + ", ns per call"));
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

}
