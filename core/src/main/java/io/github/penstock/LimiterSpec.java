package io.github.penstock;

import java.time.Duration;

/**
 * The values of a limiter, whatever it limits.
 */
public sealed interface LimiterSpec permits ConcurrencyLimiterSpec, RateLimiterSpec {

	/** The limit holds for each call. */
	int ENFORCED = 100;

	/** How many keys may have a supply of their own where nobody says otherwise. */
	int DEFAULT_MAX_KEYS = 100_000;

	/**
	 * Return how long a call may wait.
	 * @return the timeout, zero for not at all
	 */
	Duration timeout();

	/**
	 * Return how many calls may stand in line.
	 * @return the bound of the line
	 */
	int maxWaiting();

	/**
	 * Return of how many in a hundred calls that the limiter would not let in at once the
	 * limit holds; the others go in at once and are counted.
	 * @return the share, 100 for all, 0 for none: the shadow mode
	 */
	int enforce();

	/**
	 * Return how many keys may have a supply of their own at a time.
	 * @return the number of keys
	 */
	int maxKeys();

	/**
	 * Copy with another share of the calls for which the limit holds.
	 * @param enforce of a hundred, 0 for the shadow mode
	 * @return the copy
	 */
	LimiterSpec withEnforce(int enforce);

}
