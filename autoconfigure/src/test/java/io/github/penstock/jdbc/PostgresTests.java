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

package io.github.penstock.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LimitedDataSource} before HikariCP before PostgreSQL, which tells
 * itself who is there.
 */
@Timeout(120)
class PostgresTests {

	private static final String APPLICATION = "limited";

	private static EmbeddedPostgres postgres;

	private final ConcurrencyLimiter limiter = TestPool.limiter("db",
			new ConcurrencyLimiterSpec(3, Duration.ofSeconds(30), ConcurrencyLimiterSpec.UNBOUNDED));

	private HikariDataSource pool;

	private LimitedDataSource dataSource;

	@BeforeAll
	static void start() throws Exception {
		postgres = EmbeddedPostgres.builder().setLocaleConfig("locale", "C").setServerConfig("fsync", "off").start();
	}

	@AfterAll
	static void stop() throws Exception {
		postgres.close();
	}

	@BeforeEach
	void open() {
		this.pool = new HikariDataSource();
		this.pool.setJdbcUrl(postgres.getJdbcUrl("postgres", "postgres") + "&ApplicationName=" + APPLICATION);
		this.pool.setMaximumPoolSize(6);
		this.pool.setMinimumIdle(0);
		this.dataSource = new LimitedDataSource(this.pool, this.limiter);
	}

	@AfterEach
	void everythingIsBack() {
		assertThat(this.limiter.inUse()).isZero();
		assertThat(this.limiter.waiting()).isZero();
		assertThat(this.pool.getHikariPoolMXBean().getActiveConnections()).isZero();
		this.pool.close();
	}

	@Test
	void capHoldsInTheEyesOfTheServer() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(12);
		try (Connection witness = postgres.getPostgresDatabase().getConnection()) {
			execute(witness, "select pg_advisory_lock(42)");
			List<Future<?>> calls = new ArrayList<>();
			for (int i = 0; i < 12; i++) {
				calls.add(threads.submit(() -> {
					try (Connection connection = this.dataSource.getConnection()) {
						execute(connection, "select pg_advisory_lock_shared(42), pg_advisory_unlock_shared(42)");
					}
					return null;
				}));
			}
			// The server's view of many processes is no snapshot: they must stand still.
			Awaitility.await().until(() -> this.limiter.waiting() == 9 && active(witness) >= 3);
			for (int i = 0; i < 20; i++) {
				assertThat(active(witness)).isEqualTo(3);
			}
			execute(witness, "select pg_advisory_unlock(42)");
			for (Future<?> call : calls) {
				call.get();
			}
			assertThat(this.limiter.stats().granted()).isEqualTo(12);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void brokenConnectionGivesItsPermitBack() throws Exception {
		for (int i = 0; i < 5; i++) {
			try (Connection connection = this.dataSource.getConnection();
					Statement statement = connection.createStatement()) {
				terminate(connection);
				assertThatExceptionOfType(SQLException.class).isThrownBy(() -> statement.execute("select 1"));
			}
			assertThat(this.limiter.inUse()).isZero();
		}
		try (Connection connection = this.dataSource.getConnection()) {
			assertThat(connection.isValid(5)).isTrue();
		}
	}

	@Test
	void connectionBrokenInATransactionGivesItsPermitBack() throws Exception {
		try (Connection connection = this.dataSource.getConnection()) {
			connection.setAutoCommit(false);
			try (Statement statement = connection.createStatement()) {
				statement.execute("select 1");
			}
			terminate(connection);
			assertThatExceptionOfType(SQLException.class).isThrownBy(connection::commit);
		}
		assertThat(this.limiter.inUse()).isZero();
	}

	@Test
	void abortWhileAQueryRunsGivesThePermitBackAndThePlaceInThePool() throws Exception {
		ExecutorService threads = Executors.newCachedThreadPool();
		CountDownLatch running = new CountDownLatch(1);
		try {
			Connection connection = this.dataSource.getConnection();
			Future<?> query = threads.submit(() -> {
				try (Statement statement = connection.createStatement()) {
					running.countDown();
					statement.execute("select pg_sleep(60)");
				}
				return null;
			});
			running.await();
			connection.abort(threads);
			assertThat(this.limiter.inUse()).isZero();
			assertThatExceptionOfType(Exception.class).isThrownBy(query::get).withRootCauseInstanceOf(Exception.class);
			Awaitility.await()
				.untilAsserted(() -> assertThat(this.pool.getHikariPoolMXBean().getActiveConnections()).isZero());
			connection.close();
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void nativeConnectionIsFound() throws Exception {
		try (Connection connection = this.dataSource.getConnection()) {
			assertThat(connection.unwrap(PGConnection.class).getBackendPID()).isPositive();
		}
	}

	private static void terminate(Connection connection) throws SQLException {
		int process = connection.unwrap(PGConnection.class).getBackendPID();
		DataSource admin = postgres.getPostgresDatabase();
		try (Connection other = admin.getConnection(); Statement statement = other.createStatement()) {
			statement.execute("select pg_terminate_backend(" + process + ", 5000)");
		}
	}

	private static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	/** How many of our processes are within a query. */
	private static int active(Connection witness) throws SQLException {
		try (Statement statement = witness.createStatement();
				ResultSet results = statement.executeQuery("select count(*) from pg_stat_activity"
						+ " where state = 'active' and query like '%lock_shared%' and application_name = '"
						+ APPLICATION + "'")) {
			results.next();
			return results.getInt(1);
		}
	}

}
