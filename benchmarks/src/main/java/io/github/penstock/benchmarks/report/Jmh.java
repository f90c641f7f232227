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
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs a benchmark with all its contenders.
 */
final class Jmh {

	/** The forks of a benchmark on one thread; one on more threads has one. */
	private static final int FORKS = Integer.getInteger("benchmarks.forks", 2);

	private static final int ITERATIONS = 8;

	private static final TimeValue ITERATION = TimeValue.milliseconds(500);

	private Jmh() {
	}

	/** Measure the mean. */
	static List<Measurement> means(Class<?> benchmark, String method, int threads, List<? extends Enum<?>> contenders,
			String... jvmArguments) throws RunnerException {
		List<Measurement> measurements = new ArrayList<>();
		for (RunResult run : run(Mode.AverageTime, benchmark, method, threads, contenders, jvmArguments)) {
			Result<?> primary = run.getPrimaryResult();
			double bytes = run.getSecondaryResults().get("gc.alloc.rate.norm").getScore();
			measurements
				.add(new Measurement(title(run, contenders), primary.getScore(), primary.getScoreError(), bytes));
		}
		return measurements;
	}

	/** Measure single calls: the time within which so many percent of them end. */
	static List<Double> percentiles(Class<?> benchmark, String method, int threads, List<? extends Enum<?>> contenders,
			double percent) throws RunnerException {
		List<Double> percentiles = new ArrayList<>();
		for (RunResult run : run(Mode.SampleTime, benchmark, method, threads, contenders)) {
			percentiles.add(run.getPrimaryResult().getStatistics().getPercentile(percent));
		}
		return percentiles;
	}

	private static Collection<RunResult> run(Mode mode, Class<?> benchmark, String method, int threads,
			List<? extends Enum<?>> contenders, String... jvmArguments) throws RunnerException {
		ChainedOptionsBuilder options = new OptionsBuilder()
			.include(benchmark.getName().replace(".", "\\.") + "\\." + method + "$")
			.mode(mode)
			.timeUnit(TimeUnit.NANOSECONDS)
			.threads(threads)
			.forks((threads > 1) ? 1 : FORKS)
			.warmupIterations((threads > 1) ? ITERATIONS / 2 : ITERATIONS)
			.warmupTime(ITERATION)
			.measurementIterations((threads > 1) ? ITERATIONS / 2 : ITERATIONS)
			.measurementTime(ITERATION)
			.addProfiler(GCProfiler.class)
			.shouldFailOnError(true)
			.jvmArgsAppend(jvmArguments)
			.param("contender", contenders.stream().map(Enum::name).toArray(String[]::new));
		return new Runner(options.build()).run();
	}

	private static String title(RunResult run, List<? extends Enum<?>> contenders) {
		String name = run.getParams().getParam("contender");
		return contenders.stream()
			.filter((contender) -> contender.name().equals(name))
			.map(Enum::toString)
			.findFirst()
			.orElseThrow();
	}

}
