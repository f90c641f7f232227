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
import java.util.function.Consumer;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what Spring Boot configures for a data source, with a limited one.
 */
class DataSourceBootTests {

	@Test
	void jpaHasOneConnectionForATransactionAndMetersAndHealthSeeIt() {
		run(Jpa.class, (context) -> {
			Orders orders = context.getBean(Orders.class);
			ConcurrencyLimiter limiter = limiter(context);
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			HealthIndicator health = context.getBean("dbHealthContributor", HealthIndicator.class);
			long before = limiter.stats().granted();
			orders.saveAndCount(() -> {
				assertThat(limiter.inUse()).isOne();
				assertThat(meters.get("hikaricp.connections.active").gauge().value()).isOne();
				assertThat(meters.get("hikaricp.connections.max").gauge().value()).isEqualTo(10);
				assertThat(meters.get("jdbc.connections.active").tag("name", "dataSource").gauge().value()).isOne();
				assertThat(meters.get("jdbc.connections.max").tag("name", "dataSource").gauge().value()).isEqualTo(10);
			});
			assertThat(limiter.stats().granted()).isEqualTo(before + 1);
			assertThat(health.health().getStatus()).isEqualTo(Status.UP);
			assertThat(limiter.stats().granted()).isGreaterThan(before + 1);
			// That of HikariCP is up to a second old.
			assertThat(meters.get("jdbc.connections.active").tag("name", "dataSource").gauge().value()).isZero();
			assertThat(orders.count()).isOne();
		}, "penstock.data-sources.dataSource.max=2");
	}

	@Test
	void jpaHasAnotherConnectionForRequiresNew() {
		run(Jpa.class, (context) -> {
			ConcurrencyLimiter limiter = limiter(context);
			context.getBean(Orders.class).saveInTwo(() -> assertThat(limiter.inUse()).isEqualTo(2));
			assertThat(context.getBean(Orders.class).count()).isEqualTo(2);
		}, "penstock.data-sources.dataSource.max=2");
		run(Jpa.class, (context) -> {
			Orders orders = context.getBean(Orders.class);
			assertThatException().isThrownBy(() -> orders.saveInTwo(() -> {
			})).withStackTraceContaining("as by REQUIRES_NEW within a transaction: cap=1, inUse=1");
			assertThat(orders.count()).isZero();
		}, "penstock.data-sources.dataSource.max=1");
	}

	@Test
	void lazyConnectionsOfJpaTakeThePermitWithTheFirstStatement() {
		run(Jpa.class, (context) -> {
			ConcurrencyLimiter limiter = limiter(context);
			assertThat(context.getBean(DataSource.class)).isInstanceOf(LazyConnectionDataSourceProxy.class);
			context.getBean(Orders.class).saveLater(() -> assertThat(limiter.inUse()).isZero(), () -> {
				assertThat(limiter.inUse()).isOne();
				assertCapInForce(context.getBean(DataSource.class));
			});
			assertThat(context.getBean(Orders.class).count()).isOne();
		}, "spring.datasource.connection-fetch=lazy", "penstock.data-sources.dataSource.max=1");
	}

