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
import java.time.Duration;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import liquibase.integration.spring.SpringLiquibase;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what is used with data sources.
 */
class DataAccessTests {

	private final HikariDataSource pool = TestPool.h2(3);

	// Whoever holds one connection and takes another fails.
	private final ConcurrencyLimiter limiter = TestPool.limiter("db",
			new ConcurrencyLimiterSpec(1, Duration.ZERO, ConcurrencyLimiterSpec.UNBOUNDED));

	private final DataSource dataSource = DataSourceSubclass.create(this.pool,
			new LimitedDataSource(this.pool, this.limiter));

	@AfterEach
	void everythingIsBack() {
		assertThat(this.limiter.stats().granted()).isPositive();
		assertThat(this.limiter.inUse()).isZero();
		assertThat(this.pool.getHikariPoolMXBean().getActiveConnections()).isZero();
		JdbcClient.create(this.pool).sql("drop all objects").update();
		this.pool.close();
	}

	@Test
	void jpaHasOneConnectionForATransaction() {
		LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
		factory.setDataSource(this.dataSource);
		factory.setManagedTypes(PersistenceManagedTypes.of(Item.class.getName()));
		HibernateJpaVendorAdapter adapter = new HibernateJpaVendorAdapter();
		adapter.setGenerateDdl(true);
		factory.setJpaVendorAdapter(adapter);
		factory.afterPropertiesSet();
		EntityManagerFactory entityManagers = factory.getObject();
		JpaTransactionManager transactionManager = new JpaTransactionManager(entityManagers);
		transactionManager.setDataSource(this.dataSource);
		transactionManager.afterPropertiesSet();
		var entityManager = SharedEntityManagerCreator.createSharedEntityManager(entityManagers);
		TransactionTemplate transaction = new TransactionTemplate(transactionManager);
		transaction.executeWithoutResult((status) -> {
			entityManager.persist(new Item());
			entityManager.flush();
			// JDBC within the transaction sees the same connection.
			assertThat(
					JdbcClient.create(this.dataSource).sql("select count(*) from item").query(Integer.class).single())
				.isOne();
			assertThat(this.limiter.inUse()).isOne();
		});
		assertThat(transaction.<List<?>>execute(
				(status) -> entityManager.createQuery("select i from Item i", Item.class).getResultList()))
			.hasSize(1);
		factory.destroy();
	}

	@Test
	void liquibaseMigrates() throws Exception {
		SpringLiquibase liquibase = new SpringLiquibase();
		liquibase.setDataSource(this.dataSource);
		liquibase.setResourceLoader(new DefaultResourceLoader());
		liquibase.setChangeLog("classpath:io/github/penstock/jdbc/changelog.sql");
		liquibase.afterPropertiesSet();
		assertThat(JdbcClient.create(this.dataSource).sql("select count(*) from moved").query(Integer.class).single())
			.isOne();
	}

	@Test
	void flywayMigrates() {
		// Flyway holds one connection for its history and one for the migration.
		this.limiter.change((spec) -> spec.withMax(2));
		Flyway.configure()
			.dataSource(this.dataSource)
			.locations("classpath:io/github/penstock/jdbc/migration")
			.load()
			.migrate();
		assertThat(JdbcClient.create(this.dataSource).sql("select count(*) from flown").query(Integer.class).single())
			.isOne();
	}

	@Test
	void transactionsAndTransactionAwareProxiesHaveOneConnection() {
		TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(this.dataSource));
		transaction.executeWithoutResult((status) -> {
			Connection first = DataSourceUtils.getConnection(this.dataSource);
			assertThat(DataSourceUtils.isConnectionTransactional(first, this.dataSource)).isTrue();
			try (Connection second = new TransactionAwareDataSourceProxy(this.dataSource).getConnection()) {
				assertThat(second.isClosed()).isFalse();
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
			DataSourceUtils.releaseConnection(first, this.dataSource);
			assertThat(this.limiter.inUse()).isOne();
		});
	}

	@Test
	void routingTakesThePermitOfTheChosenOne() throws SQLException {
		AbstractRoutingDataSource routing = new AbstractRoutingDataSource() {

			@Override
			protected Object determineCurrentLookupKey() {
				return "read";
			}

		};
		routing.setTargetDataSources(Map.of("read", this.dataSource, "write", this.pool));
		routing.afterPropertiesSet();
		try (Connection connection = routing.getConnection()) {
			assertThat(connection.isClosed()).isFalse();
			assertThat(this.limiter.inUse()).isOne();
		}
	}

	@Entity(name = "Item")
	static class Item {

		@Id
		@GeneratedValue
		Long id;

	}

}
