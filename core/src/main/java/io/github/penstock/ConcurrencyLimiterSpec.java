package io.github.penstock;

import java.time.Duration;

/**
 * The values of a {@link ConcurrencyLimiter}, valid as a whole or not to be had.
 *
 * @param max the permits: how many calls run at once, 0 for a closed gate
 * @param timeout how long a call may wait for a permit, zero for not at all
 * @param maxWaiting how many calls may stand in line, {@link #UNBOUNDED} for any number
 */
public record ConcurrencyLimiterSpec(int max, Duration timeout, int maxWaiting) implements LimiterSpec {

	/** How long a call may wait where nobody says otherwise: no wait is endless. */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

	/** A line of waiters without a bound. */
	public static final int UNBOUNDED = Integer.MAX_VALUE;

	/**
	 * Validate the values.
	 * @throws InvalidLimitException if one is out of range
	 */
	public ConcurrencyLimiterSpec {
		InvalidLimitException.check(max >= 0, "max", max, "it must be 0 (a closed gate) or more");
		checkWaiting(timeout, maxWaiting);
	}

	static void checkWaiting(Duration timeout, int maxWaiting) {
		InvalidLimitException.check(!timeout.isNegative(), "timeout", timeout, "it must be 0 (do not wait) or more");
		InvalidLimitException.check(maxWaiting >= 0, "maxWaiting", maxWaiting, "it must be 0 (no line) or more");
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
		return new ConcurrencyLimiterSpec(max, this.timeout, this.maxWaiting);
	}

	/**
	 * Copy with another timeout.
	 * @param timeout how long a call may wait, zero for not at all
	 * @return the copy
	 */
	public ConcurrencyLimiterSpec withTimeout(Duration timeout) {
		return new ConcurrencyLimiterSpec(this.max, timeout, this.maxWaiting);
	}

	/**
	 * Copy with another bound of the line.
	 * @param maxWaiting how many calls may stand in line
	 * @return the copy
	 */
	public ConcurrencyLimiterSpec withMaxWaiting(int maxWaiting) {
		return new ConcurrencyLimiterSpec(this.max, this.timeout, maxWaiting);
	}

	/** Copy with what is configured now wherever this has what was configured before. */
	ConcurrencyLimiterSpec following(ConcurrencyLimiterSpec before, ConcurrencyLimiterSpec now) {
		return new ConcurrencyLimiterSpec((this.max == before.max) ? now.max : this.max,
				(this.timeout.equals(before.timeout)) ? now.timeout : this.timeout,
				(this.maxWaiting == before.maxWaiting) ? now.maxWaiting : this.maxWaiting);
	}

}
