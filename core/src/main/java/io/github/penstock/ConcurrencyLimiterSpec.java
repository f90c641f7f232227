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

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The values of a {@link ConcurrencyLimiter}, valid as a whole or not to be had.
 *
 * @param max the permits: how many calls run at once, 0 for a closed gate
 * @param timeout how long a call may wait for a permit, zero for not at all
 * @param maxWaiting how many calls may stand in line, {@link #UNBOUNDED} for any number
 * @param enforce of a hundred calls that the limiter would not let in at once, for how
 * many the limit holds; the others go in at once. 100 for all; 0 is the shadow mode
 * @param maxKeys how many keys may have permits of their own at a time
 * @param plans how many permits some keys have instead of {@code max}, by the name of
 * their plan
 * @param sharing how all instances share the limiter, {@code null} if each has its own
 */
public record ConcurrencyLimiterSpec(int max, Duration timeout, int maxWaiting, int enforce, int maxKeys,
		Map<String, Integer> plans, @Nullable Sharing sharing) implements LimiterSpec {

	/** How long a call may wait where nobody says otherwise: no wait is endless. */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

	/** A line of waiters without a bound. */
	public static final int UNBOUNDED = Integer.MAX_VALUE;

	/**
	 * Validate the values.
	 * @throws InvalidLimitException if one is out of range
	 */
	public ConcurrencyLimiterSpec {
		checkMax(max, "max");
		checkWaiting(timeout, maxWaiting);
		checkKeys(enforce, maxKeys);
		plans = Map.copyOf(plans);
		for (Map.Entry<String, Integer> plan : plans.entrySet()) {
			checkMax(plan.getValue(), "plans." + plan.getKey() + ".max");
		}
	}

	/**
	 * Create the values of a limiter that each instance has for itself.
	 * @param max the permits, 0 for a closed gate
	 * @param timeout how long a call may wait for a permit, zero for not at all
	 * @param maxWaiting how many calls may stand in line
	 * @param enforce of a hundred calls for how many the limit holds
	 * @param maxKeys how many keys may have permits of their own at a time
	 * @param plans how many permits some keys have instead of {@code max}
	 * @throws InvalidLimitException if a value is out of range
	 */
	public ConcurrencyLimiterSpec(int max, Duration timeout, int maxWaiting, int enforce, int maxKeys,
			Map<String, Integer> plans) {
		this(max, timeout, maxWaiting, enforce, maxKeys, plans, null);
	}

	/**
	 * Create the values of a limiter that is enforced, with as many keys as there are by
	 * default, and without plans.
	 * @param max the permits, 0 for a closed gate
	 * @param timeout how long a call may wait for a permit, zero for not at all
	 * @param maxWaiting how many calls may stand in line
	 * @throws InvalidLimitException if a value is out of range
	 */
	public ConcurrencyLimiterSpec(int max, Duration timeout, int maxWaiting) {
		this(max, timeout, maxWaiting, ENFORCED, DEFAULT_MAX_KEYS, Map.of());
	}

	private static void checkMax(int max, String property) {
		InvalidLimitException.check(max >= 0, property, max, "it must be 0 (a closed gate) or more");
	}

	static void checkWaiting(Duration timeout, int maxWaiting) {
		InvalidLimitException.check(!timeout.isNegative(), "timeout", timeout, "it must be 0 (do not wait) or more");
		InvalidLimitException.check(maxWaiting >= 0, "maxWaiting", maxWaiting, "it must be 0 (no line) or more");
	}

	static void checkKeys(int enforce, int maxKeys) {
		InvalidLimitException.check(enforce >= 0 && enforce <= 100, "enforce", enforce,
				"it must be from 0 (refuse nobody, count who would be) to 100 (percent)");
		InvalidLimitException.check(maxKeys >= 1, "maxKeys", maxKeys, "it must be 1 or more");
	}

	/**
	 * Create a spec with the default timeout and an unbounded line.
	 * @param max the permits, 0 for a closed gate
	 * @return the spec
	 * @throws InvalidLimitException if {@code max} is negative
	 */
	public static ConcurrencyLimiterSpec of(int max) {
		return new ConcurrencyLimiterSpec(max, DEFAULT_TIMEOUT, UNBOUNDED);
	}

	/**
	 * Copy with another number of permits.
	 * @param max the permits, 0 for a closed gate
	 * @return the copy
	 */
	public ConcurrencyLimiterSpec withMax(int max) {
		return new ConcurrencyLimiterSpec(max, this.timeout, this.maxWaiting, this.enforce, this.maxKeys, this.plans,
				this.sharing);
	}

	/**
	 * Copy with another timeout.
	 * @param timeout how long a call may wait, zero for not at all
	 * @return the copy
	 */
	public ConcurrencyLimiterSpec withTimeout(Duration timeout) {
		return new ConcurrencyLimiterSpec(this.max, timeout, this.maxWaiting, this.enforce, this.maxKeys, this.plans,
				this.sharing);
	}

	/**
	 * Copy with another bound of the line.
	 * @param maxWaiting how many calls may stand in line
	 * @return the copy
	 */
	public ConcurrencyLimiterSpec withMaxWaiting(int maxWaiting) {
		return new ConcurrencyLimiterSpec(this.max, this.timeout, maxWaiting, this.enforce, this.maxKeys, this.plans,
				this.sharing);
	}

	/**
	 * Copy with another share of the calls for which the limit holds.
	 * @param enforce of a hundred, 0 for the shadow mode
	 * @return the copy
	 */
	@Override
	public ConcurrencyLimiterSpec withEnforce(int enforce) {
		return new ConcurrencyLimiterSpec(this.max, this.timeout, this.maxWaiting, enforce, this.maxKeys, this.plans,
				this.sharing);
	}

	/**
	 * Copy with another number of keys.
	 * @param maxKeys how many keys may have permits of their own at a time
	 * @return the copy
	 */
	public ConcurrencyLimiterSpec withMaxKeys(int maxKeys) {
		return new ConcurrencyLimiterSpec(this.max, this.timeout, this.maxWaiting, this.enforce, maxKeys, this.plans,
				this.sharing);
	}

	/**
	 * Copy with other plans.
	 * @param plans how many permits some keys have instead of {@code max}, by name
	 * @return the copy
	 */
	public ConcurrencyLimiterSpec withPlans(Map<String, Integer> plans) {
		return new ConcurrencyLimiterSpec(this.max, this.timeout, this.maxWaiting, this.enforce, this.maxKeys, plans,
				this.sharing);
	}

	/**
	 * Copy that is shared, or not.
	 * @param sharing how all instances share it, {@code null} if each has its own
	 * @return the copy
	 */
	@Override
	public ConcurrencyLimiterSpec withSharing(@Nullable Sharing sharing) {
		return new ConcurrencyLimiterSpec(this.max, this.timeout, this.maxWaiting, this.enforce, this.maxKeys,
				this.plans, sharing);
	}

	/**
	 * Return the values for keys of a plan.
	 * @param plan the name, {@code null} for no plan
	 * @return the values, which have no plans; the limiter's own if it has no such plan
	 */
	public ConcurrencyLimiterSpec ofPlan(@Nullable String plan) {
		int permits = (plan != null) ? this.plans.getOrDefault(plan, this.max) : this.max;
		return new ConcurrencyLimiterSpec(permits, this.timeout, this.maxWaiting, this.enforce, DEFAULT_MAX_KEYS,
				Map.of(), this.sharing);
	}

	/** Copy with what is configured now wherever this has what was configured before. */
	ConcurrencyLimiterSpec following(ConcurrencyLimiterSpec before, ConcurrencyLimiterSpec now) {
		return new ConcurrencyLimiterSpec((this.max == before.max) ? now.max : this.max,
				(this.timeout.equals(before.timeout)) ? now.timeout : this.timeout,
				(this.maxWaiting == before.maxWaiting) ? now.maxWaiting : this.maxWaiting,
				(this.enforce == before.enforce) ? now.enforce : this.enforce,
				(this.maxKeys == before.maxKeys) ? now.maxKeys : this.maxKeys,
				(this.plans.equals(before.plans)) ? now.plans : this.plans, now.sharing);
	}

}
