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

package io.github.penstock.actuate;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.Holder;
import io.github.penstock.Limiter;
import io.github.penstock.LimiterKeys;
import io.github.penstock.LimiterSpec;
import io.github.penstock.LimiterStats;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.RefusalReason;
import io.github.penstock.SharedStatus;
import io.github.penstock.Sharing;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * Describes limiters, with all that is known of where they come from.
 */
public final class LimiterDescriber {

	private static final double NANOS_PER_SECOND = 1e9;

	private static final int MOST_HOLDERS = 100;

	private static final int MOST_KEYS = 20;

	private final LimiterOrigins origins;

	private final Iterable<LimiterUsages> usages;

	private final Iterable<LimiterPauses> pauses;

	private final LimiterChanges changes;

	private final boolean clearKeys;

	/**
	 * Create the describer.
	 * @param origins where configured values come from
	 * @param usages where limiters are at work, apart from annotated methods
	 * @param pauses which clients pause
	 * @param changes knows which values hold for a time
	 * @param clearKeys whether keys are shown as they are, instead of hashed
	 */
	public LimiterDescriber(LimiterOrigins origins, Iterable<LimiterUsages> usages, Iterable<LimiterPauses> pauses,
			LimiterChanges changes, boolean clearKeys) {
		this.origins = origins;
		this.usages = usages;
		this.pauses = pauses;
		this.changes = changes;
		this.clearKeys = clearKeys;
	}

	LimiterDescriptor describe(AdjustableLimiter<?> limiter, boolean alone) {
		LimiterStats stats = limiter.limiter().stats();
		Map<String, Long> refused = new TreeMap<>();
		stats.refused().forEach((reason, count) -> {
			if (reason != RefusalReason.UNAVAILABLE || limiter.spec().sharing() != null) {
				refused.put(text(reason), count);
			}
		});
		LimiterDescriptor.RefusedDescriptor refusals = new LimiterDescriptor.RefusedDescriptor(stats.refusedTotal(),
				refused);
		LimiterDescriptor.TimesDescriptor wait = times(stats.waited(), stats.waitTime());
		LimiterOrigin origin = origin(limiter);
		Map<String, LimiterDescriptor.ValueDescriptor> configuration = configuration(limiter, origin);
		List<LimiterDescriptor.UsageDescriptor> usedBy = usedBy(limiter, origin);
		List<LimiterDescriptor.PauseDescriptor> pauses = pauses(limiter.limiter());
		Map<String, LimiterDescriptor.PlanDescriptor> plans = plans(limiter.spec());
		LimiterDescriptor.KeysDescriptor keys = keys(limiter, alone);
		LimiterDescriptor.SharedDescriptor shared = shared(limiter.limiter().sharedStatus(), limiter.spec().sharing());
		int enforce = limiter.spec().enforce();
		if (limiter.limiter() instanceof ConcurrencyLimiter bulkhead) {
			List<Holder> oldest = bulkhead.holders(1);
			Double age = (!bulkhead.isTracked()) ? null
					: (oldest.isEmpty()) ? Double.valueOf(0) : seconds(oldest.get(0).age());
			boolean named = alone && bulkhead.isTracked();
			return new LimiterDescriptor(limiter.kind().toString(), limiter.name(), bulkhead.max(), null, null, null,
					bulkhead.inUse(), bulkhead.available(), bulkhead.waiting(), stats.granted(), refusals,
					stats.wouldRefuse(), enforce, null, null, wait, times(stats.holdsMeasured(), stats.holdTime()),
					configuration, limiter.version(), plans, keys, shared, usedBy, pauses, age,
					(named) ? holders(bulkhead.holders(MOST_HOLDERS)) : null,
					(named) ? holders(bulkhead.waiters(MOST_HOLDERS)) : null);
		}
		RateLimiter rateLimit = (RateLimiter) limiter.limiter();
		RateLimiterSpec spec = rateLimit.spec();
		return new LimiterDescriptor(limiter.kind().toString(), limiter.name(), plain(spec.limit()),
				DurationText.of(spec.per()), spec.ratePerSecond(), spec.capacity(), null, rateLimit.available(),
				rateLimit.waiting(), stats.granted(), refusals, stats.wouldRefuse(), enforce, stats.tokens(),
				rateLimit.debt(), wait, null, configuration, limiter.version(), plans, keys, shared, usedBy, pauses,
				null, null, (alone && rateLimit.isTracked()) ? holders(rateLimit.waiters(MOST_HOLDERS)) : null);
	}

	private static @Nullable Map<String, LimiterDescriptor.PlanDescriptor> plans(LimiterSpec spec) {
		Map<String, LimiterDescriptor.PlanDescriptor> plans = new TreeMap<>();
		if (spec instanceof RateLimiterSpec rate) {
			rate.plans().keySet().forEach((name) -> {
				RateLimiterSpec plan = rate.ofPlan(name);
				plans.put(name, new LimiterDescriptor.PlanDescriptor(plain(plan.limit()), DurationText.of(plan.per()),
						plan.capacity()));
			});
		}
		else if (spec instanceof ConcurrencyLimiterSpec permits) {
			permits.plans()
				.forEach((name, max) -> plans.put(name, new LimiterDescriptor.PlanDescriptor(max, null, null)));
		}
		return (!plans.isEmpty()) ? plans : null;
	}

