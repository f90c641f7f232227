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
		return exception(where, name, "a limiter");
	}

	static InvalidLimitDeclarationException ofPlan(String where, String name) {
		return exception(where, name, "a plan");
	}

	private static InvalidLimitDeclarationException exception(String where, String name, String what) {
		return new InvalidLimitDeclarationException(where,
				"'" + VisibleText.of(name) + "' cannot be the name of " + what
						+ ", for it reaches headers, logs and metrics",
				"Give it a name of letters, digits, '.', '_' and '-' that begins with a letter or a digit"
						+ " and has at most 64 characters");
	}

}
