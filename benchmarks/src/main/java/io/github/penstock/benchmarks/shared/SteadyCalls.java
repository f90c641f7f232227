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

import java.util.Map;

import io.github.penstock.benchmarks.scale.Result;

/**
 * Threads that call at a steady rate over all of them, which is less than they could.
 */
public final class SteadyCalls {

	private SteadyCalls() {
	}

	/**
	 * Measure.
	 * @param args port, contender, threads, milliseconds to warm up, to measure, calls a
	 * second
	 */
	public static void main(String[] args) throws Exception {
		int port = Integer.parseInt(args[0]);
		Load load = new Load(args[2], Long.parseLong(args[3]), Long.parseLong(args[4]));
		try (Subject subject = Subject.open(port, args[1], "steady", 10)) {
			long[] times = load.run(subject.call(), Integer.parseInt(args[5]));
			Result.print(Map.of("perSecond", times.length * 1000.0 / Long.parseLong(args[4]), "p50",
					Load.percentile(times, 50), "p99", Load.percentile(times, 99), "p999",
					Load.percentile(times, 99.9)));
		}
	}

}
