package io.github.penstock;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The rates that the keys of a limiter have, by their plans.
 *
 * @param spec the limiter's values
 * @param own what keys without a plan have
 * @param byPlan what the others have
 */
record Rates(RateLimiterSpec spec, KeyRate own, Map<String, KeyRate> byPlan) {

	static Rates of(RateLimiterSpec spec, long now) {
		Map<String, KeyRate> byPlan = new HashMap<>();
		spec.plans().keySet().forEach((plan) -> byPlan.put(plan, full(spec.ofPlan(plan), now)));
		return new Rates(spec, full(spec.ofPlan(null), now), byPlan);
	}

	private static KeyRate full(RateLimiterSpec spec, long now) {
		return new KeyRate(spec, Tokens.full(spec, now));
	}

	KeyRate of(@Nullable String plan) {
		return (plan != null) ? this.byPlan.getOrDefault(plan, this.own) : this.own;
	}

	/** The rates of other values, or of the same ones after a long time. */
	Rates successor(RateLimiterSpec spec, long now) {
		Map<String, KeyRate> byPlan = new HashMap<>();
		spec.plans().keySet().forEach((plan) -> {
			KeyRate before = this.byPlan.get(plan);
			RateLimiterSpec ofPlan = spec.ofPlan(plan);
			byPlan.put(plan, (before != null) ? before.successor(ofPlan, now) : full(ofPlan, now));
		});
		return new Rates(spec, this.own.successor(spec.ofPlan(null), now), byPlan);
	}

	/** Tell the rates of these what has taken their place. */
	void succeededBy(Rates after) {
		this.own.next = after.own;
		this.byPlan.forEach((plan, rate) -> rate.next = after.of(plan));
	}

}
