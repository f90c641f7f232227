package io.github.penstock.benchmarks.jdbc;

/**
 * Gives connections.
 */
@FunctionalInterface
public interface Connections {

	/**
	 * Get a connection and close it.
	 * @throws Exception if there was none
	 */
	void getAndClose() throws Exception;

}
