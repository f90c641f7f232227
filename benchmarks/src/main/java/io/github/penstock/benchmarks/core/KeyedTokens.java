package io.github.penstock.benchmarks.core;

/**
 * Tokens for each key.
 */
@FunctionalInterface
public interface KeyedTokens {

	/**
	 * Take a token if there is one.
	 * @param key whose
	 * @return whether there was one
	 */
	boolean take(Object key);

}