	private static LimiterDescriptor.@Nullable SharedDescriptor shared(@Nullable SharedStatus status,
			@Nullable Sharing sharing) {
		return (status != null && sharing != null) ? new LimiterDescriptor.SharedDescriptor(status.instances(),
				status.inUse(), status.degraded(), text(sharing.onOutage())) : null;
	}

	private LimiterDescriptor.KeysDescriptor keys(AdjustableLimiter<?> limiter, boolean alone) {
		LimiterKeys keys = limiter.limiter().keys((alone) ? MOST_KEYS : 0);
		return new LimiterDescriptor.KeysDescriptor(keys.known(), limiter.spec().maxKeys(), keys.overflowed(),
				(alone) ? keys(keys.busiest()) : null, (alone) ? keys(keys.mostRefused()) : null);
	}

	private List<LimiterDescriptor.KeyDescriptor> keys(List<LimiterKeys.Key> keys) {
		return keys.stream()
			.map((key) -> new LimiterDescriptor.KeyDescriptor((this.clearKeys) ? key.value() : key.hash(),
					key.granted(), key.refused(), key.available()))
			.toList();
	}

	private static List<LimiterDescriptor.HolderDescriptor> holders(List<Holder> holders) {
		Instant now = Instant.now();
		return holders.stream()
			.map((holder) -> new LimiterDescriptor.HolderDescriptor(holder.what(), holder.thread(), holder.trace(),
					now.minus(holder.age()).toString(), seconds(holder.age())))
			.toList();
	}

	private static double seconds(Duration duration) {
		return duration.toNanos() / NANOS_PER_SECOND;
	}

	/** Not as 5E+3. */
	private static BigDecimal plain(BigDecimal number) {
		return (number.scale() < 0) ? number.setScale(0) : number;
	}

	private static String text(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	private static LimiterDescriptor.TimesDescriptor times(long count, Duration total) {
		double seconds = seconds(total);
		return new LimiterDescriptor.TimesDescriptor(count, seconds, (count > 0) ? seconds / count : 0);
	}

	private LimiterOrigin origin(AdjustableLimiter<?> limiter) {
		return (limiter.kind() == LimiterKind.BULKHEAD) ? this.origins.bulkhead(limiter.name())
				: this.origins.rateLimit(limiter.name());
	}

	private Map<String, LimiterDescriptor.ValueDescriptor> configuration(AdjustableLimiter<?> limiter,
			LimiterOrigin origin) {
		Map<String, LimiterDescriptor.ValueDescriptor> configuration = new LinkedHashMap<>();
		Map<String, @Nullable Object> configured = limiter.configuredValues();
		limiter.values().forEach((name, value) -> {
			if (name.equals("plans") && value instanceof Map<?, ?> plans && plans.isEmpty()
					&& value.equals(configured.get(name))) {
				return;
			}
			Instant until = this.changes.until(limiter, name);
			Object shown = ValueText.of(name, value);
			boolean changed = until != null || !Objects.equals(value, configured.get(name));
			configuration.put(name,
					(changed)
							? new LimiterDescriptor.ValueDescriptor(shown, "runtime",
									ValueText.of(name, configured.get(name)), (until != null) ? until.toString() : null)
							: new LimiterDescriptor.ValueDescriptor(shown, source(origin, name), null, null));
		});
		return configuration;
	}

	private static String source(LimiterOrigin origin, String name) {
		LimiterOrigin.Source source = origin.sources().get(DataObjectPropertyName.toDashedForm(name));
		return ((source != null) ? source : LimiterOrigin.Source.CODE).toString();
	}

	private List<LimiterDescriptor.UsageDescriptor> usedBy(AdjustableLimiter<?> limiter, LimiterOrigin origin) {
		List<LimiterDescriptor.UsageDescriptor> usedBy = new ArrayList<>();
		origin.usedBy().forEach((place) -> usedBy.add(descriptor(LimiterUsage.at(place))));
		for (LimiterUsages usages : this.usages) {
			usages.of(limiter.kind(), limiter.name()).forEach((usage) -> usedBy.add(descriptor(usage)));
		}
		return usedBy;
	}

	private static LimiterDescriptor.UsageDescriptor descriptor(LimiterUsage usage) {
		return new LimiterDescriptor.UsageDescriptor(usage.type().toString(), usage.name());
	}

	private @Nullable List<LimiterDescriptor.PauseDescriptor> pauses(Limiter limiter) {
		List<LimiterDescriptor.PauseDescriptor> all = new ArrayList<>();
		for (LimiterPauses pauses : this.pauses) {
			for (LimiterPause pause : pauses.of(limiter)) {
				all.add(new LimiterDescriptor.PauseDescriptor(pause.client(), seconds(pause.paused()),
						seconds(pause.restoring())));
			}
		}
		return (!all.isEmpty()) ? all : null;
	}

}
