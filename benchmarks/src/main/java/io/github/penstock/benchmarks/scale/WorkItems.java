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

package io.github.penstock.benchmarks.scale;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * So many items, each of which takes so many milliseconds, or next to nothing, are
 * processed so many at a time; the results are looked at.
 */
final class WorkItems {

	private WorkItems() {
	}

	/**
	 * Measure.
	 * @param args contender, items, milliseconds that each takes, how many at a time,
	 * rounds
	 */
	public static void main(String[] args) throws Exception {
		WorkContender contender = WorkContender.valueOf(args[0]);
		int size = Integer.parseInt(args[1]);
		long millis = Long.parseLong(args[2]);
		int concurrency = Integer.parseInt(args[3]);
		int rounds = Integer.parseInt(args[4]);
		List<Integer> items = IntStream.range(0, size).boxed().toList();
		Function<Integer, Integer> function = (item) -> {
			if (millis > 0) {
				Arrivals.sleep(millis);
			}
			return item;
		};
		Callable<?> task = () -> {
			List<Integer> results = contender.process(items, concurrency, function);
			if (!results.equals(items)) {
				throw new IllegalStateException(contender + " has lost results or their order");
			}
			return results;
		};
		for (int round = 0; round < 3; round++) {
			task.call();
		}
		Result.print(Usage.median(rounds, task).values());
	}

}
