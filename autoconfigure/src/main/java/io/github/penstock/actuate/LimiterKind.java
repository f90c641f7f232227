package io.github.penstock.actuate;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Limiter;

/**
 * What a limiter limits, as people name it.
 */
public enum LimiterKind {

	/** How many calls run at once. */
	BULKHEAD("bulkhead"),

	/** How many calls begin in a time. */
	RATE_LIMIT("rate-limit");

	private final String text;

	LimiterKind(String text) {
		this.text = text;
	}

	/**
	 * Return the kind of a limiter.
	 * @param limiter the limiter
	 * @return its kind
	 */
	public static LimiterKind of(Limiter limiter) {
		return (limiter instanceof ConcurrencyLimiter) ? BULKHEAD : RATE_LIMIT;
	}

	/** As in paths and in JSON: {@code bulkhead}, {@code rate-limit}. */
	@Override
	public String toString() {
		return this.text;
	}

}
