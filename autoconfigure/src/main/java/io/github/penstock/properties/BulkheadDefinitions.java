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

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Sharing;
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
	DeclaredBulkhead defaults(PenstockProperties values) {
		return LimiterDefaults.bulkhead(values);
	}

	@Override
	@Nullable ConcurrencyLimiterSpec merge(String name, PenstockProperties.@Nullable Bulkhead configured,
			PenstockProperties values, Merge<DeclaredBulkhead> merge) {
		PenstockProperties.Bulkhead properties = (configured != null) ? configured : PenstockProperties.Bulkhead.EMPTY;
		Integer max = merge.pick("max", properties.max(), DeclaredBulkhead::max);
		if (max == null) {
			return null;
		}
		Duration timeout = merge.pickTimeout(properties.timeout(), values.defaults());
		int maxWaiting = merge.pickMaxWaiting(properties.maxWaiting());
		int enforce = merge.pickEnforce(properties.enforce(), values.defaults());
		int maxKeys = merge.pickMaxKeys(properties.maxKeys());
		Map<String, Integer> plans = merge.pick("plans", plans(properties.plans()), DeclaredBulkhead::plans, Map.of());
		Sharing sharing = merge.pickSharing(properties.shared(), properties.onOutage(),
				values.defaults().bulkhead().onOutage(), values.shared().onOutage());
		if (properties.maxHold() != null) {
			sharing = merge.withMaxHold(sharing, properties.maxHold());
		}
		else if (sharing != null) {
			sharing = merge.withDefaultMaxHold(sharing, values.defaults().bulkhead().maxHold());
		}
		return new ConcurrencyLimiterSpec(max, timeout, maxWaiting, enforce, maxKeys, plans, sharing);
	}

	static @Nullable Map<String, Integer> plans(Map<String, PenstockProperties.BulkheadPlan> configured) {
		Map<String, Integer> plans = new TreeMap<>();
		for (Map.Entry<String, PenstockProperties.BulkheadPlan> plan : configured.entrySet()) {
			if (plan.getValue().max() != null) {
				plans.put(plan.getKey(), plan.getValue().max());
			}
		}
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
