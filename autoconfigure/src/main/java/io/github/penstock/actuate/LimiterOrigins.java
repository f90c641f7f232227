package io.github.penstock.actuate;

/**
 * Where the configured values of the limiters come from. A value that was changed since
 * is one in which the limiter's {@code spec()} differs from its {@code configured()}.
 */
public interface LimiterOrigins {

	/**
	 * Return where the values of a bulkhead come from.
	 * @param name the name of the bulkhead
	 * @return its origin, one without values if only code knows it
	 */
	LimiterOrigin bulkhead(String name);

	/**
	 * Return where the values of a rate limit come from.
	 * @param name the name of the rate limit
	 * @return its origin, one without values if only code knows it
	 */
	LimiterOrigin rateLimit(String name);

}
