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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

import io.github.penstock.benchmarks.core.PermitContender;
import io.github.penstock.benchmarks.core.Permits;

/**
 * What a call costs as its surroundings grow: more callers at one bulkhead of 10, each of
 * which lets the others run while it holds a permit; or more bulkheads, called in random
 * order by one thread.
 */
final class Growth {

	private static final int CALLS = 1_000_000;

	private static final int ROUNDS = 3;

	private Growth() {
	}

	/**
	 * Measure.
	 * @param args contender, {@code callers} or {@code limiters}, how many
	 */
	public static void main(String[] args) throws Exception {
		PermitContender contender = PermitContender.valueOf(args[0]);
		int count = Integer.parseInt(args[2]);
		boolean callers = args[1].equals("callers");
		double best = Double.MAX_VALUE;
		for (int round = 0; round < ROUNDS; round++) {
			best = Math.min(best,
					callers ? callers(contender.create(Arrivals.MAX), count) : limiters(contender, count));
		}
		Result.print(Map.of("nanosPerCall", best));
	}

	private static double callers(Permits permits, int callers) throws Exception {
		CountDownLatch gate = new CountDownLatch(1);
		CountDownLatch done = new CountDownLatch(callers);
		int turns = CALLS / callers;
		VirtualThreads.Body body = () -> {
			gate.await();
			for (int turn = 0; turn < turns; turn++) {
				permits.around(Thread::yield);
			}
			done.countDown();
		};
		for (int caller = 0; caller < callers; caller++) {
			VirtualThreads.start(body.orExit());
		}
		long start = System.nanoTime();
		gate.countDown();
		done.await();
		return (double) (System.nanoTime() - start) / turns / callers;
	}

	private static double limiters(PermitContender contender, int count) throws Exception {
		List<Permits> limiters = new ArrayList<>();
		for (int limiter = 0; limiter < count; limiter++) {
			limiters.add(contender.create(Arrivals.MAX));
		}
		int[] order = new Random(1).ints(CALLS, 0, count).toArray();
		long start = System.nanoTime();
		for (int next : order) {
			limiters.get(next).around(Permits.NOTHING);
		}
		return (double) (System.nanoTime() - start) / CALLS;
	}

}
