package io.github.penstock.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The configuration has keys below {@code penstock} that mean nothing.
 */
final class UnknownPropertiesException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient List<UnknownProperty> properties;

	UnknownPropertiesException(List<UnknownProperty> properties) {
		super(properties.stream().map(UnknownProperty::toString).collect(Collectors.joining("; ")));
		this.properties = properties;
	}

	List<UnknownProperty> properties() {
		return this.properties;
	}

	/**
	 * One of them.
	 *
	 * @param place the name as it was written, and where
	 * @param name what it was taken for
	 */
	record UnknownProperty(String place, PropertyName.Unknown name) {

		@Override
		public String toString() {
			return "Unknown property " + this.place + ": " + mend();
		}

		String mend() {
			String known = (this.name.known().isEmpty()) ? "there is nothing below '" + this.name.suggestion() + "'"
					: "known there: " + String.join(", ", this.name.known());
			if (this.name.limiter() != null) {
				return known + "; if '" + this.name.limiter()
						+ "' is the name of a limiter, its value is wrong: set one of these below it";
			}
			return (this.name.suggestion() != null && !this.name.known().isEmpty())
					? "did you mean '" + this.name.suggestion() + "'? (" + known + ")" : known;
		}

	}

}
