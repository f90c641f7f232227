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
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

import com.google.common.util.concurrent.RateLimiter;
import io.github.bucket4j.Bucket;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiterSpec;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;

/**
 * What says no: there is one permit, or one token an hour, and nobody may wait for the
 * next. The first call takes it, all others are refused. Only Penstock counts them. Left
 * out is what cannot refuse at once: Spring's throttle with its default policy,
 * Sentinel's pacing, and the limiter of Netflix that waits.
 */
public enum RefusalContender {

	/** One read. */
	TWO_CAS("permit: one read of one word (floor)", () -> new CasPermits(1)::tryTake),

	/** With a {@code null} for an answer. */
	PENSTOCK_PERMIT("permit: Penstock", () -> {
		ConcurrencyLimiter limiter = penstockPermits();
		return () -> limiter.tryAcquire() != null;
	}),

	/** With a {@code boolean} for an answer, as those that follow. */
	SEMAPHORE("permit: j.u.c. Semaphore", () -> new Semaphore(1)::tryAcquire),

	/** Makes an event for listeners, if there are any. */
	RESILIENCE4J_PERMIT("permit: Resilience4j", () -> resilience4jPermits(false)::tryAcquirePermission),

	/** A lock. */
	FAILSAFE_PERMIT("permit: Failsafe", () -> dev.failsafe.Bulkhead.of(1)::tryAcquirePermit),

	/** The clock and one read. */
	GCRA("token: GCRA (floor)", () -> new CasTokens(Duration.ofHours(1).toNanos(), 1)::tryTake),

	/** And an exact count of what it refused. */
	COUNTING_GCRA("token: the same, counting refusals",
			() -> new CountingTokens(Duration.ofHours(1).toNanos(), 1)::tryTake),

	/** With a {@code boolean} for an answer, as those that follow. */
	PENSTOCK_TOKEN("token: Penstock", () -> penstockTokens()::tryAcquire),

	/** Makes an event for listeners, if there are any. */
	RESILIENCE4J_TOKEN("token: Resilience4j", () -> resilience4jTokens(false)::acquirePermission),

	/** A lock. */
	FAILSAFE_TOKEN("token: Failsafe",
			() -> dev.failsafe.RateLimiter.smoothBuilder(Duration.ofHours(1)).build()::tryAcquirePermit),

	/** A lock. */
	GUAVA_TOKEN("token: Guava", () -> RateLimiter.create(1.0 / Duration.ofHours(1).toSeconds())::tryAcquire),

	/** With the clock in nanoseconds. */
	BUCKET4J_TOKEN("token: Bucket4j", () -> {
		Bucket bucket = Bucket.builder()
			.addLimit((limit) -> limit.capacity(1).refillGreedy(1, Duration.ofHours(1)))
			.withNanosecondPrecision()
			.build();
		return () -> bucket.tryConsume(1);
	}),

	/** A new exception without a stack trace, and nothing else. */
	EXCEPTION("thrown: a stackless exception (floor)", () -> () -> {
		throw new Refusals.Stackless();
	}),

	/** What an annotated method throws; it has the numbers of the moment. */
	PENSTOCK_PERMIT_THROWN("thrown: Penstock, permit", () -> {
		ConcurrencyLimiter limiter = penstockPermits();
		// By another holder: who enters twice holds one permit.
		limiter.tryAcquire();
		return limiter::enter;
	}),

	/** What an annotated method throws; it has the exact time of the next token. */
	PENSTOCK_TOKEN_THROWN("thrown: Penstock, token", () -> {
		io.github.penstock.RateLimiter limiter = penstockTokens();
		return () -> {
			limiter.enter();
			return true;
		};
	}),

	/** As an annotated method throws it by default. */
	RESILIENCE4J_PERMIT_THROWN("thrown: Resilience4j, permit", () -> resilience4jThrown(resilience4jPermits(true))),

	/** With {@code writableStackTraceEnabled} switched off. */
	RESILIENCE4J_PERMIT_STACKLESS("thrown: Resilience4j, permit, stackless",
			() -> resilience4jThrown(resilience4jPermits(false))),

	/** As an annotated method throws it by default. */
	RESILIENCE4J_TOKEN_THROWN("thrown: Resilience4j, token", () -> resilience4jThrown(resilience4jTokens(true))),

	/** With {@code writableStackTraceEnabled} switched off. */
	RESILIENCE4J_TOKEN_STACKLESS("thrown: Resilience4j, token, stackless",
			() -> resilience4jThrown(resilience4jTokens(false)));

	private final String title;

	private final Supplier<Supplier<Object>> factory;

	RefusalContender(String title, Supplier<Supplier<Object>> factory) {
		this.title = title;
		this.factory = factory;
	}

	/**
	 * Make one that has nothing left to give.
	 * @return a call, which is refused
	 */
	public Supplier<Object> create() {
		Supplier<Object> call = this.factory.get();
		call(call);
		if (Boolean.TRUE.equals(call(call))) {
			throw new IllegalStateException(this + " let a second call in");
		}
		return call;
	}

	static Object call(Supplier<Object> call) {
		try {
			return call.get();
		}
		catch (RuntimeException ex) {
			return ex;
		}
	}

	@Override
	public String toString() {
		return this.title;
	}

	private static ConcurrencyLimiter penstockPermits() {
		return new LimiterRegistry().register("it", ConcurrencyLimiterSpec.of(1).withTimeout(Duration.ZERO));
	}

	private static io.github.penstock.RateLimiter penstockTokens() {
		return new LimiterRegistry().register("it",
				RateLimiterSpec.of(1, Duration.ofHours(1)).withTimeout(Duration.ZERO));
	}

	private static Bulkhead resilience4jPermits(boolean stackTrace) {
		return Bulkhead.of("it",
				BulkheadConfig.custom()
					.maxConcurrentCalls(1)
					.maxWaitDuration(Duration.ZERO)
					.writableStackTraceEnabled(stackTrace)
					.build());
	}

	private static io.github.resilience4j.ratelimiter.RateLimiter resilience4jTokens(boolean stackTrace) {
		return io.github.resilience4j.ratelimiter.RateLimiter.of("it",
				RateLimiterConfig.custom()
					.limitForPeriod(1)
					.limitRefreshPeriod(Duration.ofHours(1))
					.timeoutDuration(Duration.ZERO)
					.writableStackTraceEnabled(stackTrace)
					.build());
	}

	private static Supplier<Object> resilience4jThrown(Bulkhead bulkhead) {
		return () -> {
			bulkhead.acquirePermission();
			return true;
		};
	}

	private static Supplier<Object> resilience4jThrown(io.github.resilience4j.ratelimiter.RateLimiter limiter) {
		return () -> {
			io.github.resilience4j.ratelimiter.RateLimiter.waitForPermission(limiter);
			return true;
		};
	}

}
