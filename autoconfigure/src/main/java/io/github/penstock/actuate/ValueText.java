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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.RateLimiterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Values of limiters as they are shown, and as they may be sent back: numbers as numbers,
 * anything else as text.
 */
final class ValueText {

	private ValueText() {
	}

	static @Nullable Object of(String name, @Nullable Object value) {
		if (name.equals("maxWaiting") && Integer.valueOf(ConcurrencyLimiterSpec.UNBOUNDED).equals(value)) {
			return AdjustableLimiter.UNBOUNDED;
		}
		if (name.equals("burst") && value == null) {
			return "default";
		}
		if (value instanceof Duration duration) {
			return DurationText.of(duration);
		}
		if (name.equals("enforce") && value instanceof Integer percent) {
			return PercentText.of(percent);
		}
		if (value instanceof Map<?, ?> plans) {
			return (plans.isEmpty()) ? "none"
					: plans.entrySet()
						.stream()
						.map((plan) -> plan.getKey() + ": " + plan(plan.getValue()))
						.collect(Collectors.joining("; "));
		}
		return (value instanceof Rate rate) ? rate.toString() : value;
	}

	private static String plan(Object value) {
		if (!(value instanceof RateLimiterSpec.Plan plan)) {
			return String.valueOf(value);
		}
		List<String> values = new ArrayList<>();
		if (plan.limit() != null && plan.per() != null) {
			values.add(new Rate(plan.limit(), plan.per()).toString());
		}
		if (plan.burst() != null) {
			values.add("burst " + plan.burst());
		}
		return String.join(", ", values);
	}

}
