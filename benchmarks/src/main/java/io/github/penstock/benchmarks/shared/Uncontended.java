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

package io.github.penstock.benchmarks.shared;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

import io.github.penstock.benchmarks.scale.Result;

/**
 * One thread calls each contender in turn, again and again, so that what disturbs one
 * disturbs all.
 */
public final class Uncontended {

	private Uncontended() {
	}

	/**
	 * Measure.
	 * @param args port, milliseconds to warm each up, milliseconds of a turn, turns,
	 * microseconds between calls, the contenders
	 */
	public static void main(String[] args) throws Exception {
		int port = Integer.parseInt(args[0]);
		long pause = Long.parseLong(args[4]);
		Load warmUp = new Load("1", 0, Long.parseLong(args[1]));
		Load turn = new Load("1", 0, Long.parseLong(args[2]));
		List<String> names = Arrays.asList(args).subList(5, args.length);
		Map<String, Subject> subjects = new LinkedHashMap<>();
		Map<String, LongStream.Builder> times = new LinkedHashMap<>();
		for (String name : names) {
			Subject subject = Subject.open(port, name, "uncontended", 10);
			subjects.put(name, subject);
			times.put(name, LongStream.builder());
			run(warmUp, pause, subject);
		}
		for (int turns = Integer.parseInt(args[3]); turns > 0; turns--) {
			for (String name : names) {
				LongStream.of(run(turn, pause, subjects.get(name))).forEach(times.get(name)::add);
			}
		}
		Map<String, Object> result = new LinkedHashMap<>();
		times.forEach((name, all) -> {
			long[] sorted = all.build().sorted().toArray();
			result.put(name, Map.of("mean", Arrays.stream(sorted).average().orElseThrow() / 1e3, "p50",
					Load.percentile(sorted, 50), "p99", Load.percentile(sorted, 99)));
		});
		for (Subject subject : subjects.values()) {
			subject.close();
		}
		Result.print(result);
	}

	private static long[] run(Load load, long pauseMicros, Subject subject) throws Exception {
		return (pauseMicros == 0) ? load.run(subject.call(), () -> {
		}, () -> {
		}) : load.runWithPauses(subject.call(), TimeUnit.MICROSECONDS.toNanos(pauseMicros));
	}

}
