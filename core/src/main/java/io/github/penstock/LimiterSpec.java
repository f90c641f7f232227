package io.github.penstock;

import java.time.Duration;

/**
 * The values of a limiter, whatever it limits.
 */
public sealed interface LimiterSpec permits ConcurrencyLimiterSpec, RateLimiterSpec {

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

}
