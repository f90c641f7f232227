package io.github.penstock.actuate;

import java.math.BigDecimal;
import java.time.Duration;

/**
 * A rate as one value, for it changes as a whole.
 *
 * @param limit the tokens in each period
 * @param per the period
 */
record Rate(BigDecimal limit, Duration per) {

	@Override
	public String toString() {
		return this.limit.toPlainString() + " per " + DurationText.of(this.per);
	}

}
