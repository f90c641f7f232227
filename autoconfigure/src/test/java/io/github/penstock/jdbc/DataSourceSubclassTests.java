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
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import javax.sql.ConnectionPoolDataSource;
import javax.sql.DataSource;
import javax.sql.PooledConnection;
import javax.sql.XAConnection;
import javax.sql.XADataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import org.h2.jdbc.JdbcConnection;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.boot.jdbc.metadata.HikariDataSourcePoolMetadata;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link DataSourceSubclass}.
 */
class DataSourceSubclassTests {

	private final HikariDataSource pool = TestPool.h2(3);

	private final ConcurrencyLimiter limiter = TestPool.limiter("db",
			new ConcurrencyLimiterSpec(1, Duration.ZERO, ConcurrencyLimiterSpec.UNBOUNDED));

	private final LimitedDataSource limited = new LimitedDataSource(this.pool, this.limiter);

	private final HikariDataSource subclass = (HikariDataSource) DataSourceSubclass.create(this.pool, this.limited);

	@AfterEach
	void everythingIsBack() {
		assertThat(this.limiter.inUse()).isZero();
		this.pool.close();
	}

	@Test
	void connectionsAreLimited() throws SQLException {
		try (Connection connection = this.subclass.getConnection()) {
			assertThat(this.limiter.inUse()).isOne();
			assertThat(connection.isValid(1)).isTrue();
			assertThatExceptionOfType(SQLException.class).isThrownBy(this.subclass::getConnection)
				.withMessageContaining("cap=1");
		}
		assertThatExceptionOfType(SQLFeatureNotSupportedException.class)
			.isThrownBy(() -> this.subclass.getConnection("a", "b"));
		assertThatExceptionOfType(SQLFeatureNotSupportedException.class)
			.isThrownBy(this.subclass::createConnectionBuilder);
	}

	@Test
	void allElseIsTheTargets() throws SQLException {
		this.subclass.setPoolName("mine");
		assertThat(this.pool.getPoolName()).isEqualTo("mine");
		assertThat(this.subclass.getMaximumPoolSize()).isEqualTo(3);
		assertThat(this.subclass.isRunning()).isFalse();
		this.subclass.getConnection().close();
		assertThat(this.subclass.isRunning()).isTrue();
		assertThat(this.subclass.getHikariPoolMXBean()).isSameAs(this.pool.getHikariPoolMXBean());
		assertThat(this.subclass).hasToString(this.pool.toString());
		this.subclass.close();
		assertThat(this.pool.isClosed()).isTrue();
	}

	@Test
	void configurationCanBeCopiedToAnotherPool() {
		HikariConfig copy = new HikariConfig();
		this.subclass.copyStateTo(copy);
		assertThat(copy.getJdbcUrl()).isEqualTo(this.pool.getJdbcUrl());
		assertThat(copy.getMaximumPoolSize()).isEqualTo(3);
	}

	@Test
	void connectionCanBeEvicted() throws SQLException {
		try (Connection connection = this.subclass.getConnection()) {
			this.subclass.evictConnection(connection);
		}
		assertThat(this.pool.getHikariPoolMXBean().getTotalConnections()).isZero();
	}

	@Test
	void equalsIsIdentity() {
		assertThat(this.subclass).isEqualTo(this.subclass).isNotEqualTo(this.pool);
		assertThat(this.subclass.hashCode()).isEqualTo(System.identityHashCode(this.subclass));
	}

	@Test
	void unwrapLeadsToTheLimitedOneAndToTheTarget() throws SQLException {
		assertThat(this.subclass.unwrap(LimitedDataSource.class)).isSameAs(this.limited);
		assertThat(this.subclass.isWrapperFor(LimitedDataSource.class)).isTrue();
		assertThat(this.subclass.unwrap(HikariConfigMXBean.class)).isSameAs(this.pool);
		assertThat(DataSourceUnwrapper.unwrapRoot(this.subclass)).isSameAs(this.pool);
		assertThat(ClassUtils.getUserClass(this.subclass)).isEqualTo(HikariDataSource.class);
	}

	@Test
	void poolMetadataHasTheNumbersOfThePool() throws SQLException {
		HikariDataSourcePoolMetadata metadata = new HikariDataSourcePoolMetadata(this.subclass);
		assertThat(metadata.getMax()).isEqualTo(3);
		try (Connection connection = this.subclass.getConnection()) {
			assertThat(connection.isClosed()).isFalse();
			assertThat(metadata.getActive()).isOne();
			assertThat(metadata.getIdle()).isZero();
		}
		assertThat(metadata.getActive()).isZero();
	}

	@Test
	void poolMetadataWhenPoolHasBegunBeforeHasTheNumbersOfThePool() throws SQLException {
		this.pool.getConnection().close();
		HikariDataSource late = (HikariDataSource) DataSourceSubclass.create(this.pool, this.limited);
		assertThat(new HikariDataSourcePoolMetadata(late).getIdle()).isOne();
		assertThat(late.getClass()).isSameAs(this.subclass.getClass());
	}

