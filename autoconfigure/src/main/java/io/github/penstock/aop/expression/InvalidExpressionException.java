package io.github.penstock.aop.expression;

/**
 * An expression of an annotation cannot be what it should be. Thrown at start-up.
 */
public final class InvalidExpressionException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String where;

	private final String problem;

	private final String mend;

	InvalidExpressionException(String where, String problem, String mend) {
		super(where + ": " + problem + ". " + mend + ".");
		this.where = where;
		this.problem = problem;
		this.mend = mend;
	}

	/**
	 * Return the place of the annotation.
	 * @return class and method
	 */
	public String where() {
		return this.where;
	}

	/**
	 * Return what is wrong with which attribute.
	 * @return a sentence without its full stop
	 */
	public String problem() {
		return this.problem;
	}

	/**
	 * Return how to mend it.
	 * @return a sentence without its full stop
	 */
	public String mend() {
		return this.mend;
	}

}
