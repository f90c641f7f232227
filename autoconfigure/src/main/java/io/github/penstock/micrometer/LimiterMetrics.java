package io.github.penstock.micrometer;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Holder;
import io.github.penstock.Limiter;
import io.github.penstock.LimiterListener;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.RefusalReason;
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

	private static final Set<RefusalReason> BULKHEAD_REASONS = EnumSet
		.complementOf(EnumSet.of(RefusalReason.WAIT_TOO_LONG));

	private static final Set<RefusalReason> RATE_LIMIT_REASONS = EnumSet.complementOf(EnumSet.of(RefusalReason.CLOSED));

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
		bindLine("penstock.bulkhead", bulkhead, BULKHEAD_REASONS, registry);
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
		bindLine("penstock.ratelimit", rateLimit, RATE_LIMIT_REASONS, registry);
	}

	/** What all limiters have in common. */
	private static void bindLine(String prefix, Limiter limiter, Set<RefusalReason> reasons, MeterRegistry registry) {
		String name = limiter.name();
		Gauge.builder(prefix + ".waiting", limiter, Limiter::waiting)
			.description("Calls that stand in line")
			.baseUnit("calls")
			.tag("name", name)
			.register(registry);
		FunctionCounter.builder(prefix + ".calls", limiter, (counted) -> counted.stats().granted())
			.description("Calls by what became of them")
			.tag("name", name)
			.tag("outcome", "granted")
			.register(registry);
		for (RefusalReason reason : reasons) {
			FunctionCounter
				.builder(prefix + ".calls", limiter, (counted) -> counted.stats().refused().getOrDefault(reason, 0L))
				.description("Calls by what became of them")
				.tag("name", name)
				.tag("outcome", text(reason))
				.register(registry);
		}
		Timer wait = Timer.builder(prefix + ".wait")
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

	private static String text(RefusalReason reason) {
		return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
