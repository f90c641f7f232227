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
import java.sql.SQLTransientConnectionException;
import java.time.Duration;

import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LazyTargets}, as a bean has them.
 */
class LazyTargetsTests {

	private final HikariDataSource pool = TestPool.h2(2);

	private final HikariDataSource replica = TestPool.h2(2);

	private final ConcurrencyLimiter limiter = TestPool.limiter("db",
			new ConcurrencyLimiterSpec(1, Duration.ZERO, ConcurrencyLimiterSpec.UNBOUNDED));

	private final LazyConnectionDataSourceProxy lazy = new LazyConnectionDataSourceProxy();

	@AfterEach
	void everythingIsBack() {
		assertThat(this.limiter.inUse()).isZero();
		assertThat(this.limiter.available()).isOne();
		this.pool.close();
		this.replica.close();
	}

	@Test
	void readOnlyTransactionsAreLimitedTogetherWithTheOthers() throws SQLException {
		this.lazy.setReadOnlyDataSource(this.replica);
		limit();
		try (Connection reading = this.lazy.getConnection()) {
			reading.setReadOnly(true);
			reading.createStatement().close();
			assertThat(this.replica.getHikariPoolMXBean().getActiveConnections()).isOne();
			assertThat(this.limiter.inUse()).isOne();
			try (Connection writing = this.lazy.getConnection()) {
				assertThatExceptionOfType(SQLTransientConnectionException.class).isThrownBy(writing::createStatement)
					.withMessageContaining("Data source 'lazy' (bulkhead 'db')");
			}
		}
		assertThat(this.replica.getHikariPoolMXBean().getActiveConnections()).isZero();
		try (Connection writing = this.lazy.getConnection()) {
			writing.createStatement().close();
			assertThat(this.pool.getHikariPoolMXBean().getActiveConnections()).isOne();
			assertThat(this.limiter.inUse()).isOne();
		}
	}

	@Test
	void oneDataSourceForAllIsLimitedOnce() throws SQLException {
		this.lazy.setReadOnlyDataSource(this.pool);
		limit();
		for (boolean readOnly : new boolean[] { true, false }) {
			try (Connection connection = this.lazy.getConnection()) {
				connection.setReadOnly(readOnly);
				connection.createStatement().close();
				assertThat(this.limiter.inUse()).isOne();
				assertThat(this.pool.getHikariPoolMXBean().getActiveConnections()).isOne();
			}
		}
	}

	private void limit() {
		this.lazy.setTargetDataSource(this.pool);
		this.lazy.setDefaultAutoCommit(true);
		DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
		beans.registerSingleton("limiter",
				(DataSourceLimiter) (name, target) -> new LimitedDataSource(name, target, () -> this.limiter, null));
		Object bean = new LimitedDataSourceBeanPostProcessor(beans.getBeanProvider(DataSourceLimiter.class))
			.postProcessAfterInitialization(this.lazy, "lazy");
		assertThat(bean).isSameAs(this.lazy);
	}

}
