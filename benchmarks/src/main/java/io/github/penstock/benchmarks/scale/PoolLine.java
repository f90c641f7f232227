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

package io.github.penstock.benchmarks.scale;

import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.jdbc.LimitedDataSource;

/**
 * So many virtual threads want a connection of a pool of 10 at the same time, hold it for
 * a millisecond and close it: with the line in the pool, and with the line before the
 * pool.
 */
final class PoolLine {

	private static final int SIZE = 10;

	private static final Duration TIMEOUT = Duration.ofMinutes(5);

	private PoolLine() {
	}

	/**
	 * Measure.
	 * @param args whether there is a limit before the pool, threads, rounds
	 */
	public static void main(String[] args) throws Exception {
		boolean limited = Boolean.parseBoolean(args[0]);
		int threads = Integer.parseInt(args[1]);
		int rounds = Integer.parseInt(args[2]);
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setJdbcUrl("jdbc:h2:mem:line");
			pool.setMaximumPoolSize(SIZE);
			pool.setConnectionTimeout(TIMEOUT.toMillis());
			DataSource dataSource = limited ? limit(pool) : pool;
			run(dataSource, Math.min(threads, 1000));
			Result.print(Usage.median(rounds, () -> run(dataSource, threads)).values());
		}
	}

	private static DataSource limit(DataSource pool) {
		return new LimitedDataSource(pool, new LimiterRegistry().register("db",
				new ConcurrencyLimiterSpec(SIZE, TIMEOUT, ConcurrencyLimiterSpec.UNBOUNDED)));
	}

	private static Object run(DataSource dataSource, int threads) throws Exception {
		CountDownLatch done = new CountDownLatch(threads);
		VirtualThreads.Body call = () -> {
			try (Connection connection = dataSource.getConnection()) {
				connection.getAutoCommit();
				Thread.sleep(1);
			}
			done.countDown();
		};
		for (int i = 0; i < threads; i++) {
			VirtualThreads.start(call.orExit());
		}
		done.await();
		return done;
	}

}
