package io.github.penstock.aop;

/**
 * An annotation cannot do what it says. Thrown at start-up.
 */
public final class InvalidLimitDeclarationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String where;

	private final String problem;

	private final String mend;

	/**
	 * Create the exception.
	 * @param where the place or places, such as {@code com.acme.Orders.place(String)}
	 * @param problem what is wrong, a sentence without its full stop
	 * @param mend how to mend it, a sentence without its full stop
	 */
	public InvalidLimitDeclarationException(String where, String problem, String mend) {
		super(where + ": " + problem + ". " + mend + ".");
		this.where = where;
		this.problem = problem;
		this.mend = mend;
	}

	/**
	 * Return the place of the annotation.
	 * @return class and method, or the property of the configuration
	 */
	public String where() {
		return this.where;
	}

	/**
	 * Return what is wrong.
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
