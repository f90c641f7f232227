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

package io.github.penstock;

import org.jspecify.annotations.Nullable;

/**
 * How many permits each key with the same plan has: what the limiter's values say now.
 */
final class KeyMax {

	private final SemaphoreLimiter limiter;

	private final @Nullable String plan;

	/** Of the values that were looked at last; any thread may write it. */
	private volatile OfValues latest;

	KeyMax(SemaphoreLimiter limiter, @Nullable String plan) {
		this.limiter = limiter;
		this.plan = plan;
		this.latest = ofValues(limiter.spec());
	}

	private OfValues ofValues(ConcurrencyLimiterSpec values) {
		return new OfValues(values, values.ofPlan(this.plan));
	}

	/** The same object as long as the limiter's values are. */
	ConcurrencyLimiterSpec spec() {
		OfValues latest = this.latest;
		ConcurrencyLimiterSpec values = this.limiter.spec();
		if (latest.values != values) {
			latest = ofValues(values);
			this.latest = latest;
		}
		return latest.ofPlan;
	}

	private record OfValues(ConcurrencyLimiterSpec values, ConcurrencyLimiterSpec ofPlan) {
	}

}
