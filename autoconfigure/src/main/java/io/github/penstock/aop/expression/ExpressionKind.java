package io.github.penstock.aop.expression;

/**
 * What an expression is for.
 */
public enum ExpressionKind {

	/** Whose bucket or permits a call takes from: a value. */
	KEY("key"),

	/**
	 * By which values of the limiter: text, an enum, or {@code null} for the limiter's
	 * own.
	 */
	PLAN("plan"),

	/** How much a call takes: a whole number of at least 0. */
	COST("cost"),

	/** How much a call should have taken, known when its work is done. */
	ACTUAL_COST("actualCost");

	private final String attribute;

	ExpressionKind(String attribute) {
		this.attribute = attribute;
	}

	/**
	 * Return the attribute of an annotation that has such an expression.
	 * @return its name
	 */
	public String attribute() {
		return this.attribute;
	}

	boolean isCost() {
		return this == COST || this == ACTUAL_COST;
	}

}
