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

import com.alibaba.csp.sentinel.SphU;
import com.alibaba.csp.sentinel.slots.block.RuleConstant;
import com.google.common.util.concurrent.RateLimiter;
import io.github.bucket4j.BlockingBucket;
import io.github.bucket4j.Bucket;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiterSpec;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;

/**
 * What limits a rate. Where nothing else is said a call waits for 30 seconds at most, and
 * who reserves first is served first.
 */
public enum TokenContender {

	/** The algorithm and nothing around it: see {@link CasTokens}. */
	GCRA("GCRA in one CAS (floor)", (perSecond, burst) -> new CasTokens(1_000_000_000 / perSecond, burst)),

	/** What can be looked at as well: see {@link CountingTokens}. */
	COUNTING_GCRA("the same, counting calls",
			(perSecond, burst) -> new CountingTokens(1_000_000_000 / perSecond, burst)),

	/** What {@code @RateLimited} does before a method. */
	PENSTOCK("Penstock, enter",
			(perSecond,
					burst) -> new LimiterRegistry().register("it",
							RateLimiterSpec.of(perSecond).withBurst(burst))::enter),

	/** Smooth: a token each interval, no burst. */
	FAILSAFE("Failsafe RateLimiter, smooth", (perSecond, burst) -> {
		dev.failsafe.RateLimiter<Object> limiter = dev.failsafe.RateLimiter
			.smoothBuilder(perSecond, Duration.ofSeconds(1))
			.build();
		Duration timeout = Duration.ofSeconds(30);
		return () -> limiter.acquirePermit(timeout);
	}),

	/** Waits without end; the burst is one second's worth, and comes by idling only. */
	GUAVA("Guava RateLimiter", (perSecond, burst) -> RateLimiter.create(perSecond)::acquire),

	/** A window of one second, as most people have it: the burst is all of it. */
	RESILIENCE4J("Resilience4j RateLimiter, 1 s", (perSecond, burst) -> resilience4j(perSecond, 1)),

	/** A window of one millisecond: the burst is what comes in one. */
	RESILIENCE4J_FINE("Resilience4j RateLimiter, 1 ms", (perSecond, burst) -> resilience4j(perSecond, 1000)),

	/** With the clock in nanoseconds; the default one has milliseconds. */
	BUCKET4J("Bucket4j, greedy refill", (perSecond, burst) -> {
		BlockingBucket bucket = Bucket.builder()
			.addLimit((limit) -> limit.capacity(burst).refillGreedy(perSecond, Duration.ofSeconds(1)))
			.withNanosecondPrecision()
			.build()
			.asBlocking();
		Duration timeout = Duration.ofSeconds(30);
		return () -> {
			if (!bucket.tryConsume(1, timeout)) {
				throw Refusals.STACKLESS;
			}
		};
	}),

	/** Paced, that is without a burst. */
	SENTINEL("Sentinel, paced", (perSecond, burst) -> {
		String resource = SentinelRules.limit(RuleConstant.FLOW_GRADE_QPS, perSecond);
		return () -> SphU.entry(resource).exit();
	}),

	/** See {@link SleepingBucket}: it is wrong, and widely copied. */
	SLEEPING_BUCKET("the asyncio bucket, ported", (perSecond, burst) -> new SleepingBucket(perSecond, burst));

	private final String title;

	private final Factory factory;

	TokenContender(String title, Factory factory) {
		this.title = title;
		this.factory = factory;
	}

	/**
	 * Make one of so many tokens a second.
	 * @param perSecond the rate
	 * @param burst the capacity, for those that have one
	 * @return the limiter
	 */
	public Tokens create(long perSecond, long burst) {
		return this.factory.create(perSecond, burst);
	}

	@Override
	public String toString() {
		return this.title;
	}

	private static Tokens resilience4j(long perSecond, int periodsPerSecond) {
		io.github.resilience4j.ratelimiter.RateLimiter limiter = io.github.resilience4j.ratelimiter.RateLimiter.of("it",
				RateLimiterConfig.custom()
					.limitForPeriod(Math.toIntExact(perSecond / periodsPerSecond))
					.limitRefreshPeriod(Duration.ofSeconds(1).dividedBy(periodsPerSecond))
					.timeoutDuration(Duration.ofSeconds(30))
					.build());
		return () -> {
			if (!limiter.acquirePermission()) {
				throw Refusals.STACKLESS;
			}
		};
	}

	/** Makes a limiter of a rate. */
	@FunctionalInterface
	private interface Factory {

		Tokens create(long perSecond, long burst);

	}

}
