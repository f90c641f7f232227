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

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The values of a {@link RateLimiter}, valid as a whole or not to be had. The rate may be
 * anything from one token in 365 days to one in a nanosecond. If it is {@code sliding},
 * the limit is a whole number up to {@value #MOST_SLIDING}, there is no burst, and
 * {@code per} is at most 3650 days.
 *
 * @param limit the tokens that come in each {@code per}; fractions are allowed
 * @param per the time in which {@code limit} tokens come
 * @param burst the capacity of the bucket in tokens; {@code null} for the whole tokens of
 * {@code limit}, at least 1
 * @param timeout how long a call may wait for a token, zero for not at all
 * @param maxWaiting how many calls may stand in line,
 * {@link ConcurrencyLimiterSpec#UNBOUNDED} for any number
 * @param sliding whether at most {@code limit} calls begin in any window of length
 * {@code per}, instead of the burst and the rate on top of it
 * @param enforce of a hundred calls that the limiter would not let in at once, for how
 * many the limit holds; the others go in at once. 100 for all; 0 is the shadow mode
 * @param maxKeys how many keys may have tokens of their own at a time
 * @param plans what some keys have instead of the limiter's rate, by name
 * @param sharing how all instances share the limiter, {@code null} if each has its own
 */
public record RateLimiterSpec(BigDecimal limit, Duration per, @Nullable Long burst, Duration timeout, int maxWaiting,
		boolean sliding, int enforce, int maxKeys, Map<String, Plan> plans,
		@Nullable Sharing sharing) implements LimiterSpec {

	/**
	 * The highest limit of a sliding window: the time of each call is kept, in 8 bytes.
	 */
	public static final int MOST_SLIDING = 1_000_000;

	private static final BigDecimal MOST_TIMES = BigDecimal.valueOf(MOST_SLIDING);

	private static final Duration LONGEST_SLIDING = Duration.ofDays(3650);

	/** How exact a share is, which is no more than it should be. */
	private static final MathContext SHARE = new MathContext(12, RoundingMode.DOWN);

	private static final int MOST_DIGITS = 40;

	private static final BigDecimal NANOS_PER_SECOND = BigDecimal.valueOf(1_000_000_000);

	private static final BigDecimal SLOWEST_NANOS_PER_TOKEN = BigDecimal.valueOf(Duration.ofDays(365).toNanos());

	/**
	 * Validate the values.
	 * @throws InvalidLimitException if one is out of range
	 */
	public RateLimiterSpec {
		InvalidLimitException.check(limit.signum() > 0, "rate", limit, "it must be more than 0");
		// Written out, 1E+999999999 would be a text of a gigabyte.
		InvalidLimitException.check(limit.precision() <= MOST_DIGITS && Math.abs((long) limit.scale()) <= MOST_DIGITS,
				"rate", (limit.precision() <= MOST_DIGITS) ? limit : "of " + limit.precision() + " digits",
				"it must be between one token in 365 days and one in a nanosecond");
		InvalidLimitException.check(!per.isNegative() && !per.isZero(), "per", per, "it must be more than 0");
		InvalidLimitException.check(per.compareTo(Duration.ofNanos(Long.MAX_VALUE)) < 0, "per", per,
				"it must be less than 292 years");
		limit = limit.stripTrailingZeros();
		BigDecimal perNanos = BigDecimal.valueOf(per.toNanos());
		boolean fast = limit.compareTo(perNanos) > 0;
		boolean slow = perNanos.compareTo(limit.multiply(SLOWEST_NANOS_PER_TOKEN)) > 0;
		if (fast || slow) {
			InvalidLimitException.check(!fast, "rate", describe(limit, per),
					"it must be at most one token in a nanosecond (1000000000 per 1s)");
			InvalidLimitException.check(!slow, "rate", describe(limit, per),
					"it must be at least one token in 365 days");
		}
		InvalidLimitException.check(burst == null || burst >= 1, "burst", burst, "it must be 1 or more");
		ConcurrencyLimiterSpec.checkWaiting(timeout, maxWaiting);
		ConcurrencyLimiterSpec.checkKeys(enforce, maxKeys);
		InvalidLimitException.check(!sliding || sharing == null, "sliding", true,
				"a limit that all instances share is a token bucket; leave out 'sliding' or 'shared'");
		if (sliding) {
			checkSliding(limit, per, burst);
		}
		else {
			TokenBucket.Scale.of(limit, per, capacity(limit, burst));
		}
		plans = Map.copyOf(plans);
		for (Map.Entry<String, Plan> plan : plans.entrySet()) {
			try {
				plan.getValue().of(limit, per, burst, timeout, maxWaiting, sliding, enforce, sharing);
			}
			catch (InvalidLimitException ex) {
				throw ex.of("plans." + plan.getKey());
			}
		}
	}

	/**
	 * Create the values of a limiter that each instance has for itself.
	 * @param limit the tokens that come in each {@code per}; fractions are allowed
	 * @param per the time in which {@code limit} tokens come
	 * @param burst the capacity of the bucket in tokens, {@code null} for the rate's own
	 * @param timeout how long a call may wait for a token, zero for not at all
	 * @param maxWaiting how many calls may stand in line
	 * @param sliding whether at most {@code limit} calls begin in any window of length
	 * {@code per}
	 * @param enforce of a hundred calls for how many the limit holds
	 * @param maxKeys how many keys may have tokens of their own at a time
	 * @param plans what some keys have instead of the limiter's rate, by name
	 * @throws InvalidLimitException if a value is out of range
	 */
	public RateLimiterSpec(BigDecimal limit, Duration per, @Nullable Long burst, Duration timeout, int maxWaiting,
			boolean sliding, int enforce, int maxKeys, Map<String, Plan> plans) {
		this(limit, per, burst, timeout, maxWaiting, sliding, enforce, maxKeys, plans, null);
	}

	/**
	 * Create the values of a limiter that is enforced, with as many keys as there are by
	 * default, and without plans.
	 * @param limit the tokens that come in each {@code per}; fractions are allowed
	 * @param per the time in which {@code limit} tokens come
	 * @param burst the capacity of the bucket in tokens, {@code null} for the rate's own
	 * @param timeout how long a call may wait for a token, zero for not at all
	 * @param maxWaiting how many calls may stand in line
	 * @param sliding whether at most {@code limit} calls begin in any window of length
	 * {@code per}
	 * @throws InvalidLimitException if a value is out of range
	 */
	public RateLimiterSpec(BigDecimal limit, Duration per, @Nullable Long burst, Duration timeout, int maxWaiting,
			boolean sliding) {
		this(limit, per, burst, timeout, maxWaiting, sliding, LimiterSpec.ENFORCED, LimiterSpec.DEFAULT_MAX_KEYS,
				Map.of());
	}

	/**
	 * Create the values of a token bucket.
	 * @param limit the tokens that come in each {@code per}; fractions are allowed
	 * @param per the time in which {@code limit} tokens come
	 * @param burst the capacity of the bucket in tokens, {@code null} for the rate's own
	 * @param timeout how long a call may wait for a token, zero for not at all
	 * @param maxWaiting how many calls may stand in line
	 * @throws InvalidLimitException if a value is out of range
	 */
	public RateLimiterSpec(BigDecimal limit, Duration per, @Nullable Long burst, Duration timeout, int maxWaiting) {
		this(limit, per, burst, timeout, maxWaiting, false);
	}

	private static void checkSliding(BigDecimal limit, Duration per, @Nullable Long burst) {
		InvalidLimitException.check(burst == null, "burst", burst,
				"a sliding window has none: at most 'limit' calls begin in any 'per'; leave out 'burst' or 'sliding'");
		InvalidLimitException.check(limit.scale() <= 0, "limit", limit.toPlainString(),
				"a sliding window needs a whole number of calls, such as 1 per 2s instead of 0.5 per 1s");
		InvalidLimitException.check(limit.compareTo(MOST_TIMES) <= 0, "limit", limit.toPlainString(),
				"a sliding window keeps the time of each call and takes at most " + MOST_SLIDING
						+ "; use a shorter 'per', or a token bucket");
		InvalidLimitException.check(per.compareTo(LONGEST_SLIDING) <= 0, "per", per,
				"it must be at most 3650 days where the window is sliding");
	}

	/**
	 * Create a spec for a rate per second, with one second's worth of burst (at least 1),
	 * the default timeout and an unbounded line.
	 * @param rps the tokens per second; fractions are allowed
	 * @return the spec
	 * @throws InvalidLimitException if {@code rps} is not a number above 0 or out of
	 * range
	 */
	public static RateLimiterSpec of(double rps) {
		return of(tokens(rps), Duration.ofSeconds(1));
	}

	/**
	 * Create a spec for so many tokens in each period, with {@code limit} as its burst,
	 * the default timeout and an unbounded line.
	 * @param limit the tokens that come in each period
	 * @param per the period
	 * @return the spec
	 * @throws InvalidLimitException if a value is not above 0 or out of range
	 */
	public static RateLimiterSpec of(long limit, Duration per) {
		return of(BigDecimal.valueOf(limit), per);
	}

	private static RateLimiterSpec of(BigDecimal limit, Duration per) {
		return new RateLimiterSpec(limit, per, null, ConcurrencyLimiterSpec.DEFAULT_TIMEOUT,
				ConcurrencyLimiterSpec.UNBOUNDED);
	}

	private static BigDecimal tokens(double rps) {
		InvalidLimitException.check(Double.isFinite(rps), "rate", rps, "it must be a finite number");
		return BigDecimal.valueOf(rps);
	}

	private static long capacity(BigDecimal limit, @Nullable Long burst) {
		return (burst != null) ? burst : Math.max(1, limit.setScale(0, RoundingMode.DOWN).longValueExact());
	}

	/**
	 * Return the effective capacity of the bucket, or the limit of a sliding window: so
	 * many calls may begin at once.
	 * @return the tokens that a full bucket holds
	 */
	public long capacity() {
		return capacity(this.limit, this.burst);
	}

	/**
	 * Return the rate as people write it, such as {@code 100 per 1s}.
	 * @return the rate
	 */
	public String rate() {
		return describe(this.limit, this.per);
	}

	/**
	 * Return the rate per second, rounded to a {@code double}: for display only.
	 * @return tokens per second
	 */
	public double ratePerSecond() {
		return this.limit.multiply(NANOS_PER_SECOND)
			.divide(BigDecimal.valueOf(this.per.toNanos()), MathContext.DECIMAL128)
			.doubleValue();
	}

	/**
	 * Copy with another rate per second; a burst that was not given follows the rate.
	 * @param rps the tokens per second; fractions are allowed
	 * @return the copy
	 * @throws InvalidLimitException if it is out of range, or the window is sliding: that
	 * needs a limit and a period
	 */
	public RateLimiterSpec withRate(double rps) {
		BigDecimal limit = tokens(rps);
		InvalidLimitException.check(!this.sliding, "rps", rps, "a sliding window needs 'limit' and 'per' instead");
		return withRate(limit, Duration.ofSeconds(1));
	}

	/**
	 * Copy with another rate; a burst that was not given follows the rate.
	 * @param limit the tokens that come in each period
	 * @param per the period
	 * @return the copy
	 */
	public RateLimiterSpec withRate(long limit, Duration per) {
		return withRate(BigDecimal.valueOf(limit), per);
	}

	private RateLimiterSpec withRate(BigDecimal limit, Duration per) {
		return new RateLimiterSpec(limit, per, this.burst, this.timeout, this.maxWaiting, this.sliding, this.enforce,
				this.maxKeys, this.plans, this.sharing);
	}

	/**
	 * Copy with a sliding window, or with a token bucket.
	 * @param sliding whether at most {@code limit} calls begin in any window of length
	 * {@code per}
	 * @return the copy
	 * @throws InvalidLimitException if there is a burst, or the limit is not a whole
	 * number up to {@link #MOST_SLIDING}
	 */
	public RateLimiterSpec withSliding(boolean sliding) {
		return new RateLimiterSpec(this.limit, this.per, this.burst, this.timeout, this.maxWaiting, sliding,
				this.enforce, this.maxKeys, this.plans, this.sharing);
	}

	/**
	 * Copy with another burst.
	 * @param burst the capacity of the bucket in tokens
	 * @return the copy
	 */
	public RateLimiterSpec withBurst(long burst) {
		return withBurst(Long.valueOf(burst));
	}

	/**
	 * Copy with another burst.
	 * @param burst the capacity of the bucket in tokens, {@code null} for the rate's own
	 * @return the copy
	 */
	public RateLimiterSpec withBurst(@Nullable Long burst) {
		return new RateLimiterSpec(this.limit, this.per, burst, this.timeout, this.maxWaiting, this.sliding,
				this.enforce, this.maxKeys, this.plans, this.sharing);
	}

	/**
	 * Copy with another timeout.
	 * @param timeout how long a call may wait, zero for not at all
	 * @return the copy
	 */
	public RateLimiterSpec withTimeout(Duration timeout) {
		return new RateLimiterSpec(this.limit, this.per, this.burst, timeout, this.maxWaiting, this.sliding,
				this.enforce, this.maxKeys, this.plans, this.sharing);
	}

	/**
	 * Copy with another bound of the line.
	 * @param maxWaiting how many calls may stand in line
	 * @return the copy
	 */
	public RateLimiterSpec withMaxWaiting(int maxWaiting) {
		return new RateLimiterSpec(this.limit, this.per, this.burst, this.timeout, maxWaiting, this.sliding,
				this.enforce, this.maxKeys, this.plans, this.sharing);
	}

	/**
	 * Copy with another share of the calls for which the limit holds.
	 * @param enforce of a hundred, 0 for the shadow mode
	 * @return the copy
	 */
	@Override
	public RateLimiterSpec withEnforce(int enforce) {
		return new RateLimiterSpec(this.limit, this.per, this.burst, this.timeout, this.maxWaiting, this.sliding,
				enforce, this.maxKeys, this.plans, this.sharing);
	}

	/**
	 * Copy with another number of keys.
	 * @param maxKeys how many keys may have tokens of their own at a time
	 * @return the copy
	 */
	public RateLimiterSpec withMaxKeys(int maxKeys) {
		return new RateLimiterSpec(this.limit, this.per, this.burst, this.timeout, this.maxWaiting, this.sliding,
				this.enforce, maxKeys, this.plans, this.sharing);
	}

	/**
	 * Copy with other plans.
	 * @param plans what some keys have instead of the limiter's rate, by name
	 * @return the copy
	 */
	public RateLimiterSpec withPlans(Map<String, Plan> plans) {
		return new RateLimiterSpec(this.limit, this.per, this.burst, this.timeout, this.maxWaiting, this.sliding,
				this.enforce, this.maxKeys, plans, this.sharing);
	}

	/**
	 * Copy that is shared, or not.
	 * @param sharing how all instances share it, {@code null} if each has its own
	 * @return the copy
	 */
	@Override
	public RateLimiterSpec withSharing(@Nullable Sharing sharing) {
		return new RateLimiterSpec(this.limit, this.per, this.burst, this.timeout, this.maxWaiting, this.sliding,
				this.enforce, this.maxKeys, this.plans, sharing);
	}

	/**
	 * Copy for one of so many instances that cannot ask for what all of them share: a
	 * part of the rate and the burst, which is 1 at least.
	 */
	RateLimiterSpec shareOf(int instances) {
		Map<String, Plan> plans = new HashMap<>();
		this.plans.forEach((name, plan) -> plans.put(name, plan.shareOf(instances)));
		return new RateLimiterSpec(share(this.limit, this.per, instances), this.per, share(capacity(), instances),
				this.timeout, this.maxWaiting, this.sliding, this.enforce, this.maxKeys, plans);
	}

	private static BigDecimal share(BigDecimal limit, Duration per, int instances) {
		BigDecimal slowest = BigDecimal.valueOf(per.toNanos()).divide(SLOWEST_NANOS_PER_TOKEN, SHARE);
		return limit.divide(BigDecimal.valueOf(instances), SHARE).max(slowest);
	}

	private static long share(long burst, int instances) {
		return Math.max(1, burst / instances);
	}

	/**
	 * Return the values for keys of a plan: what the plan leaves out is the limiter's.
	 * @param plan the name, {@code null} for no plan
	 * @return the values, which have no plans; the limiter's own if it has no such plan
	 */
	public RateLimiterSpec ofPlan(@Nullable String plan) {
		Plan values = (plan != null) ? this.plans.get(plan) : null;
		return ((values != null) ? values : Plan.NONE).of(this.limit, this.per, this.burst, this.timeout,
				this.maxWaiting, this.sliding, this.enforce, this.sharing);
	}

	/** Copy with what is configured now wherever this has what was configured before. */
	RateLimiterSpec following(RateLimiterSpec before, RateLimiterSpec now) {
		RateLimiterSpec rate = (this.limit.equals(before.limit) && this.per.equals(before.per)) ? now : this;
		Long burst = Objects.equals(this.burst, before.burst) ? now.burst : this.burst;
		try {
			return new RateLimiterSpec(rate.limit, rate.per, burst,
					(this.timeout.equals(before.timeout)) ? now.timeout : this.timeout,
					(this.maxWaiting == before.maxWaiting) ? now.maxWaiting : this.maxWaiting,
					(this.sliding == before.sliding) ? now.sliding : this.sliding,
					(this.enforce == before.enforce) ? now.enforce : this.enforce,
					(this.maxKeys == before.maxKeys) ? now.maxKeys : this.maxKeys,
					(this.plans.equals(before.plans)) ? now.plans : this.plans, now.sharing);
		}
		catch (InvalidLimitException ex) {
			// The rate, the burst and the sliding, each valid, do not go together.
			return this;
		}
	}

	private static String describe(BigDecimal limit, Duration per) {
		return limit.toPlainString() + " per " + Durations.format(per);
	}

	/**
	 * What the keys of a plan have instead of the limiter's values.
	 *
	 * @param limit the tokens that come in each {@code per}, {@code null} for the
	 * limiter's rate
	 * @param per the time in which {@code limit} tokens come; {@code null} if and only if
	 * that is
	 * @param burst the capacity of the bucket in tokens, {@code null} for the limiter's,
	 * or where that has none the rate's own
	 */
	public record Plan(@Nullable BigDecimal limit, @Nullable Duration per, @Nullable Long burst) {

		private static final Plan NONE = new Plan(null, null, null);

		/**
		 * Check that the rate is whole.
		 * @throws InvalidLimitException if there is a limit and no period, or a period
		 * and no limit
		 */
		public Plan {
			InvalidLimitException.check((limit == null) == (per == null), (limit != null) ? "per" : "limit", "null",
					"a rate needs both 'limit' and 'per'");
		}

		/**
		 * Create a plan with a rate per second.
		 * @param rps the tokens per second; fractions are allowed
		 * @return the plan
		 * @throws InvalidLimitException if it is not a finite number
		 */
		public static Plan of(double rps) {
			return new Plan(tokens(rps), Duration.ofSeconds(1), null);
		}

		private Plan shareOf(int instances) {
			return new Plan((this.limit != null && this.per != null) ? share(this.limit, this.per, instances) : null,
					this.per, (this.burst != null) ? (Long) share(this.burst, instances) : null);
		}

		private RateLimiterSpec of(BigDecimal limit, Duration per, @Nullable Long burst, Duration timeout,
				int maxWaiting, boolean sliding, int enforce, @Nullable Sharing sharing) {
			return new RateLimiterSpec((this.limit != null) ? this.limit : limit, (this.per != null) ? this.per : per,
					(this.burst != null) ? this.burst : burst, timeout, maxWaiting, sliding, enforce,
					LimiterSpec.DEFAULT_MAX_KEYS, Map.of(), sharing);
		}

	}

}
