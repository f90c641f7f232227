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

package io.github.penstock.benchmarks.core;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.github.bucket4j.Bucket;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;

/**
 * Who has a bucket for each key.
 */
public enum KeyedContender {

	/** Forgets keys when that changes nothing. */
	PENSTOCK("Penstock, forKey", () -> {
		RateLimiter limiter = new LimiterRegistry().register("keys",
				RateLimiterSpec.of(10_000_000).withMaxKeys(2_000_000));
		return (key) -> limiter.forKey(key).tryAcquire();
	}),

	/** Forgets nothing. */
	BUCKET4J("Bucket4j in a ConcurrentHashMap", () -> {
		Map<Object, Bucket> buckets = new ConcurrentHashMap<>();
		return (key) -> buckets
			.computeIfAbsent(key,
					(unknown) -> Bucket.builder()
						.addLimit((limit) -> limit.capacity(10_000_000).refillGreedy(10_000_000, Duration.ofSeconds(1)))
						.withNanosecondPrecision()
						.build())
			.tryConsume(1);
	});

	private final String title;

	private final Supplier<KeyedTokens> factory;

	KeyedContender(String title, Supplier<KeyedTokens> factory) {
		this.title = title;
		this.factory = factory;
	}

	KeyedTokens create() {
		return this.factory.get();
	}

	@Override
	public String toString() {
		return this.title;
	}

}
