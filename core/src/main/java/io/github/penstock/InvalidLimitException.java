package io.github.penstock;

import org.jspecify.annotations.Nullable;

/**
 * A value of a limiter is out of range. Nothing was changed.
 */
public final class InvalidLimitException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String property;

	InvalidLimitException(String property, @Nullable Object value, String mend) {
		super("Invalid " + property + " '" + value + "': " + mend);
		this.property = property;
	}

	/**
	 * Return which value is wrong.
	 * @return the name of the spec's component, such as {@code max}
	 */
	public String property() {
		return this.property;
	}

	static void check(boolean valid, String property, @Nullable Object value, String mend) {
		if (!valid) {
			throw new InvalidLimitException(property, value, mend);
		}
	}

}
