package io.github.penstock.actuate;

/**
 * Somebody else has changed the limiter since its values were read. Nothing was changed.
 */
final class LostUpdateException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	LostUpdateException(String limiter, String expected, String actual) {
		super(limiter + " was changed meanwhile: its version is '" + actual + "', not '" + expected
				+ "'. Read it again before you change it.");
	}

}
