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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

import io.github.penstock.benchmarks.core.PermitContender;
import io.github.penstock.benchmarks.core.Permits;

/**
 * So many virtual threads stand in line at a bulkhead of 10 whose permits are out, one
 * after the other; then the permits come back, and each thread gives its own back at
 * once. Who is let in before 10 or more that came earlier cannot have been served in
 * order: that is an inversion.
 */
final class Line {

	private Line() {
	}

	/**
	 * Measure.
	 * @param args contender, threads
	 */
	public static void main(String[] args) throws Exception {
		PermitContender contender = PermitContender.valueOf(args[0]);
		int threads = Integer.parseInt(args[1]);
		for (int round = 0; round < 3; round++) {
			run(contender, Math.min(threads, 10_000));
		}
		List<Thread> parked = new ArrayList<>();
		double parkedBytes = lineUp(parked, threads, (arrival) -> LockSupport::park);
		parked.forEach(LockSupport::unpark);
		for (Thread thread : parked) {
			thread.join();
		}
		Map<String, Object> result = run(contender, threads);
		result.put("bytesPerParkedThread", parkedBytes);
		Result.print(result);
	}

	private static Map<String, Object> run(PermitContender contender, int threads) throws Exception {
		Permits permits = contender.create(Arrivals.MAX);
		CountDownLatch gate = new CountDownLatch(1);
		VirtualThreads.Body wait = gate::await;
		VirtualThreads.Body hold = () -> permits.around(wait.orExit());
		lineUp(new ArrayList<>(), Arrivals.MAX, (holder) -> hold);
		AtomicInteger places = new AtomicInteger();
		int[] arrivals = new int[threads];
		CountDownLatch done = new CountDownLatch(threads);
		double bytes = lineUp(new ArrayList<>(threads), threads, (arrival) -> () -> {
			permits.around(() -> arrivals[places.getAndIncrement()] = arrival);
			done.countDown();
		});
		Usage usage = Usage.of(() -> {
			gate.countDown();
			done.await();
			return done;
		});
		Map<String, Object> result = new HashMap<>(usage.values());
		result.put("bytesPerWaiter", bytes);
		result.put("inversions", inversions(arrivals));
		return result;
	}

	private static int inversions(int[] arrivals) {
		int inversions = 0;
		for (int place = 0; place < arrivals.length; place++) {
			inversions += (arrivals[place] >= place + Arrivals.MAX) ? 1 : 0;
		}
		return inversions;
	}

	/**
	 * Start threads, each after the one before has come to wait; return the bytes of
	 * each.
	 */
	private static double lineUp(List<Thread> line, int threads, IntFunction<VirtualThreads.Body> body) {
		long before = Usage.liveBytes();
		for (int arrival = 0; arrival < threads; arrival++) {
			Thread thread = VirtualThreads.start(body.apply(arrival).orExit());
			while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
				Thread.onSpinWait();
			}
			line.add(thread);
		}
		return (double) (Usage.liveBytes() - before) / threads;
	}

}
