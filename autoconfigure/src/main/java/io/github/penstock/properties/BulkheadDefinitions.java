package io.github.penstock.properties;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
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
	@Nullable ConcurrencyLimiterSpec merge(String name, PenstockProperties.@Nullable Bulkhead configured, Duration defaultTimeout,
			Merge<DeclaredBulkhead> merge) {
		PenstockProperties.Bulkhead properties = (configured != null) ? configured : PenstockProperties.Bulkhead.EMPTY;
		Integer max = merge.pick("max", properties.max(), DeclaredBulkhead::max);
		if (max == null) {
			return null;
		}
		Duration timeout = merge.pickTimeout(properties.timeout(), DeclaredBulkhead::timeout, defaultTimeout);
		int maxWaiting = merge.pick("max-waiting", properties.maxWaiting(), DeclaredBulkhead::maxWaiting,
				ConcurrencyLimiterSpec.UNBOUNDED, "the default");
		return new ConcurrencyLimiterSpec(max, timeout, maxWaiting);
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
		return values;
	}

}
