package io.github.penstock.actuate;

/**
 * Hears of changes of limiters.
 */
@FunctionalInterface
public interface LimiterChangeListener {

	/**
	 * A limiter was changed. What this method throws is logged, and harms nobody.
	 * @param change what has changed
	 */
	void changed(LimiterChange change);

}
