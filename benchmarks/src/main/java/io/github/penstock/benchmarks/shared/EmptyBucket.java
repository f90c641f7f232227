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
import java.util.concurrent.TimeUnit;

import io.github.penstock.benchmarks.scale.Result;
import io.github.penstock.benchmarks.shared.SharedTokenContender.Rate;

/**
 * One thread tries to take a token of a bucket that has none, again and again.
 */
public final class EmptyBucket {

	private EmptyBucket() {
	}

	/**
	 * Measure.
	 * @param args port, contender, milliseconds to warm up, to measure
	 */
	public static void main(String[] args) throws Exception {
		int port = Integer.parseInt(args[0]);
		SharedTokenContender contender = SharedTokenContender.valueOf(args[1]);
		try (SharedTokens tokens = contender.create(port, "empty", Rate.SCARCE); Lettuce lettuce = new Lettuce(port)) {
			tokens.take();
			refuse(tokens, Long.parseLong(args[2]));
			long commands = lettuce.commandsRun();
			long start = System.nanoTime();
			long refused = refuse(tokens, Long.parseLong(args[3]));
			long nanos = System.nanoTime() - start;
			Result.print(Map.of("refused", refused, "nanos", (double) nanos / refused, "commands",
					lettuce.commandsRun() - commands));
		}
	}

	private static long refuse(SharedTokens tokens, long millis) {
		long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
		long refused = 0;
		for (long start = System.nanoTime(); System.nanoTime() - start < nanos;) {
			// The clock is read once in a while only.
			for (int i = 0; i < 16; i++, refused++) {
				if (tokens.tryTake()) {
					throw new IllegalStateException("There was a token");
				}
			}
		}
		return refused;
	}

}
