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

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import org.jspecify.annotations.Nullable;

/**
 * A bulkhead, whose values are {@code max}, {@code timeout}, {@code maxWaiting} and those
 * that each kind has.
 */
final class AdjustableBulkhead extends AdjustableLimiter<ConcurrencyLimiterSpec> {

	private final ConcurrencyLimiter bulkhead;

	AdjustableBulkhead(ConcurrencyLimiter bulkhead) {
		super(bulkhead);
		this.bulkhead = bulkhead;
	}

	@Override
	ConcurrencyLimiterSpec spec() {
		return this.bulkhead.spec();
	}

	@Override
	ConcurrencyLimiterSpec configured() {
		return this.bulkhead.configured();
	}

	@Override
	ConcurrencyLimiterSpec change(UnaryOperator<ConcurrencyLimiterSpec> change) {
		return this.bulkhead.change(change);
	}

	@Override
	Map<String, @Nullable Object> values(ConcurrencyLimiterSpec spec) {
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		values.put("max", spec.max());
		values.put("timeout", spec.timeout());
		values.put("maxWaiting", spec.maxWaiting());
		putShared(values, spec, spec.plans());
		return values;
	}

	@Override
	ConcurrencyLimiterSpec spec(Map<String, @Nullable Object> values) {
		return new ConcurrencyLimiterSpec(get(values, "max", Integer.class), get(values, "timeout", Duration.class),
				get(values, "maxWaiting", Integer.class), get(values, "enforce", Integer.class),
				get(values, "maxKeys", Integer.class), plans(values))
			.withSharing(spec().sharing());
	}

	@Override
	Map<String, @Nullable Object> parse(Map<String, String> request, Map<String, @Nullable Object> before) {
		Map<String, @Nullable Object> parsed = new LinkedHashMap<>();
		request.forEach((key, text) -> {
			switch (key) {
				case "max" -> parsed.put(key, integer(key, text));
				case "timeout" -> parsed.put(key, DurationText.parse(key, text));
				case "maxWaiting" -> parsed.put(key, waiting(text));
				case "enforce" -> parsed.put(key, percent(text));
				case "maxKeys" -> parsed.put(key, integer(key, text));
				default -> throw new InvalidChangeException(
						"A bulkhead has no '" + key + "': it has max, timeout, maxWaiting, enforce and maxKeys.");
			}
		});
		return parsed;
	}

}