	@Test
	void subclassOfSubclassIsOneOfTheClassItself() throws SQLException {
		LimitedDataSource twice = new LimitedDataSource(this.subclass,
				TestPool.limiter("outer", ConcurrencyLimiterSpec.of(2)));
		DataSource outer = DataSourceSubclass.create(this.subclass, twice);
		assertThat(outer).isInstanceOf(HikariDataSource.class);
		try (Connection connection = outer.getConnection()) {
			assertThat(connection.isValid(1)).isTrue();
			assertThat(this.limiter.inUse()).isOne();
			assertThat(twice.getLimiter().inUse()).isOne();
		}
	}

	@Test
	void waysPastTheLimitAreRefused() throws SQLException {
		All h2 = new All();
		All subclass = (All) DataSourceSubclass.create(h2, new LimitedDataSource("h2", h2, () -> this.limiter, null));
		assertThatExceptionOfType(SQLFeatureNotSupportedException.class).isThrownBy(subclass::getXAConnection)
			.withMessageContaining("Data source 'h2' is limited, which getXAConnection would go past")
			.withMessageContaining("unwrap " + All.class.getName());
		assertThatExceptionOfType(SQLFeatureNotSupportedException.class)
			.isThrownBy(() -> subclass.getXAConnection("a", "b"));
		assertThatExceptionOfType(SQLFeatureNotSupportedException.class).isThrownBy(subclass::getPooledConnection);
		assertThatExceptionOfType(SQLFeatureNotSupportedException.class).isThrownBy(subclass::createXAConnectionBuilder)
			.withMessageContaining("'h2'");
		assertThatExceptionOfType(SQLFeatureNotSupportedException.class)
			.isThrownBy(subclass::createPooledConnectionBuilder)
			.withMessageContaining("'h2'");
		try (Connection connection = subclass.getConnection()) {
			assertThat(connection.isValid(1)).isTrue();
			assertThat(this.limiter.inUse()).isOne();
		}
	}

	@Test
	void otherMethodsThatReturnConnectionsAreLimited() throws SQLException {
		Labelled target = new Labelled();
		Labelled subclass = (Labelled) DataSourceSubclass.create(target,
				new LimitedDataSource("labelled", target, () -> this.limiter, null));
		try (Connection connection = subclass.getConnection(new Properties())) {
			assertThat(connection.isValid(1)).isTrue();
			assertThat(this.limiter.inUse()).isOne();
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> subclass.getConnection(new Properties()))
				.withMessageContaining("cap=1");
		}
		assertThat(this.limiter.inUse()).isZero();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> subclass.getConnection(42));
		assertThat(this.limiter.inUse()).isZero();
		assertThatExceptionOfType(SQLFeatureNotSupportedException.class).isThrownBy(subclass::getConnectionAsync);
		assertThatExceptionOfType(SQLFeatureNotSupportedException.class).isThrownBy(subclass::getNativeConnection);
		assertThat(subclass.getName().join()).isEqualTo("labelled");
	}

	@Test
	void subclassIsPossibleUnlessItWouldMissCalls() {
		assertThat(DataSourceSubclass.isPossibleFor(HikariDataSource.class)).isTrue();
		assertThat(DataSourceSubclass.isPossibleFor(SimpleDriverDataSource.class)).isTrue();
		assertThat(DataSourceSubclass.isPossibleFor(Last.class)).isFalse();
		assertThat(DataSourceSubclass.isPossibleFor(Stubborn.class)).isFalse();
		assertThat(mock(DataSource.class)).isNotNull();
	}

	static class All extends SimpleDriverDataSource implements XADataSource, ConnectionPoolDataSource {

		private final JdbcDataSource target = new JdbcDataSource();

		All() {
			super(new org.h2.Driver(), "jdbc:h2:mem:all");
			this.target.setURL("jdbc:h2:mem:all");
		}

		@Override
		public XAConnection getXAConnection() throws SQLException {
			return this.target.getXAConnection();
		}

		@Override
		public XAConnection getXAConnection(String user, String password) throws SQLException {
			return this.target.getXAConnection(user, password);
		}

		@Override
		public PooledConnection getPooledConnection() throws SQLException {
			return this.target.getPooledConnection();
		}

		@Override
		public PooledConnection getPooledConnection(String user, String password) throws SQLException {
			return this.target.getPooledConnection(user, password);
		}

	}

	static class Labelled extends SimpleDriverDataSource {

		Labelled() {
			super(new org.h2.Driver(), "jdbc:h2:mem:labelled");
		}

		public Connection getConnection(Properties labels) throws SQLException {
			return getConnection();
		}

		public Connection getConnection(int label) throws InterruptedException {
			throw new InterruptedException();
		}

		public Future<Connection> getConnectionAsync() throws SQLException {
			return CompletableFuture.completedFuture(getConnection());
		}

		public JdbcConnection getNativeConnection() throws SQLException {
			return (JdbcConnection) getConnection();
		}

		public CompletableFuture<String> getName() {
			return CompletableFuture.completedFuture("labelled");
		}

	}

	static final class Last extends SimpleDriverDataSource {

	}

	static class Stubborn extends SimpleDriverDataSource {

		@Override
		public final Connection getConnection() {
			throw new IllegalStateException();
		}

	}

}
