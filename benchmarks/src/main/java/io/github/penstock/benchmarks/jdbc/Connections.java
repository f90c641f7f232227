package io.github.penstock.benchmarks.jdbc;

import java.sql.Connection;

/**
 * Gives connections.
 */
@FunctionalInterface
public interface Connections {

	/**
	 * Get a connection and close it.
	 * @return the connection
	 * @throws Exception if there was none
	 */
	Connection getAndClose() throws Exception;

}
