package io.github.penstock.sample;

/**
 * How long work takes that this sample only pretends to do.
 */
@FunctionalInterface
interface Pace {

	/**
	 * Return when the work would be done.
	 * @param work what is pretended
	 */
	void take(String work);

}
