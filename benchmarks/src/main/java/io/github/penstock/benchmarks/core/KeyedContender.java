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
