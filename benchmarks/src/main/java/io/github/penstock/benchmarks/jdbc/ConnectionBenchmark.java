/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.penstock.benchmarks.jdbc;

import java.sql.Connection;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A connection got and closed while enough are free: nothing waits, nothing is refused.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ConnectionBenchmark {

	/** The pool's size, and the limit. */
	static final int SIZE = 10;

	/** Who stands before the pool. */
	@Param
	public ConnectionContender contender;

	private HikariDataSource pool;

	private Connections connections;

	/** Make the pool. */
	@Setup
	public void create() {
		this.pool = new HikariDataSource();
		this.pool.setJdbcUrl("jdbc:h2:mem:benchmark");
		this.pool.setMaximumPoolSize(SIZE);
		this.connections = this.contender.create(this.pool);
	}

	/** Close the pool. */
	@TearDown
	public void close() {
		this.pool.close();
	}

	/**
	 * Get and close.
	 * @return the connection, so that none of them can be optimized away, as none can
	 * that somebody uses
	 * @throws Exception if there was no connection
	 */
	@Benchmark
	public Connection pair() throws Exception {
		return this.connections.getAndClose();
	}

}
