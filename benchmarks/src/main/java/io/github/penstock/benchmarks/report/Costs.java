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

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.github.penstock.benchmarks.core.KeyedContender;
import io.github.penstock.benchmarks.core.ManyKeysBenchmark;
import io.github.penstock.benchmarks.core.PermitBenchmark;
import io.github.penstock.benchmarks.core.PermitContender;
import io.github.penstock.benchmarks.core.RefusalBenchmark;
import io.github.penstock.benchmarks.core.RefusalContender;
import io.github.penstock.benchmarks.core.TokenBenchmark;
import io.github.penstock.benchmarks.core.TokenContender;
import io.github.penstock.benchmarks.jdbc.ConnectionBenchmark;
import io.github.penstock.benchmarks.jdbc.ConnectionContender;
import io.github.penstock.benchmarks.spring.AsyncBenchmark;
import io.github.penstock.benchmarks.spring.AsyncContender;
import io.github.penstock.benchmarks.spring.CallBenchmark;
import io.github.penstock.benchmarks.spring.CallContender;
import io.github.penstock.benchmarks.spring.HoldersBenchmark;
import io.github.penstock.benchmarks.spring.HoldersContender;
import io.github.penstock.benchmarks.spring.KeyBenchmark;
import io.github.penstock.benchmarks.spring.KeyContender;
import io.github.penstock.benchmarks.spring.RefusedCallBenchmark;
import io.github.penstock.benchmarks.spring.RefusedCallContender;
import io.github.penstock.benchmarks.spring.WovenBenchmark;
import io.github.penstock.benchmarks.spring.WovenContender;
import io.github.penstock.benchmarks.web.RequestBenchmark;
import io.github.penstock.benchmarks.web.RequestContender;
import org.aspectj.weaver.loadtime.Agent;
import org.openjdk.jmh.runner.RunnerException;

/**
 * What a call costs, by JMH.
 */
final class Costs {

	private static final String DIRECT = "the direct call";

	String call(Report report) throws Exception {
		List<Measurement> calls = means(CallBenchmark.class, "call", CallContender.values());
		String title = "An annotated call, uncontended (" + Report.machine() + ")";
		return report.chart("call", title, BarChart.of(title, calls.subList(1, calls.size()))) + table(calls, 1);
	}

	String woven(Report report) throws Exception {
		String weaver = Path.of(Agent.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
		return table(
				Jmh.means(WovenBenchmark.class, "call", 1, List.of(WovenContender.values()), "-javaagent:" + weaver),
				0);
	}

	String holders(Report report) throws Exception {
		return table(means(HoldersBenchmark.class, "call", HoldersContender.values()), 0);
	}

	String permit(Report report) throws Exception {
		return table(means(PermitBenchmark.class, "pair", PermitContender.values()), 0);
	}

	String token(Report report) throws Exception {
		return table(means(TokenBenchmark.class, "take", TokenContender.GCRA, TokenContender.COUNTING_GCRA,
				TokenContender.PENSTOCK, TokenContender.FAILSAFE, TokenContender.GUAVA, TokenContender.RESILIENCE4J,
				TokenContender.BUCKET4J, TokenContender.SENTINEL), 0);
	}

	String threads(Report report) throws Exception {
		List<PermitContender> permits = List.of(PermitContender.TWO_CAS, PermitContender.PENSTOCK_SCOPE,
				PermitContender.SEMAPHORE_FAIR, PermitContender.SEMAPHORE_UNFAIR, PermitContender.RESILIENCE4J,
				PermitContender.SPRING);
		List<TokenContender> tokens = List.of(TokenContender.GCRA, TokenContender.COUNTING_GCRA,
				TokenContender.PENSTOCK, TokenContender.FAILSAFE, TokenContender.RESILIENCE4J, TokenContender.BUCKET4J);
		return "Permits:\n\n" + threads(PermitBenchmark.class, "pair", permits) + "\nTokens:\n\n"
				+ threads(TokenBenchmark.class, "take", tokens);
	}

	private static String threads(Class<?> benchmark, String method, List<? extends Enum<?>> contenders)
			throws RunnerException {
		List<List<Object>> rows = new ArrayList<>();
		contenders.forEach((contender) -> rows.add(new ArrayList<>(List.of(contender))));
		for (int threads : new int[] { 2, 4, 16 }) {
			List<Measurement> means = Jmh.means(benchmark, method, threads, contenders);
			List<Double> slowest = Jmh.percentiles(benchmark, method, threads, contenders, 99.9);
			for (int i = 0; i < rows.size(); i++) {
				rows.get(i).add(means.get(i).nanosText());
				rows.get(i).add(Numbers.text(slowest.get(i)));
			}
		}
		Table table = new Table("", "2 threads, ns", "p99.9", "4 threads, ns", "p99.9", "16 threads, ns", "p99.9");
		rows.forEach((row) -> table.row(row.toArray()));
		return table.toString();
	}

	String refusal(Report report) throws Exception {
		return table(means(RefusalBenchmark.class, "refused", RefusalContender.values()), 0);
	}

	String refusedCall(Report report) throws Exception {
		return table(means(RefusedCallBenchmark.class, "refused", RefusedCallContender.values()), 0);
	}

	String async(Report report) throws Exception {
		return "`CompletableFuture`:\n\n" + added(means(AsyncBenchmark.class, "stage", AsyncContender.values()), DIRECT)
				+ "\n`Mono`:\n\n" + added(means(AsyncBenchmark.class, "mono", AsyncContender.values()), DIRECT);
	}

	String connection(Report report) throws Exception {
		List<ConnectionContender> contenders = List.of(ConnectionContender.values());
		return "One thread:\n\n" + added(Jmh.means(ConnectionBenchmark.class, "pair", 1, contenders), "HikariCP alone")
				+ "\nFour threads:\n\n" + table(Jmh.means(ConnectionBenchmark.class, "pair", 4, contenders), 0);
	}

	String key(Report report) throws Exception {
		List<KeyedContender> many = List.of(KeyedContender.values());
		return "A call of an annotated method:\n\n" + table(means(KeyBenchmark.class, "call", KeyContender.values()), 0)
				+ "\n10 000 keys, 16 threads, in code:\n\n"
				+ table(Jmh.means(ManyKeysBenchmark.class, "take", 16, many), 0);
	}

	String request(Report report) throws Exception {
		return added(means(RequestBenchmark.class, "request", RequestContender.values()), "the handler alone");
	}

	private static List<Measurement> means(Class<?> benchmark, String method, Enum<?>... contenders)
			throws RunnerException {
		return Jmh.means(benchmark, method, 1, Arrays.asList(contenders));
	}

	private static String table(List<Measurement> measurements, int floor) {
		Table table = new Table("", "ns", "of the floor", "B");
		for (Measurement measurement : measurements) {
			table.row(measurement.title(), measurement.nanosText(),
					Numbers.ratio(measurement.nanos(), measurements.get(floor).nanos()), measurement.bytesText());
		}
		return table.toString();
	}

	private static String added(List<Measurement> measurements, String floor) {
		Measurement direct = measurements.get(0);
		Table table = new Table("", "ns", "added to " + floor, "B");
		for (Measurement measurement : measurements) {
			table.row(measurement.title(), measurement.nanosText(), Numbers.text(measurement.nanos() - direct.nanos()),
					measurement.bytesText());
		}
		return table.toString();
	}

}
