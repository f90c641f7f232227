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
 * Many threads call one limiter as fast as they are let in; in one JVM or in several that
 * begin together.
 */
public final class HotKey {

	private static final long PATIENCE_SECONDS = 50;

	private HotKey() {
	}

	/**
	 * Measure.
	 * @param args port, contender, threads, milliseconds to warm up, to measure, permits,
	 * key, JVMs
	 */
	public static void main(String[] args) throws Exception {
		int port = Integer.parseInt(args[0]);
		long millis = Long.parseLong(args[4]);
		Load load = new Load(args[2], Long.parseLong(args[3]), millis);
		int jvms = Integer.parseInt(args[7]);
		try (Subject subject = Subject.open(port, args[1], args[6], Integer.parseInt(args[5]));
				Lettuce lettuce = new Lettuce(port)) {
			subject.call().run();
			awaitAll(lettuce, args[6], jvms);
			Costs[] costs = new Costs[2];
			long[] times = load.run(subject.call(), () -> costs[0] = Costs.read(lettuce),
					() -> costs[1] = Costs.read(lettuce));
			Result.print(Map.of("grants", times.length, "perSecond", times.length * 1000.0 / millis, "commands",
					costs[1].commands() - costs[0].commands(), "clientNanos",
					costs[1].clientNanos() - costs[0].clientNanos(), "redisNanos",
					costs[1].redisNanos() - costs[0].redisNanos(), "p50", Load.percentile(times, 50), "p99",
					Load.percentile(times, 99)));
		}
	}

	/** Who comes last lets all begin. */
	private static void awaitAll(Lettuce lettuce, String key, int jvms) {
		String gate = "gate:" + key;
		if (lettuce.commands().incr("ready:" + key) == jvms) {
			for (int jvm = 0; jvm < jvms; jvm++) {
				lettuce.commands().lpush(gate, "go");
			}
		}
		if (lettuce.commands().blpop(PATIENCE_SECONDS, gate) == null) {
			throw new IllegalStateException("Not all " + jvms + " JVMs have come");
		}
	}

}
