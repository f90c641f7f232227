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

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

import io.github.bucket4j.Bucket;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;

/**
 * The heap that each of a million keys in use takes beyond itself, and what is left of
 * ten million keys that came once. Prints bytes.
 */
final class KeyMemory {

	private static final int KEYS = 1_000_000;

	private KeyMemory() {
	}

	/**
	 * Measure.
	 * @param args nothing
	 */
	public static void main(String[] args) throws Exception {
		Integer[] keys = IntStream.range(0, KEYS).boxed().toArray(Integer[]::new);
		LimiterRegistry registry = new LimiterRegistry();
		RateLimiter inUse = registry.register("in-use",
				RateLimiterSpec.of(10, Duration.ofDays(1)).withMaxKeys(2 * KEYS));
		inUse.forKey(-1).tryAcquire();
		long empty = used();
		for (Integer key : keys) {
			inUse.forKey(key).tryAcquire();
		}
		System.out.println("Penstock, each of a million keys in use: " + (used() - empty) / KEYS);
		Map<Integer, Bucket> buckets = new ConcurrentHashMap<>();
		long before = used();
		for (Integer key : keys) {
			buckets
				.computeIfAbsent(key,
						(unknown) -> Bucket.builder()
							.addLimit((limit) -> limit.capacity(10).refillGreedy(10, Duration.ofDays(1)))
							.withNanosecondPrecision()
							.build())
				.tryConsume(1);
		}
		System.out.println("Bucket4j, each of a million keys in use: " + (used() - before) / KEYS);
		RateLimiter seen = registry.register("seen", RateLimiterSpec.of(1_000_000).withBurst(1));
		before = used();
		for (int key = 0; key < 10 * KEYS; key++) {
			seen.forKey(Integer.toString(key)).tryAcquire();
		}
		while (seen.keys(0).known() > 0) {
			Thread.sleep(100);
		}
		System.out.println("Penstock, left of ten million keys together: " + (used() - before));
		System.out.println("(still there: " + inUse.keys(0).known() + ", " + buckets.size() + ")");
	}

	private static long used() throws InterruptedException {
		for (int i = 0; i < 5; i++) {
			System.gc();
			Thread.sleep(100);
		}
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

}
