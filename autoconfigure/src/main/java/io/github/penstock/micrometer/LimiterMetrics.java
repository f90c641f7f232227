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

package io.github.penstock.micrometer;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Holder;
import io.github.penstock.Limiter;
import io.github.penstock.LimiterListener;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.RefusalReason;
import io.github.penstock.SharedStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Meters of all limiters, of those too that are made later. They read what the limiters
 * count themselves; only a call that has waited records its wait. The number of meters
 * per limiter is fixed.
 */
public final class LimiterMetrics implements MeterBinder {

	private final LimiterRegistry limiters;

	/**
	 * Create the metrics.
	 * @param limiters the limiters
	 */
	public LimiterMetrics(LimiterRegistry limiters) {
		this.limiters = limiters;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.limiters.forEachLimiter((limiter) -> {
			if (limiter instanceof ConcurrencyLimiter bulkhead) {
				bindBulkhead(bulkhead, registry);
			}
			else {
				bindRateLimit((RateLimiter) limiter, registry);
			}
		});
	}

	private static void bindBulkhead(ConcurrencyLimiter bulkhead, MeterRegistry registry) {
		String name = bulkhead.name();
		Gauge.builder("penstock.bulkhead.limit", bulkhead, ConcurrencyLimiter::max)
			.description("Permits that there are")
			.baseUnit("permits")
			.tag("name", name)
			.register(registry);
		Gauge.builder("penstock.bulkhead.in.use", bulkhead, ConcurrencyLimiter::inUse)
			.description("Permits that are out")
			.baseUnit("permits")
			.tag("name", name)
			.register(registry);
		bindLine(LineMeters.BULKHEAD, bulkhead, registry);
		FunctionTimer
			.builder("penstock.bulkhead.hold", bulkhead, (limiter) -> limiter.stats().holdsMeasured(),
					(limiter) -> limiter.stats().holdTime().toNanos(), TimeUnit.NANOSECONDS)
			.description("How long permits are held, of the first of each 128")
			.tag("name", name)
			.register(registry);
		if (bulkhead.isTracked()) {
			TimeGauge.builder("penstock.bulkhead.oldest", bulkhead, TimeUnit.NANOSECONDS, LimiterMetrics::oldestNanos)
				.description("How long the oldest permit has been out")
				.tag("name", name)
				.register(registry);
		}
	}

	private static double oldestNanos(ConcurrencyLimiter bulkhead) {
		List<Holder> oldest = bulkhead.holders(1);
		return (oldest.isEmpty()) ? 0 : oldest.get(0).age().toNanos();
	}

	private static void bindRateLimit(RateLimiter rateLimit, MeterRegistry registry) {
		String name = rateLimit.name();
		Gauge.builder("penstock.ratelimit.rate", rateLimit, (limiter) -> limiter.spec().ratePerSecond())
			.description("Tokens that come in a second")
			.baseUnit("tokens")
			.tag("name", name)
			.register(registry);
		Gauge.builder("penstock.ratelimit.burst", rateLimit, (limiter) -> limiter.spec().capacity())
			.description("Tokens that a full bucket holds")
			.baseUnit("tokens")
			.tag("name", name)
			.register(registry);
		Gauge.builder("penstock.ratelimit.available", rateLimit, RateLimiter::available)
			.description("Tokens that could be taken now")
			.baseUnit("tokens")
			.tag("name", name)
			.register(registry);
		FunctionCounter.builder("penstock.ratelimit.tokens", rateLimit, tokensTaken())
			.description("Tokens that calls have taken, less those that came back")
			.baseUnit("tokens")
			.tag("name", name)
			.register(registry);
		Gauge.builder("penstock.ratelimit.debt", rateLimit, RateLimiter::debt)
			.description("Tokens that were charged and are not paid for by the clock yet")
			.baseUnit("tokens")
			.tag("name", name)
			.register(registry);
		bindLine(LineMeters.RATE_LIMIT, rateLimit, registry);
	}

	/**
	 * A counter only grows: where tokens come back, it stands still until as many were
	 * taken.
	 */
	private static ToDoubleFunction<RateLimiter> tokensTaken() {
		AtomicLong most = new AtomicLong();
		return (limiter) -> most.accumulateAndGet(limiter.stats().tokens(), Math::max);
	}

