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

package io.github.penstock.properties;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.Sharing;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import org.jspecify.annotations.Nullable;

/**
 * The definitions of the rate limits.
 */
final class RateLimitDefinitions
		extends LimiterDefinitions<PenstockProperties.RateLimit, DeclaredRateLimit, RateLimiterSpec, RateLimiter> {

	RateLimitDefinitions(ConfiguredProperties properties, SerialTasks tasks, Predicate<String> inherited) {
		super("rate limit", properties, tasks, inherited);
	}

	@Override
	NamedProperties<PenstockProperties.RateLimit> section(ConfiguredProperties properties) {
		return properties.rateLimits();
	}

	@Override
	DeclaredRateLimit defaults(PenstockProperties values) {
		return LimiterDefaults.rateLimit(values, NamedProperties::readable);
	}

	@Override
	@Nullable RateLimiterSpec merge(String name, PenstockProperties.@Nullable RateLimit configured, PenstockProperties values,
			Merge<DeclaredRateLimit> merge) {
		PenstockProperties.RateLimit properties = (configured != null) ? configured
				: PenstockProperties.RateLimit.EMPTY;
		Rate rate = rate(properties, merge);
		if (rate == null) {
			return null;
		}
		boolean exact = Boolean.TRUE.equals(properties.sliding());
		boolean sliding = merge.pick("sliding", properties.sliding(), DeclaredRateLimit::sliding, false);
		boolean replaced = sliding && merge.isSaid("sliding");
		Long burst = merge.pick("burst", properties.burst(),
				(place) -> (exact || (replaced && place.isDefault())) ? null : place.burst());
		if (burst == null) {
			merge.noteDefault("burst");
		}
		Duration timeout = merge.pickTimeout(properties.timeout(), values.defaults());
		int maxWaiting = merge.pickMaxWaiting(properties.maxWaiting());
		if (sliding && rate.rps() != null) {
			throw DeclaredRateLimit.slidingAndRps(rate.rps(), merge.place("sliding"));
		}
		if (sliding && burst != null) {
			throw DeclaredRateLimit.slidingAndBurst(merge.place("burst"), merge.place("sliding"));
		}
		int enforce = merge.pickEnforce(properties.enforce(), values.defaults());
		int maxKeys = merge.pickMaxKeys(properties.maxKeys());
		Map<String, RateLimiterSpec.Plan> plans = merge.pick("plans",
				plans(properties.plans(), (sliding) ? merge.place("sliding") : null, merge::place),
				DeclaredRateLimit::plans, Map.of());
		Sharing sharing = merge.pickSharing(properties.shared(), properties.onOutage(),
				values.defaults().rateLimit().onOutage(), values.shared().onOutage());
		return new RateLimiterSpec(rate.limit(), rate.per(), burst, timeout, maxWaiting, sliding, enforce, maxKeys,
				plans, sharing);
	}

	/**
	 * Read plans.
	 * @param sliding where it is said that the window slides, {@code null} if it does not
	 * @param places where each property stands
	 */
	static @Nullable Map<String, RateLimiterSpec.Plan> plans(Map<String, PenstockProperties.RatePlan> configured,
			@Nullable String sliding, UnaryOperator<String> places) {
		Map<String, RateLimiterSpec.Plan> plans = new TreeMap<>();
		for (Map.Entry<String, PenstockProperties.RatePlan> plan : configured.entrySet()) {
			plans.put(plan.getKey(), plan(plan.getKey(), plan.getValue(), sliding, places));
		}
		return (!plans.isEmpty()) ? plans : null;
	}

	private static RateLimiterSpec.Plan plan(String name, PenstockProperties.RatePlan plan, @Nullable String sliding,
			UnaryOperator<String> places) {
		String prefix = Merge.plan(name);
		String given = (plan.limit() != null) ? "limit" : "per";
		if (plan.rps() != null) {
			if (plan.limit() != null || plan.per() != null) {
				throw DeclaredRateLimit.twice(places.apply(prefix + "rps"), places.apply(prefix + given));
			}
			if (sliding != null) {
				throw DeclaredRateLimit.slidingAndRps(places.apply(prefix + "rps"), sliding);
			}
			return new RateLimiterSpec.Plan(plan.rps(), DeclaredRateLimit.SECOND, plan.burst());
		}
		if ((plan.limit() == null) != (plan.per() == null)) {
			String missing = (plan.limit() != null) ? "per" : "limit";
			throw new InvalidLimitDeclarationException(places.apply(prefix + given),
					"plan '" + name + "' has a " + given + " and no " + missing,
					"Add " + missing + " to the plan, as in limit: 100, per: 1m, or write rps instead");
		}
		return new RateLimiterSpec.Plan((plan.limit() != null) ? BigDecimal.valueOf(plan.limit()) : null, plan.per(),
				plan.burst());
	}

	/**
	 * The rate is one value that may be written in two ways: a configuration that says it
	 * in the one way is not completed by an annotation that says it in the other. So is a
	 * window that the configuration calls sliding, which needs a limit and a period.
	 */
	private @Nullable Rate rate(PenstockProperties.RateLimit properties, Merge<DeclaredRateLimit> merge) {
		if (properties.rps() != null) {
			if (properties.limit() != null || properties.per() != null) {
				throw DeclaredRateLimit.twice(merge.place("rps"),
						merge.place((properties.limit() != null) ? "limit" : "per"));
			}
			merge.noteConfigured("rate", "rps");
			return new Rate(properties.rps(), DeclaredRateLimit.SECOND, merge.place("rps"));
		}
		boolean own = properties.limit() != null || properties.per() != null
				|| Boolean.TRUE.equals(properties.sliding());
		boolean said = own || merge.says((place) -> place.limit() != null || place.per() != null);
		BigDecimal limit = merge.pick("limit",
				(properties.limit() != null) ? BigDecimal.valueOf(properties.limit()) : null,
				(place) -> isReplaced(place, own, said) ? null : place.limit());
		Duration per = merge.pick("per", properties.per(),
				(place) -> isReplaced(place, own, said) ? null : place.per());
		if (limit == null || per == null) {
			return null;
		}
		boolean byDefault = merge.isConfiguredDefault("limit");
		merge.join("rate", "limit", "per");
		if (byDefault && merge.isDefault(DeclaredRateLimit::rps)) {
			merge.noteConfiguredDefault("rate", limit, "rps");
			return new Rate(limit, per, merge.place("rate"));
		}
		return new Rate(limit, per, (own) ? null : merge.placeWhere(DeclaredRateLimit::rps));
	}

	/**
	 * Whether a place says the rate by rps, and somebody who counts for more says it
	 * otherwise.
	 * @param own whether the properties of the limiter do
	 * @param said whether anybody does for this limiter
	 */
	private static boolean isReplaced(DeclaredRateLimit place, boolean own, boolean said) {
		return place.rps() && (own || (said && place.isDefault()));
	}

	@Override
	Missing missing(Merge<DeclaredRateLimit> merge) {
		if (merge.has("limit")) {
			return new Missing("per, though it has a limit" + replacing(merge, "limit"), "per: 1s");
		}
		return merge.has("per") ? new Missing("limit, though it has a per" + replacing(merge, "per"), "limit: 100")
				: new Missing("rate", "rps: 100");
	}

	private static String replacing(Merge<DeclaredRateLimit> merge, String property) {
		WrittenProperty rps = merge.written("rps");
		return (rps != null && merge.written(property) != null)
				? " (" + merge.place(property) + " replaces " + rps.place() + ")" : "";
	}

	@Override
	@Nullable RateLimiter find(LimiterRegistry registry, String name) {
		return registry.findRateLimiter(name);
	}

	@Override
	void define(LimiterRegistry registry, String name, Supplier<RateLimiterSpec> spec) {
		registry.defineRateLimiter(name, spec);
	}

	@Override
	void configure(RateLimiter limiter, RateLimiterSpec spec) {
		limiter.configure(spec);
	}

	@Override
	DeclaredRateLimit fromCode(RateLimiter limiter, String where) {
		return DeclaredRateLimit.of(limiter.configured(), where);
	}

	@Override
	Map<String, String> values(RateLimiterSpec spec) {
		Map<String, String> values = new LinkedHashMap<>();
		values.put("rate", spec.rate());
		if (!spec.sliding()) {
			values.put("burst", String.valueOf(spec.capacity()));
		}
		values.put("timeout", Declared.text(spec.timeout()));
		values.put("max-waiting", Declared.waiting(spec.maxWaiting()));
		if (spec.sliding()) {
			values.put("sliding", "true");
		}
		Declared.putOthers(values, spec, spec.plans().keySet());
		return values;
	}

	/**
	 * A rate.
	 *
	 * @param limit the tokens in each period
	 * @param per the period
	 * @param rps where it is said as rps, {@code null} if it is not
	 */
	private record Rate(BigDecimal limit, Duration per, @Nullable String rps) {
	}

}
