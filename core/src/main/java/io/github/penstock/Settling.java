package io.github.penstock;

/**
 * A rate limiter that knows how much of what a call took may come back later.
 */
interface Settling {

	/**
	 * What {@link #putBack} wants to know of tokens that are about to be taken.
	 */
	long stamp(long tokens);

	/**
	 * Put tokens back of those that were taken, as many as have not run over since.
	 * @param stamp what {@link #stamp} was
	 */
	void putBack(long tokens, long stamp);

	/**
	 * Undo what let a call in, a moment ago: it is as if it had not come.
	 * @param tokens what it took
	 * @param stamp what {@link #stamp} was
	 */
	void untake(long tokens, long stamp);

}
