package io.github.penstock.properties;

import io.github.penstock.VisibleText;
import io.github.penstock.aop.InvalidLimitDeclarationException;

/**
 * Says why a name cannot be the name of a limiter.
 */
final class InvalidNames {

	private InvalidNames() {
	}

	static InvalidLimitDeclarationException exception(String where, String name) {
		return new InvalidLimitDeclarationException(where,
				"'" + VisibleText.of(name)
						+ "' cannot be the name of a limiter, for it reaches headers, logs and metrics",
				"Give it a name of letters, digits, '.', '_' and '-' that begins with a letter or a digit"
						+ " and has at most 64 characters");
	}

}
