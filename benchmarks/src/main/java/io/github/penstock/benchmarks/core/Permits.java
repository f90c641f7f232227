package io.github.penstock.benchmarks.core;

/**
 * The common shape of what limits concurrency.
 */
@FunctionalInterface
public interface Permits {

	/** A body that does nothing: what is left is the pair of taking and giving back. */
	Runnable NOTHING = () -> {
	};

	/**
	 * Run the body with a permit, waiting for one if there is none.
	 * @param body what to run
	 * @throws Exception if the call was refused
	 */
	void around(Runnable body) throws Exception;

}
