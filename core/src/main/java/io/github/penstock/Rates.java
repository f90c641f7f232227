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

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The rates that the keys of a limiter have, by their plans.
 * <p>
 * <b>From one to the next.</b> All keys change at the moment at which the next ones come,
 * whatever moment it is when the bucket of each is replaced. So nobody may take by these
 * at a later time: first they {@link #end}, then the clock is read for the next ones. Who
 * takes reads the clock and then that these have not ended, and so by an earlier clock.
 * Whoever finds that they have may bring the next ones itself.
 */
final class Rates {

	private final RateLimiterSpec spec;

	private final KeyRate own;

	private final Map<String, KeyRate> byPlan;

	/** Those that this has taken the place of, until they know. */
	private volatile @Nullable Rates before;

	private Rates(RateLimiterSpec spec, KeyRate own, Map<String, KeyRate> byPlan, @Nullable Rates before) {
		this.spec = spec;
		this.own = own;
		this.byPlan = byPlan;
		this.before = before;
	}

	static Rates of(RateLimiterSpec spec, long now) {
		Map<String, KeyRate> byPlan = new HashMap<>();
		spec.plans().keySet().forEach((plan) -> byPlan.put(plan, full(spec.ofPlan(plan), now)));
		return new Rates(spec, full(spec.ofPlan(null), now), byPlan, null);
	}

	private static KeyRate full(RateLimiterSpec spec, long now) {
		return new KeyRate(spec, Tokens.full(spec, now));
	}

	/** The limiter's values. */
	RateLimiterSpec spec() {
		return this.spec;
	}

	/** What keys without a plan have. */
	KeyRate own() {
		return this.own;
	}

	/** What the others have. */
	Map<String, KeyRate> byPlan() {
		return this.byPlan;
	}

	KeyRate of(@Nullable String plan) {
		return (plan != null) ? this.byPlan.getOrDefault(plan, this.own) : this.own;
	}

	/** Whether others will take the place of these. */
	boolean isEnding() {
		return this.own.ending;
	}

	/** Let nobody take by these at a later time than now. */
	void end() {
		this.byPlan.values().forEach((rate) -> rate.ending = true);
		this.own.ending = true;
	}

	/**
	 * The rates of other values, or of the same ones after a long time.
	 * @param now the clock, read after these have ended
	 */
	Rates successor(RateLimiterSpec spec, long now) {
		Map<String, KeyRate> byPlan = new HashMap<>();
		spec.plans().keySet().forEach((plan) -> {
			KeyRate before = this.byPlan.get(plan);
			RateLimiterSpec ofPlan = spec.ofPlan(plan);
			byPlan.put(plan, (before != null) ? before.successor(ofPlan, now) : full(ofPlan, now));
		});
		return new Rates(spec, this.own.successor(spec.ofPlan(null), now), byPlan, this);
	}

	/** Tell those that this has taken the place of. Does no harm when called again. */
	void tellBefore() {
		Rates before = this.before;
		if (before != null) {
			before.own.next = this.own;
			before.byPlan.forEach((plan, rate) -> rate.next = of(plan));
			this.before = null;
		}
	}

}
