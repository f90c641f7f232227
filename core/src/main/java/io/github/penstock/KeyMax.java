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
