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

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.penstock.benchmarks.core.TokenContender;
import io.github.penstock.benchmarks.core.Tokens;

/**
 * Calls through 20 000 tokens a second: a crowd of virtual threads with one call each,
 * and no burst; or some that call for three seconds as often as they are let, with a
 * burst of 5 ms, so that who wakes late may catch up. Each call reads the clock when it
 * has been let in; what a window holds beyond burst and rate is its overshoot.
 */
final class Rate {

	private static final long PER_SECOND = 20_000;

	private static final long GREEDY_BURST = 100;

	private static final long GREEDY_NANOS = TimeUnit.SECONDS.toNanos(3);

	private static final long SETTLING_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private Rate() {
	}

	/**
	 * Measure.
	 * @param args contender, threads, {@code crowd} or {@code greedy}
	 */
	public static void main(String[] args) throws Exception {
		TokenContender contender = TokenContender.valueOf(args[0]);
		int threads = Integer.parseInt(args[1]);
		boolean greedy = args[2].equals("greedy");
		// At ten times the rate, so that it takes no longer than the compiler needs.
		calls(contender.create(10 * PER_SECOND, 1), 10_000, 0);
		long burst = (greedy) ? GREEDY_BURST : 1;
		Tokens tokens = contender.create(PER_SECOND, burst);
		long[][] times = new long[1][];
		Usage usage = Usage.of(() -> times[0] = calls(tokens, threads, (greedy) ? GREEDY_NANOS : 0));
		Map<String, Object> result = new HashMap<>(usage.values());
		result.putAll(overshoots(times[0], burst));
		if (greedy) {
			result.put("perSecond", sustained(times[0]));
		}
		else {
			double idealMillis = (threads - 1) * 1000.0 / PER_SECOND;
			result.put("timesIdeal", (times[0][threads - 1] - times[0][0]) / 1e6 / idealMillis);
		}
		Result.print(result);
	}

	/**
	 * Call from so many threads, once or for so long; return when each call was let in.
	 */
	private static long[] calls(Tokens tokens, int threads, long nanos) throws Exception {
		long[][] times = new long[threads][];
		CountDownLatch done = new CountDownLatch(threads);
		for (int thread = 0; thread < threads; thread++) {
			int index = thread;
			VirtualThreads.Body body = () -> {
				times[index] = (nanos == 0) ? new long[] { call(tokens) } : calls(tokens, nanos);
				done.countDown();
			};
			VirtualThreads.start(body.orExit());
		}
		done.await();
		return Arrays.stream(times).flatMapToLong(Arrays::stream).sorted().toArray();
	}

	private static long call(Tokens tokens) throws Exception {
		tokens.take();
		return System.nanoTime();
	}

	private static long[] calls(Tokens tokens, long nanos) throws Exception {
		long[] times = new long[1024];
		int count = 0;
		long start = System.nanoTime();
		for (long now = start; now - start < nanos; now = times[count++]) {
			times = (count < times.length) ? times : Arrays.copyOf(times, 2 * count);
			times[count] = call(tokens);
		}
		return Arrays.copyOf(times, count);
	}

	private static double sustained(long[] times) {
		long from = times[0] + SETTLING_NANOS;
		long to = times[0] + GREEDY_NANOS;
		long count = Arrays.stream(times).filter((time) -> time >= from && time < to).count();
		return count * 1e9 / (to - from);
	}

	private static Map<String, Object> overshoots(long[] times, long burst) {
		Map<String, Object> overshoots = new HashMap<>();
		for (long millis : new long[] { 1, 10, 100, 1000 }) {
			long window = TimeUnit.MILLISECONDS.toNanos(millis);
			if (window < times[times.length - 1] - times[0]) {
				overshoots.put("overshoot" + millis, most(times, window) - burst - PER_SECOND * millis / 1000);
			}
		}
		return overshoots;
	}

	/** Return how many calls the fullest window of that length holds. */
	private static int most(long[] times, long window) {
		int most = 0;
		int from = 0;
		for (int to = 0; to < times.length; to++) {
			while (times[to] - times[from] > window) {
				from++;
			}
			most = Math.max(most, to - from + 1);
		}
		return most;
	}

}
