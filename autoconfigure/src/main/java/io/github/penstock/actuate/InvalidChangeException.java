package io.github.penstock.actuate;

/**
 * A change of a limiter was asked for that cannot be made. Nothing was changed.
 */
final class InvalidChangeException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	InvalidChangeException(String message) {
		super(message);
	}

}
