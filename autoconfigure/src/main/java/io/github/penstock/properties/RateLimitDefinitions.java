package io.github.penstock.properties;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.LimiterSpec;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
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
	@Nullable RateLimiterSpec merge(String name, PenstockProperties.@Nullable RateLimit configured,
			PenstockProperties.Defaults defaults, Merge<DeclaredRateLimit> merge) {
		PenstockProperties.RateLimit properties = (configured != null) ? configured
				: PenstockProperties.RateLimit.EMPTY;
		Rate rate = rate(properties, merge);
		if (rate == null) {
			return null;
		}
		boolean exact = Boolean.TRUE.equals(properties.sliding());
		Long burst = merge.pick("burst", properties.burst(), (place) -> (exact) ? null : place.burst());
		if (burst == null) {
			merge.noteDefault("burst");
		}
		Duration timeout = merge.pickTimeout(properties.timeout(), DeclaredRateLimit::timeout,
				defaults.timeoutOrDefault());
		int maxWaiting = merge.pick("max-waiting", properties.maxWaiting(), DeclaredRateLimit::maxWaiting,
				ConcurrencyLimiterSpec.UNBOUNDED, "the default");
		boolean sliding = merge.pick("sliding", properties.sliding(), DeclaredRateLimit::sliding, false, "the default");
		if (sliding && rate.rps() != null) {
			throw DeclaredRateLimit.slidingAndRps(rate.rps(), merge.place("sliding"));
		}
		if (sliding && burst != null) {
			throw DeclaredRateLimit.slidingAndBurst(merge.place("burst"), merge.place("sliding"));
		}
		int enforce = merge.pickEnforce(properties.enforce(), DeclaredRateLimit::enforce, defaults);
		int maxKeys = merge.pick("max-keys", properties.maxKeys(), DeclaredRateLimit::maxKeys,
				LimiterSpec.DEFAULT_MAX_KEYS, "the default");
		Map<String, RateLimiterSpec.Plan> plans = merge.pick("plans", plans(properties.plans(), sliding, merge),
				DeclaredRateLimit::plans, Map.of(), "the default");
		return new RateLimiterSpec(rate.limit(), rate.per(), burst, timeout, maxWaiting, sliding, enforce, maxKeys,
				plans);
	}

	private static @Nullable Map<String, RateLimiterSpec.Plan> plans(
			Map<String, PenstockProperties.RatePlan> configured, boolean sliding, Merge<DeclaredRateLimit> merge) {
		Map<String, RateLimiterSpec.Plan> plans = new TreeMap<>();
		configured.forEach((name, plan) -> plans.put(name, plan(name, plan, sliding, merge)));
		return (!plans.isEmpty()) ? plans : null;
	}

	private static RateLimiterSpec.Plan plan(String name, PenstockProperties.RatePlan plan, boolean sliding,
			Merge<DeclaredRateLimit> merge) {
		String prefix = Merge.plan(name);
		String given = (plan.limit() != null) ? "limit" : "per";
		if (plan.rps() != null) {
			if (plan.limit() != null || plan.per() != null) {
				throw DeclaredRateLimit.twice(merge.place(prefix + "rps"), merge.place(prefix + given));
			}
			if (sliding) {
				throw DeclaredRateLimit.slidingAndRps(merge.place(prefix + "rps"), merge.place("sliding"));
			}
			return new RateLimiterSpec.Plan(plan.rps(), DeclaredRateLimit.SECOND, plan.burst());
		}
		if ((plan.limit() == null) != (plan.per() == null)) {
			String missing = (plan.limit() != null) ? "per" : "limit";
			throw new InvalidLimitDeclarationException(merge.place(prefix + given),
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
		BigDecimal limit = merge.pick("limit",
				(properties.limit() != null) ? BigDecimal.valueOf(properties.limit()) : null,
				(place) -> (own && place.rps()) ? null : place.limit());
		Duration per = merge.pick("per", properties.per(), (place) -> (own && place.rps()) ? null : place.per());
		if (limit == null || per == null) {
			return null;
		}
		merge.join("rate", "limit", "per");
		return new Rate(limit, per, (own) ? null : merge.placeWhere(DeclaredRateLimit::rps));
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
