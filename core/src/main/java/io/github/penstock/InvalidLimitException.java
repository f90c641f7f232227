package io.github.penstock;

import org.jspecify.annotations.Nullable;

/**
 * A value of a limiter is out of range. Nothing was changed.
 */
public final class InvalidLimitException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String property;

	private final String reason;

	InvalidLimitException(String property, @Nullable Object value, String mend) {
		super("Invalid " + property + " '" + value + "': " + mend);
		this.property = property;
		this.reason = mend;
	}

	private InvalidLimitException(String property, String message, String reason, InvalidLimitException cause) {
		super(message, cause);
		this.property = property;
		this.reason = reason;
	}

	/** The same for a value that is part of another one. */
	InvalidLimitException of(String owner) {
		return new InvalidLimitException(owner + "." + this.property, "In '" + owner + "': " + getMessage(),
				this.reason, this);
	}

	/**
	 * Return which value is wrong.
	 * @return the name of the spec's component, such as {@code max}
	 */
	public String property() {
		return this.property;
	}

	/**
	 * Return what is wrong with it.
	 * @return what the value would have to be
	 */
	public String reason() {
		return this.reason;
	}

	static void check(boolean valid, String property, @Nullable Object value, String mend) {
		if (!valid) {
			throw new InvalidLimitException(property, value, mend);
		}
	}

}