	/** What all limiters have in common. */
	private static void bindLine(LineMeters meters, Limiter limiter, MeterRegistry registry) {
		String name = limiter.name();
		Gauge.builder(meters.waiting(), limiter, Limiter::waiting)
			.description("Calls that stand in line")
			.baseUnit("calls")
			.tag("name", name)
			.register(registry);
		FunctionCounter.builder(meters.calls(), limiter, (counted) -> counted.stats().granted())
			.description("Calls by what became of them")
			.tag("name", name)
			.tag("outcome", "granted")
			.register(registry);
		FunctionCounter.builder(meters.calls(), limiter, (counted) -> counted.stats().wouldRefuse())
			.description("Calls by what became of them")
			.tag("name", name)
			.tag("outcome", "would-refuse")
			.register(registry);
		// No meter has a key as a tag: there may be any number of keys.
		Gauge.builder(meters.keys(), limiter, (keyed) -> keyed.keys(0).known())
			.description("Keys that have a supply of their own")
			.baseUnit("keys")
			.tag("name", name)
			.register(registry);
		FunctionCounter.builder(meters.overflowed(), limiter, (keyed) -> keyed.keys(0).overflowed())
			.description("Calls whose key was not known when there were as many as may be")
			.baseUnit("calls")
			.tag("name", name)
			.register(registry);
		if (limiter.sharedStatus() != null) {
			bindShared(meters, limiter, registry);
		}
		for (Map.Entry<RefusalReason, String> outcome : meters.outcomes().entrySet()) {
			RefusalReason reason = outcome.getKey();
			if (reason == RefusalReason.UNAVAILABLE && limiter.sharedStatus() == null) {
				continue;
			}
			FunctionCounter
				.builder(meters.calls(), limiter, (counted) -> counted.stats().refused().getOrDefault(reason, 0L))
				.description("Calls by what became of them")
				.tag("name", name)
				.tag("outcome", outcome.getValue())
				.register(registry);
		}
		Timer wait = Timer.builder(meters.waits())
			.description("How long calls stood in line that were let in after a wait")
			.tag("name", name)
			.register(registry);
		limiter.listen(new LimiterListener() {

			@Override
			public void waited(long nanos) {
				wait.record(nanos, TimeUnit.NANOSECONDS);
			}

		});
	}

	private static void bindShared(LineMeters meters, Limiter limiter, MeterRegistry registry) {
		Gauge.builder(meters.degraded(), limiter, (shared) -> status(shared, SharedStatus::degraded) ? 1 : 0)
			.description("1 while the store that all instances share does not answer")
			.tag("name", limiter.name())
			.register(registry);
		if (limiter instanceof ConcurrencyLimiter) {
			Counter lost = Counter.builder(meters.lost())
				.description("Permits that were not renewed in time, so that others may have them")
				.baseUnit("permits")
				.tag("name", limiter.name())
				.register(registry);
			limiter.listen(new LimiterListener() {

				@Override
				public void lost(int permits) {
					lost.increment(permits);
				}

			});
		}
	}

	private static boolean status(Limiter limiter, Predicate<SharedStatus> what) {
		SharedStatus status = limiter.sharedStatus();
		return status != null && what.test(status);
	}

	/**
	 * What a meter of each limiter is called: one text of each, for there may be ten
	 * thousand limiters.
	 *
	 * @param waiting calls that stand in line
	 * @param calls calls by what became of them
	 * @param keys keys that are known
	 * @param overflowed calls whose key was not
	 * @param waits how long calls stood in line
	 * @param degraded whether the store does not answer
	 * @param lost permits that were not renewed
	 * @param outcomes the reasons for which calls are refused, and what they are called
	 */
	private record LineMeters(String waiting, String calls, String keys, String overflowed, String waits,
			String degraded, String lost, Map<RefusalReason, String> outcomes) {

		static final LineMeters BULKHEAD = of("penstock.bulkhead",
				EnumSet.complementOf(EnumSet.of(RefusalReason.WAIT_TOO_LONG, RefusalReason.TOO_COSTLY)));

		static final LineMeters RATE_LIMIT = of("penstock.ratelimit",
				EnumSet.complementOf(EnumSet.of(RefusalReason.CLOSED)));

		private static LineMeters of(String prefix, Set<RefusalReason> reasons) {
			Map<RefusalReason, String> outcomes = new EnumMap<>(RefusalReason.class);
			for (RefusalReason reason : reasons) {
				outcomes.put(reason, reason.name().toLowerCase(Locale.ROOT).replace('_', '-'));
			}
			return new LineMeters(prefix + ".waiting", prefix + ".calls", prefix + ".keys", prefix + ".keys.overflowed",
					prefix + ".wait", prefix + ".degraded", prefix + ".lost", outcomes);
		}

	}

}
