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

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import io.github.penstock.benchmarks.core.PermitContender;
import io.github.penstock.benchmarks.core.Permits;

/**
 * So many virtual threads arrive at a bulkhead of 10 as fast as they can be started, and
 * each holds a permit for so many milliseconds.
 */
final class Arrivals {

	static final int MAX = 10;

	private Arrivals() {
	}

	/**
	 * Measure.
	 * @param args contender, threads, milliseconds to hold, rounds
	 */
	public static void main(String[] args) throws Exception {
		PermitContender contender = PermitContender.valueOf(args[0]);
		int threads = Integer.parseInt(args[1]);
		long holdMillis = Long.parseLong(args[2]);
		int rounds = Integer.parseInt(args[3]);
		Runnable body = (holdMillis == 0) ? Permits.NOTHING : () -> sleep(holdMillis);
		// With the same body: otherwise the compiler's time for the way of a waiter is
		// measured.
		for (int round = 0; round < 3; round++) {
			arrivals(contender, Math.min(threads, 10_000), body).call();
		}
		Result.print(Usage.median(rounds, arrivals(contender, threads, body)).values());
	}

	private static Callable<?> arrivals(PermitContender contender, int threads, Runnable body) {
		return () -> {
			Permits permits = contender.create(MAX);
			CountDownLatch done = new CountDownLatch(threads);
			VirtualThreads.Body call = () -> {
				permits.around(body);
				done.countDown();
			};
			Runnable task = call.orExit();
			for (int thread = 0; thread < threads; thread++) {
				VirtualThreads.start(task);
			}
			done.await();
			return done;
		};
	}

	static void sleep(long millis) {
		try {
			Thread.sleep(millis);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
