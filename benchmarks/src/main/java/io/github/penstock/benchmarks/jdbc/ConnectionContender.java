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
import java.sql.SQLException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.jdbc.DataSourceLimiter;
import io.github.penstock.jdbc.LimitedDataSource;
import io.github.penstock.jdbc.LimitedDataSourceBeanPostProcessor;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;

import org.springframework.beans.factory.support.StaticListableBeanFactory;

/**
 * What stands before a pool.
 */
public enum ConnectionContender {

	/** Nothing: the floor. */
	HIKARI("HikariCP alone", (pool) -> of(pool)),

	/** As in code. */
	PENSTOCK("Penstock, LimitedDataSource", (pool) -> of(limited(pool))),

	/** As {@code penstock.data-sources} does it: a subclass of the pool's class. */
	PENSTOCK_BEAN("Penstock, bean of the pool's class", (pool) -> {
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		beans.addBean("limiter", (DataSourceLimiter) (name, target) -> limited(target));
		LimitedDataSourceBeanPostProcessor postProcessor = new LimitedDataSourceBeanPostProcessor(
				beans.getBeanProvider(DataSourceLimiter.class));
		return of((DataSource) postProcessor.postProcessAfterInitialization(pool, "db"));
	}),

	/** No wrapper at all: whoever closes twice adds permits. */
	SEMAPHORE("fair j.u.c. Semaphore around the call", (pool) -> {
		Semaphore semaphore = new Semaphore(ConnectionBenchmark.SIZE, true);
		return () -> {
			if (!semaphore.tryAcquire(30, TimeUnit.SECONDS)) {
				throw new IllegalStateException("timed out");
			}
			try {
				return close(pool.getConnection());
			}
			finally {
				semaphore.release();
			}
		};
	}),

	/** Limits nothing: what a wrapper by reflection costs. */
	DATASOURCE_PROXY("datasource-proxy (limits nothing)", (pool) -> of(ProxyDataSourceBuilder.create(pool).build()));

	private final String title;

	private final Function<HikariDataSource, Connections> factory;

	ConnectionContender(String title, Function<HikariDataSource, Connections> factory) {
		this.title = title;
		this.factory = factory;
	}

	/**
	 * Put it before a pool.
	 * @param pool the pool
	 * @return what gives connections
	 */
	public Connections create(HikariDataSource pool) {
		return this.factory.apply(pool);
	}

	private static Connections of(DataSource dataSource) {
		return () -> close(dataSource.getConnection());
	}

	private static Connection close(Connection connection) throws SQLException {
		connection.close();
		return connection;
	}

	private static LimitedDataSource limited(DataSource pool) {
		return new LimitedDataSource(pool,
				new LimiterRegistry().register("db", ConcurrencyLimiterSpec.of(ConnectionBenchmark.SIZE)));
	}

	@Override
	public String toString() {
		return this.title;
	}

}