	@Test
	void serviceConnectionSaysWhereTheDatabaseIs() throws Exception {
		try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
			.setLocaleConfig("locale", "C")
			.setServerConfig("fsync", "off")
			.start()) {
			String url = postgres.getJdbcUrl("postgres", "postgres");
			SpringApplicationBuilder application = application(Contained.class);
			application.initializers((context) -> context.getBeanFactory().registerSingleton("url", url));
			run(application, (context) -> {
				assertThat(context.getBean(JdbcConnectionDetails.class).getJdbcUrl()).isEqualTo(url);
				ConcurrencyLimiter limiter = limiter(context);
				assertThat(context.getBean(JdbcClient.class).sql("select version()").query(String.class).single())
					.startsWith("PostgreSQL");
				context.getBean(Orders.class).saveInTwo(() -> {
					assertThat(limiter.inUse()).isEqualTo(2);
					assertThatExceptionOfType(SQLTransientConnectionException.class)
						.isThrownBy(context.getBean(DataSource.class)::getConnection)
						.withMessageContaining("cap=2, inUse=2");
				});
				assertThat(context.getBean(Orders.class).count()).isEqualTo(2);
			}, "penstock.data-sources.dataSource.max=2");
		}
	}

	@Test
	void severalDataSourcesHaveTheirOwnLimits() {
		run(Two.class, (context) -> {
			HikariDataSource archive = context.getBean("archive", HikariDataSource.class);
			ConcurrencyLimiter orders = context.getBean(LimiterRegistry.class).concurrencyLimiter("orders");
			ConcurrencyLimiter other = context.getBean(LimiterRegistry.class).concurrencyLimiter("archive");
			context.getBean(Orders.class).saveAndCount(() -> {
				assertThat(orders.inUse()).isOne();
				assertThatExceptionOfType(SQLException.class)
					.isThrownBy(context.getBean("orders", DataSource.class)::getConnection)
					.withMessageContaining("'orders'");
				try (Connection connection = archive.getConnection()) {
					assertThat(connection.isValid(1)).isTrue();
					assertThat(other.inUse()).isOne();
				}
				catch (SQLException ex) {
					throw new IllegalStateException(ex);
				}
			});
			assertThat(JdbcClient.create(archive).sql("select 7").query(Integer.class).single()).isEqualTo(7);
			assertThat(other.stats().granted()).isEqualTo(2);
		}, "penstock.data-sources.orders.max=1", "penstock.data-sources.orders.timeout=0",
				"penstock.data-sources.archive.max=1");
	}

	static void run(Class<?> source, Consumer<ConfigurableApplicationContext> test, String... properties) {
		run(application(source), test, properties);
	}

	private static SpringApplicationBuilder application(Class<?> source) {
		return new SpringApplicationBuilder(source).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "spring.main.register-shutdown-hook=false",
					"spring.datasource.generate-unique-name=true", "spring.datasource.hikari.minimum-idle=0",
					"spring.jpa.open-in-view=false", "spring.jpa.hibernate.ddl-auto=create-drop",
					"penstock.defaults.timeout=0");
	}

	private static void run(SpringApplicationBuilder application, Consumer<ConfigurableApplicationContext> test,
			String... properties) {
		String[] arguments = Stream.of(properties).map("--"::concat).toArray(String[]::new);
		try (ConfigurableApplicationContext context = application.run(arguments)) {
			test.accept(context);
			context.getBean(LimiterRegistry.class).concurrencyLimiters().forEach((limiter) -> {
				assertThat(limiter.inUse()).isZero();
				assertThat(limiter.waiting()).isZero();
				assertThat(limiter.available()).isEqualTo(limiter.max());
			});
		}
	}

	static ConcurrencyLimiter limiter(ConfigurableApplicationContext context) {
		return context.getBean(LimiterRegistry.class).concurrencyLimiter("dataSource");
	}

	private static void assertCapInForce(DataSource lazy) {
		try (Connection connection = lazy.getConnection()) {
			assertThatExceptionOfType(SQLTransientConnectionException.class).isThrownBy(connection::createStatement)
				.withMessageContaining("cap=1, inUse=1");
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Plain {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EntityScan(basePackageClasses = DataSourceBootTests.class)
	@EnableJpaRepositories(basePackageClasses = DataSourceBootTests.class, considerNestedRepositories = true)
	@Import({ Orders.class, Separately.class })
	static class Jpa {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Jpa.class)
	static class Contained {

		@Bean
		@ServiceConnection
		StandInContainer database(String url) {
			return new StandInContainer(url);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Jpa.class)
	static class Two {

		@Bean
		@Primary
		HikariDataSource orders() {
			return pool("orders");
		}

		@Bean
		HikariDataSource archive() {
			return pool("archive");
		}

		private static HikariDataSource pool(String name) {
			HikariDataSource pool = new HikariDataSource();
			pool.setJdbcUrl("jdbc:h2:mem:" + name);
			pool.setMinimumIdle(0);
			return pool;
		}

	}

	@Transactional
	static class Orders {

		private final PurchaseRepository purchases;

		private final EntityManager entityManager;

		private final Separately separately;

		Orders(PurchaseRepository purchases, EntityManager entityManager, Separately separately) {
			this.purchases = purchases;
			this.entityManager = entityManager;
			this.separately = separately;
		}

		void saveAndCount(Runnable within) {
			this.purchases.saveAndFlush(new Purchase());
			assertThat(this.entityManager.createQuery("select p from Purchase p", Purchase.class).getResultList())
				.hasSize(1);
			within.run();
		}

		void saveInTwo(Runnable within) {
			this.purchases.saveAndFlush(new Purchase());
			this.separately.save(within);
		}

		void saveLater(Runnable before, Runnable after) {
			before.run();
			this.purchases.saveAndFlush(new Purchase());
			after.run();
		}

		@Transactional(readOnly = true)
		long count() {
			return this.purchases.count();
		}

	}

	static class Separately {

		private final PurchaseRepository purchases;

		Separately(PurchaseRepository purchases) {
			this.purchases = purchases;
		}

		@Transactional(propagation = Propagation.REQUIRES_NEW)
		public void save(Runnable within) {
			this.purchases.saveAndFlush(new Purchase());
			within.run();
		}

	}

	interface PurchaseRepository extends JpaRepository<Purchase, Long> {

	}

	@Entity(name = "Purchase")
	static class Purchase {

		@Id
		@GeneratedValue
		Long id;

	}

}
