package io.github.penstock.properties;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.LimiterSpec;
import org.jspecify.annotations.Nullable;

/**
 * The definitions of the bulkheads.
 */
final class BulkheadDefinitions extends
		LimiterDefinitions<PenstockProperties.Bulkhead, DeclaredBulkhead, ConcurrencyLimiterSpec, ConcurrencyLimiter> {

	BulkheadDefinitions(ConfiguredProperties properties, SerialTasks tasks, Predicate<String> inherited) {
		super("bulkhead", properties, tasks, inherited);
	}

	@Override
	NamedProperties<PenstockProperties.Bulkhead> section(ConfiguredProperties properties) {
		return properties.bulkheads();
	}

	@Override
	@Nullable ConcurrencyLimiterSpec merge(String name, PenstockProperties.@Nullable Bulkhead configured,
			PenstockProperties.Defaults defaults, Merge<DeclaredBulkhead> merge) {
		PenstockProperties.Bulkhead properties = (configured != null) ? configured : PenstockProperties.Bulkhead.EMPTY;
		Integer max = merge.pick("max", properties.max(), DeclaredBulkhead::max);
		if (max == null) {
			return null;
		}
		Duration timeout = merge.pickTimeout(properties.timeout(), DeclaredBulkhead::timeout,
				defaults.timeoutOrDefault());
		int maxWaiting = merge.pick("max-waiting", properties.maxWaiting(), DeclaredBulkhead::maxWaiting,
				ConcurrencyLimiterSpec.UNBOUNDED, "the default");
		int enforce = merge.pickEnforce(properties.enforce(), DeclaredBulkhead::enforce, defaults);
		int maxKeys = merge.pick("max-keys", properties.maxKeys(), DeclaredBulkhead::maxKeys,
				LimiterSpec.DEFAULT_MAX_KEYS, "the default");
		Map<String, Integer> plans = merge.pick("plans", plans(properties.plans()), DeclaredBulkhead::plans, Map.of(),
				"the default");
		return new ConcurrencyLimiterSpec(max, timeout, maxWaiting, enforce, maxKeys, plans);
	}

	private static @Nullable Map<String, Integer> plans(Map<String, PenstockProperties.BulkheadPlan> configured) {
		Map<String, Integer> plans = new TreeMap<>();
		configured.forEach((name, plan) -> {
			if (plan.max() != null) {
				plans.put(name, plan.max());
			}
		});
		return (!plans.isEmpty()) ? plans : null;
	}

	@Override
	Missing missing(Merge<DeclaredBulkhead> merge) {
		return new Missing("max", "max: 10");
	}

	@Override
	@Nullable ConcurrencyLimiter find(LimiterRegistry registry, String name) {
		return registry.findConcurrencyLimiter(name);
	}

	@Override
	void define(LimiterRegistry registry, String name, Supplier<ConcurrencyLimiterSpec> spec) {
		registry.defineConcurrencyLimiter(name, spec);
	}

	@Override
	void configure(ConcurrencyLimiter limiter, ConcurrencyLimiterSpec spec) {
		limiter.configure(spec);
	}

	@Override
	DeclaredBulkhead fromCode(ConcurrencyLimiter limiter, String where) {
		return DeclaredBulkhead.of(limiter.configured(), where);
	}

	@Override
	Map<String, String> values(ConcurrencyLimiterSpec spec) {
		Map<String, String> values = new LinkedHashMap<>();
		values.put("max", String.valueOf(spec.max()));
		values.put("timeout", Declared.text(spec.timeout()));
		values.put("max-waiting", Declared.waiting(spec.maxWaiting()));
		Declared.putOthers(values, spec, spec.plans().keySet());
		return values;
	}

}
