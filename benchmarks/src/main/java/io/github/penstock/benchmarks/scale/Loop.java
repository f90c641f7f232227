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

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

import io.github.penstock.benchmarks.core.PermitContender;
import io.github.penstock.benchmarks.core.Permits;

/**
 * A thousand virtual threads take a permit of 10, hold it for a millisecond, give it back
 * and come again, for three seconds. Jain's index of their turns is 1 if all had the
 * same, and 1/n if one had them all.
 */
final class Loop {

	private static final long NANOS = TimeUnit.SECONDS.toNanos(3);

	private Loop() {
	}

	/**
	 * Measure.
	 * @param args contender, threads
	 */
	public static void main(String[] args) throws Exception {
		Permits permits = PermitContender.valueOf(args[0]).create(Arrivals.MAX);
		int threads = Integer.parseInt(args[1]);
		long[] turns = new long[threads];
		long[] longestWait = new long[threads];
		CountDownLatch done = new CountDownLatch(threads);
		Usage usage = Usage.of(() -> {
			long start = System.nanoTime();
			for (int thread = 0; thread < threads; thread++) {
				int index = thread;
				VirtualThreads.Body body = () -> {
					loop(permits, start, index, turns, longestWait);
					done.countDown();
				};
				VirtualThreads.start(body.orExit());
			}
			done.await();
			return done;
		});
		double sum = LongStream.of(turns).sum();
		double squares = LongStream.of(turns).mapToDouble((count) -> (double) count * count).sum();
		Result.print(Map.of("jain", sum * sum / (threads * squares), "turns", sum, "fewestTurns",
				LongStream.of(turns).min().orElseThrow(), "mostTurns", LongStream.of(turns).max().orElseThrow(),
				"longestWaitMillis", Usage.millis(LongStream.of(longestWait).max().orElseThrow()), "cpuMillis",
				usage.cpuMillis()));
	}

	private static void loop(Permits permits, long start, int index, long[] turns, long[] longestWait)
			throws Exception {
		while (System.nanoTime() - start < NANOS) {
			long arrived = System.nanoTime();
			permits.around(() -> {
				long now = System.nanoTime();
				longestWait[index] = Math.max(longestWait[index], now - arrived);
				if (now - start < NANOS) {
					turns[index]++;
					Arrivals.sleep(1);
				}
			});
		}
	}

}
