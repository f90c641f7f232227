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

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.Holder;
import io.github.penstock.LimiterFactory;
import io.github.penstock.RefusalReason;
import io.github.penstock.TimeSource;
import org.awaitility.Awaitility;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;

/**
 * Tests for {@link LimitedDataSource}.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class LimitedDataSourceTests {

	private final HikariDataSource pool = TestPool.h2(3);

	private final ConcurrencyLimiter limiter = TestPool.limiter("db",
			new ConcurrencyLimiterSpec(2, Duration.ZERO, ConcurrencyLimiterSpec.UNBOUNDED));

	private final LimitedDataSource dataSource = new LimitedDataSource(this.pool, this.limiter);

	@AfterEach
	void everythingIsBack() {
		assertThat(this.limiter.inUse()).isZero();
		assertThat(this.limiter.waiting()).isZero();
		assertThat(this.limiter.available()).isEqualTo(this.limiter.max());
		if (this.pool.getHikariPoolMXBean() != null) {
			assertThat(this.pool.getHikariPoolMXBean().getActiveConnections()).isZero();
		}
		this.pool.close();
	}

	@Test
	void connectionsOfTrackedLimitHaveThoseWhoTookThemAsHolders() throws Exception {
		ConcurrencyLimiter tracked = LimiterFactory
			.tracking(LimiterFactory.local(TimeSource.system()), TimeSource.system())
			.concurrencyLimiter("db", this.limiter.spec());
		LimitedDataSource limited = new LimitedDataSource(this.pool, tracked);
		Connection first = limited.getConnection();
		tracked.run(() -> {
			try (Connection second = limited.getConnection()) {
				assertThat(tracked.holders(10)).hasSize(2).hasSize(tracked.inUse());
				assertThatExceptionOfType(SQLException.class).isThrownBy(limited::getConnection);
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
			assertThat(tracked.holders(10)).hasSize(2);
		});
		assertThat(tracked.holders(10)).extracting(Holder::thread).containsExactly(Thread.currentThread().getName());
		CompletableFuture.runAsync(() -> {
			try {
				first.close();
				first.close();
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}).get(20, TimeUnit.SECONDS);
		assertThat(tracked.holders(10)).isEmpty();
		assertThat(tracked.available()).isEqualTo(2);
	}

	@Test
	void getConnectionTakesPermitUntilClose() throws SQLException {
		try (Connection first = this.dataSource.getConnection(); Connection second = this.dataSource.getConnection()) {
			assertThat(first).isNotEqualTo(second);
			assertThat(this.limiter.inUse()).isEqualTo(2);
		}
		assertThat(this.limiter.inUse()).isZero();
	}

	@Test
	void getConnectionWhenFullIsRefusedWithTheNumbers() throws SQLException {
		this.limiter.change((spec) -> spec.withTimeout(Duration.ofMillis(20)));
		// By another thread, for this one would wait for itself.
		try (Connection first = elsewhere(); Connection second = elsewhere()) {
			assertThatExceptionOfType(SQLTransientConnectionException.class).isThrownBy(this.dataSource::getConnection)
				.withMessageMatching("Data source 'db' had no connection free within the timeout:"
						+ " cap=2, inUse=2, waiting=\\d, waited=\\d+ms")
				.withCauseInstanceOf(BulkheadFullException.class)
				.satisfies((ex) -> assertThat(((BulkheadFullException) ex.getCause()).reason())
					.isEqualTo(RefusalReason.TIMED_OUT));
			assertThat(first.isClosed() || second.isClosed()).isFalse();
		}
	}

	@Test
	void getConnectionWhenClosedOrLineFullSaysSo() throws SQLException {
		this.limiter.change((spec) -> new ConcurrencyLimiterSpec(1, Duration.ofSeconds(1), 0));
		try (Connection first = elsewhere()) {
			assertThatExceptionOfType(SQLTransientConnectionException.class).isThrownBy(this.dataSource::getConnection)
				.withMessageContaining("as many callers wait");
			assertThat(first.isValid(1)).isTrue();
		}
		this.limiter.change((spec) -> spec.withMax(0));
		assertThatExceptionOfType(SQLTransientConnectionException.class).isThrownBy(this.dataSource::getConnection)
			.withMessageContaining("max = 0");
	}

	@Test
	void getConnectionWhenInterruptedKeepsTheFlag() throws SQLException {
		this.limiter.change((spec) -> spec.withMax(1).withTimeout(Duration.ofSeconds(20)));
		try (Connection first = elsewhere()) {
			Thread.currentThread().interrupt();
			assertThatExceptionOfType(SQLTransientConnectionException.class).isThrownBy(this.dataSource::getConnection)
				.withMessageContaining("interrupted");
			assertThat(Thread.interrupted()).isTrue();
			assertThat(first.isClosed()).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { SQLException.class, IllegalStateException.class, StackOverflowError.class })
	void getConnectionWhenTargetFailsGivesPermitBack(Class<? extends Throwable> type) throws Exception {
		Throwable failure = type.getConstructor(String.class).newInstance("no");
		DataSource target = mock(DataSource.class, (invocation) -> {
			if (invocation.getMethod().getName().equals("isWrapperFor")) {
				return false;
			}
			throw failure;
		});
		LimitedDataSource dataSource = new LimitedDataSource(target, this.limiter);
		assertThatExceptionOfType(type).isThrownBy(dataSource::getConnection).isSameAs(failure);
		assertThatExceptionOfType(type).isThrownBy(() -> dataSource.getConnection("a", "b")).isSameAs(failure);
		assertThat(this.limiter.inUse()).isZero();
		assertThat(this.limiter.stats().granted()).isEqualTo(2);
	}

	@Test
	void getConnectionWhenTargetReturnsNullFails() {
		LimitedDataSource dataSource = new LimitedDataSource(mock(DataSource.class), this.limiter);
		assertThatExceptionOfType(SQLException.class).isThrownBy(dataSource::getConnection)
			.withMessageContaining("Data source 'db'");
	}

	@Test
	void getConnectionWithUserAndBuilderAreLimited() throws SQLException {
		Connection connection = mock(Connection.class);
		ConnectionBuilder builder = mock(ConnectionBuilder.class);
		given(builder.build()).willReturn(connection);
		DataSource target = new AbstractDataSource() {

			@Override
			public Connection getConnection() {
				return connection;
			}

			@Override
			public Connection getConnection(String username, String password) {
				return connection;
			}

			@Override
			public ConnectionBuilder createConnectionBuilder() {
				return builder;
			}

		};
		LimitedDataSource dataSource = new LimitedDataSource(target, this.limiter);
		try (Connection first = dataSource.getConnection("user", "password");
				Connection second = dataSource.createConnectionBuilder().user("u").password("p").build()) {
			assertThat(first.unwrap(Connection.class)).isSameAs(first);
			assertThat(second).isNotSameAs(connection);
			assertThat(this.limiter.inUse()).isEqualTo(2);
			assertThatExceptionOfType(SQLTransientConnectionException.class)
				.isThrownBy(dataSource.createConnectionBuilder()::build);
		}
		then(builder).should().user("u");
		then(builder).should().password("p");
		then(connection).should(times(2)).close();
	}

	@Test
	void closeTwiceGivesOnePermitBackAndClosesTargetOnce() throws SQLException {
		Connection target = mock(Connection.class);
		Connection connection = limited(target).getConnection();
		Connection other = this.dataSource.getConnection();
		connection.close();
		connection.close();
		assertThat(this.limiter.inUse()).isOne();
		assertThat(connection.isClosed()).isTrue();
		assertThat(connection.isValid(1)).isFalse();
		assertThatExceptionOfType(SQLException.class).isThrownBy(connection::createStatement)
			.withMessageContaining("closed");
		assertThatExceptionOfType(SQLClientInfoException.class).isThrownBy(() -> connection.setClientInfo("a", "b"));
		then(target).should(times(1)).close();
		other.close();
	}

	@Test
	void closeByTwoThreadsGivesOnePermitBack() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(2);
		CyclicBarrier barrier = new CyclicBarrier(2);
		try (Connection held = this.dataSource.getConnection()) {
			for (int i = 0; i < 500; i++) {
				Connection connection = this.dataSource.getConnection();
				List<Future<?>> closers = List.of(threads.submit(() -> close(barrier, connection)),
						threads.submit(() -> close(barrier, connection)));
				for (Future<?> closer : closers) {
					closer.get();
				}
				assertThat(this.limiter.inUse()).isOne();
				assertThat(this.pool.getHikariPoolMXBean().getActiveConnections()).isOne();
			}
			assertThat(held.isClosed()).isFalse();
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static Void close(CyclicBarrier barrier, Connection connection) throws Exception {
		barrier.await();
		connection.close();
		return null;
	}

	@ParameterizedTest
	@ValueSource(classes = { SQLException.class, StackOverflowError.class })
	void closeWhenTargetFailsGivesPermitBack(Class<? extends Throwable> type) throws Exception {
		Connection target = mock(Connection.class);
		willThrow(type).given(target).close();
		Connection connection = limited(target).getConnection();
		assertThatExceptionOfType(type).isThrownBy(connection::close);
		connection.close();
	}

	@Test
	void abortGivesPermitBackAndHasThePoolTakeItsPlaceBack() throws SQLException {
		Connection connection = this.dataSource.getConnection();
		connection.abort(Runnable::run);
		assertThat(this.limiter.inUse()).isZero();
		assertThat(this.pool.getHikariPoolMXBean().getActiveConnections()).isZero();
		assertThat(connection.isClosed()).isTrue();
		connection.abort(Runnable::run);
		connection.close();
		assertThat(this.limiter.available()).isEqualTo(2);
	}

	@Test
	void abortWhenExecutorRunsNothingGivesPermitBackAndCloseTheConnection() throws SQLException {
		Connection target = mock(Connection.class);
		Connection connection = limited(target).getConnection();
		connection.abort((task) -> {
		});
		assertThat(this.limiter.inUse()).isZero();
		then(target).should().abort(any());
		connection.close();
		connection.close();
		then(target).should(times(1)).close();
	}

	@Test
	void abortWhenTargetFailsGivesPermitBack() throws SQLException {
		Connection target = mock(Connection.class);
		willThrow(SQLException.class).given(target).abort(any());
		Connection connection = limited(target).getConnection();
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> connection.abort(Runnable::run));
		assertThat(this.limiter.inUse()).isZero();
	}

	@Test
	void abortWithoutExecutorFailsAndLeavesTheConnectionOpen() throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> connection.abort(null));
			assertThat(this.limiter.inUse()).isOne();
			assertThat(connection.isValid(1)).isTrue();
		}
	}

	@Test
	void abortWhenTargetFailsLeavesNoConnectionToUseWithoutPermit() throws SQLException {
		Connection target = mock(Connection.class);
		willThrow(SQLException.class).given(target).abort(any());
		Connection connection = limited(target).getConnection();
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> connection.abort(Runnable::run));
		assertThatExceptionOfType(SQLException.class).isThrownBy(connection::createStatement)
			.withMessageContaining("closed");
		then(target).should(times(1)).close();
	}

	@Test
	void connectionOfStatementsAndMetadataIsTheLimitedOne() throws SQLException {
		try (Connection connection = this.dataSource.getConnection();
				Statement statement = connection.createStatement();
				PreparedStatement prepared = connection.prepareStatement("select ?");
				CallableStatement call = connection.prepareCall("call 1")) {
			assertThat(statement.getConnection()).isSameAs(connection);
			assertThat(prepared.getConnection()).isSameAs(connection);
			assertThat(call.getConnection()).isSameAs(connection);
			DatabaseMetaData metaData = connection.getMetaData();
			assertThat(metaData.getConnection()).isSameAs(connection);
			assertThat(metaData.getDatabaseProductName()).isEqualTo("H2");
			assertThat(metaData.isWrapperFor(DatabaseMetaData.class)).isTrue();
			assertThat(metaData).isEqualTo(metaData).hasSameHashCodeAs(metaData);
			prepared.setInt(1, 7);
			try (ResultSet results = prepared.executeQuery()) {
				assertThat(results.next()).isTrue();
				assertThat(results.getInt(1)).isEqualTo(7);
			}
			assertThat(call.execute()).isTrue();
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> call.getInt("none"));
			statement.getConnection().close();
			assertThat(this.limiter.inUse()).isZero();
		}
	}

	@Test
	void connectionIsEqualToItselfOnlyAndUnwraps() throws SQLException {
		try (Connection connection = this.dataSource.getConnection();
				Statement statement = connection.createStatement()) {
			assertThat(connection).isEqualTo(connection).hasSameHashCodeAs(connection);
			assertThat(connection).isNotEqualTo(connection.unwrap(JdbcConnection.class));
			assertThat(connection.isWrapperFor(JdbcConnection.class)).isTrue();
			assertThat(connection.isWrapperFor(Connection.class)).isTrue();
			assertThat(connection.isWrapperFor(String.class)).isFalse();
			assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
			assertThat(connection).asString().contains("Data source 'db'").contains("HikariProxyConnection");
			assertThat(statement.unwrap(Statement.class)).isSameAs(statement);
			assertThat(statement.isWrapperFor(org.h2.jdbc.JdbcStatement.class)).isTrue();
		}
	}

	@Test
	void dataSourceUnwraps() throws SQLException {
		assertThat(this.dataSource.unwrap(HikariDataSource.class)).isSameAs(this.pool);
		assertThat(this.dataSource.unwrap(HikariConfigMXBean.class)).isSameAs(this.pool);
		assertThat(this.dataSource.unwrap(LimitedDataSource.class)).isSameAs(this.dataSource);
		assertThat(this.dataSource.isWrapperFor(HikariDataSource.class)).isTrue();
		assertThat(this.dataSource.isWrapperFor(DelegatingDataSource.class)).isTrue();
		assertThat(this.dataSource.isWrapperFor(String.class)).isFalse();
		assertThat(this.dataSource).asString().contains("'db'").contains("HikariDataSource");
	}

	@ParameterizedTest
	@ValueSource(classes = { LimitedConnection.class, LimitedStatement.class, LimitedPreparedStatement.class })
	void wrapperPassesOnEveryMethod(Class<?> type) {
		for (Class<?> face : new Class<?>[] { Connection.class, PreparedStatement.class, Statement.class }) {
			if (face.isAssignableFrom(type)) {
				for (Method method : face.getMethods()) {
					// What a later JDK adds has a body that uses the methods that are
					// here.
					if (!Modifier.isStatic(method.getModifiers()) && Runtime.version().feature() <= 25) {
						assertThat(type).satisfies((found) -> assertThat(
								found.getMethod(method.getName(), method.getParameterTypes()).getDeclaringClass())
							.isNotEqualTo(face));
					}
				}
			}
		}
	}

	@Test
	void connectionWhenInScopeOfTheLimiterNeedsNoPermitOfItsOwnButTheSecondDoes() throws Exception {
		this.limiter.call(() -> {
			try (Connection first = this.dataSource.getConnection()) {
				assertThat(this.limiter.inUse()).isOne();
				try (Connection second = this.dataSource.getConnection()) {
					assertThat(this.limiter.inUse()).isEqualTo(2);
					assertThatExceptionOfType(SQLException.class).isThrownBy(this.dataSource::getConnection);
					assertThat(first.isClosed() || second.isClosed()).isFalse();
				}
				assertThat(this.limiter.inUse()).isOne();
			}
			try (Connection third = this.dataSource.getConnection()) {
				assertThat(third.isClosed()).isFalse();
				assertThat(this.limiter.inUse()).isOne();
			}
			return null;
		});
	}

	@Test
	void connectionWhenScopeEndsBeforeItKeepsThePermit() throws Exception {
		Connection connection = this.limiter.call(this.dataSource::getConnection);
		assertThat(this.limiter.inUse()).isOne();
		connection.close();
	}

	@Test
	void evictionOfIdleConnectionsAddsNoPermits() throws SQLException {
		for (int i = 0; i < 3; i++) {
			this.dataSource.getConnection().close();
			this.pool.getHikariPoolMXBean().softEvictConnections();
			assertThat(this.limiter.available()).isEqualTo(2);
		}
	}

	@Test
	void connectionHeldTooLongIsReportedOnceWithItsStack(CapturedOutput output) throws SQLException {
		LimitedDataSource dataSource = new LimitedDataSource("orders", this.pool, () -> this.limiter,
				Duration.ofMillis(30));
		dataSource.getConnection().close();
		try (Connection connection = dataSource.getConnection()) {
			Awaitility.await().untilAsserted(() -> assertThat(output).contains("perhaps never closed"));
			assertThat(output).contains("Data source 'orders' (bulkhead 'db')")
				.contains("connectionHeldTooLongIsReportedOnceWithItsStack")
				.containsOnlyOnce("perhaps never closed");
			assertThat(connection.isClosed()).isFalse();
		}
	}

	@Test
	void limiterIsAskedForAtTheFirstConnection() throws SQLException {
		AtomicInteger asked = new AtomicInteger();
		LimitedDataSource dataSource = new LimitedDataSource("orders", this.pool, () -> {
			asked.incrementAndGet();
			return this.limiter;
		}, null);
		assertThat(asked).hasValue(0);
		dataSource.getConnection().close();
		dataSource.getConnection().close();
		assertThat(asked).hasValue(1);
		assertThat(dataSource.getLimiter()).isSameAs(this.limiter);
		assertThat(dataSource.getName()).isEqualTo("orders");
	}

	private LimitedDataSource limited(Connection target) throws SQLException {
		DataSource dataSource = mock(DataSource.class);
		given(dataSource.getConnection()).willReturn(target);
		return new LimitedDataSource(dataSource, this.limiter);
	}

	private Connection elsewhere() {
		ExecutorService thread = Executors.newSingleThreadExecutor();
		try {
			return thread.submit(() -> this.dataSource.getConnection()).get();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			thread.shutdown();
		}
	}

}
