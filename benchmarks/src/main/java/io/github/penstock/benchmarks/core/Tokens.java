package io.github.penstock.benchmarks.core;

/**
 * The common shape of what limits a rate.
 */
@FunctionalInterface
public interface Tokens {

	/**
	 * Take a token, waiting for one if there is none.
	 * @throws Exception if the call was refused
	 */
	void take() throws Exception;

}
