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
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

import com.alibaba.csp.sentinel.Entry;
import com.alibaba.csp.sentinel.SphU;
import com.alibaba.csp.sentinel.slots.block.RuleConstant;
import com.netflix.concurrency.limits.Limiter;
import com.netflix.concurrency.limits.limit.FixedLimit;
import com.netflix.concurrency.limits.limiter.BlockingLimiter;
import com.netflix.concurrency.limits.limiter.SimpleLimiter;
import dev.failsafe.Bulkhead;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.resilience4j.bulkhead.BulkheadConfig;

import org.springframework.util.ConcurrencyThrottleSupport;

/**
 * What limits concurrency. Where nothing else is said a call waits in a fair line for 30
 * seconds at most.
 */
public enum PermitContender {

	/** Two compare-and-sets on one word: see {@link CasPermits}. */
	TWO_CAS("two CAS on one word (floor)", CasPermits::new),

	/** What {@code @Bulkhead} does around a plain method. */
	PENSTOCK_SCOPE("Penstock, enter and exit", (max) -> {
		ConcurrencyLimiter limiter = penstock(max);
		return (body) -> {
			Object entry = limiter.enter();
			try {
				body.run();
			}
			finally {
				limiter.exit(entry);
			}
		};
	}),

	/** A permit that may go to another thread, given back once. It does not wait. */
	PENSTOCK_PERMIT("Penstock, tryAcquire and close", (max) -> {
		ConcurrencyLimiter limiter = penstock(max);
		return (body) -> {
			Permit permit = limiter.tryAcquire();
			if (permit == null) {
				throw Refusals.STACKLESS;
			}
			try (permit) {
				body.run();
			}
		};
	}),

	/** No counters; not to be shrunk; an error of the caller may add permits. */
	SEMAPHORE_FAIR("j.u.c. Semaphore, fair", (max) -> semaphore(new Semaphore(max, true))),

	/** As the fair one, and a newcomer may pass those who wait. */
	SEMAPHORE_UNFAIR("j.u.c. Semaphore, unfair", (max) -> semaphore(new Semaphore(max))),

	/** A fair semaphore with events; a misused permit is not noticed. */
	RESILIENCE4J("Resilience4j Bulkhead", (max) -> {
		io.github.resilience4j.bulkhead.Bulkhead bulkhead = io.github.resilience4j.bulkhead.Bulkhead.of("it",
				BulkheadConfig.custom().maxConcurrentCalls(max).maxWaitDuration(Duration.ofSeconds(30)).build());
		return (body) -> {
			bulkhead.acquirePermission();
			try {
				body.run();
			}
			finally {
				bulkhead.onComplete();
			}
		};
	}),

	/** Waits without end, in no order; no counters, no line to bound. */
	SPRING("Spring ConcurrencyThrottleSupport", Throttle::new),

	/** A caller that times out keeps its place, and with it a permit, for ever. */
	FAILSAFE("Failsafe Bulkhead", (max) -> {
		Bulkhead<Object> bulkhead = Bulkhead.of(max);
		Duration timeout = Duration.ofSeconds(30);
		return (body) -> {
			bulkhead.acquirePermit(timeout);
			try {
				body.run();
			}
			finally {
				bulkhead.releasePermit();
			}
		};
	}),

	/** Waits in no order: a monitor, with which all waiters wake at each release. */
	CONCURRENCY_LIMITS("Netflix concurrency-limits, fixed", (max) -> {
		Limiter<Object> limiter = BlockingLimiter.wrap(SimpleLimiter.newBuilder().limit(FixedLimit.of(max)).build(),
				Duration.ofSeconds(30));
		Object context = new Object();
		return (body) -> {
			Limiter.Listener permit = limiter.acquire(context).orElseThrow();
			try {
				body.run();
			}
			finally {
				permit.onSuccess();
			}
		};
	}),

	/** Does not wait; counts after it has looked, so that more than max may get in. */
	SENTINEL("Sentinel, thread count", (max) -> {
		String resource = SentinelRules.limit(RuleConstant.FLOW_GRADE_THREAD, max);
		return (body) -> {
			try (Entry entry = SphU.entry(resource)) {
				body.run();
			}
		};
	});

	private final String title;

	private final IntFunction<Permits> factory;

	PermitContender(String title, IntFunction<Permits> factory) {
		this.title = title;
		this.factory = factory;
	}

	/**
	 * Make one with so many permits.
	 * @param max the permits
	 * @return the limiter
	 */
	public Permits create(int max) {
		return this.factory.apply(max);
	}

	@Override
	public String toString() {
		return this.title;
	}

	private static ConcurrencyLimiter penstock(int max) {
		return new LimiterRegistry().register("it", ConcurrencyLimiterSpec.of(max));
	}

	private static Permits semaphore(Semaphore semaphore) {
		return (body) -> {
			if (!semaphore.tryAcquire(30, TimeUnit.SECONDS)) {
				throw Refusals.STACKLESS;
			}
			try {
				body.run();
			}
			finally {
				semaphore.release();
			}
		};
	}

	/** What {@code @ConcurrencyLimit} is made of. */
	private static final class Throttle extends ConcurrencyThrottleSupport implements Permits {

		private static final long serialVersionUID = 1L;

		Throttle(int max) {
			setConcurrencyLimit(max);
		}

		@Override
		public void around(Runnable body) {
			beforeAccess();
			try {
				body.run();
			}
			finally {
				afterAccess();
			}
		}

	}

}
