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

package io.github.penstock.autoconfigure;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.actuate.LimiterOrigin;
import io.github.penstock.actuate.LimiterOrigins;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.jdbc.LimitedDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.health.DataSourceHealthContributorAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.metrics.DataSourcePoolMetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PenstockDataSourceAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class PenstockDataSourceAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class, PenstockAopAutoConfiguration.class,
				PenstockDataSourceAutoConfiguration.class, DataSourceAutoConfiguration.class,
				JdbcTemplateAutoConfiguration.class, JdbcClientAutoConfiguration.class,
				DataSourceTransactionManagerAutoConfiguration.class, DataSourcePoolMetricsAutoConfiguration.class,
				DataSourceHealthContributorAutoConfiguration.class, MetricsAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class))
		.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
		.withPropertyValues("spring.datasource.hikari.minimum-idle=0", "spring.datasource.generate-unique-name=true");

	@Test
	void dataSourceIsLimitedAndKeepsItsClass(CapturedOutput output) {
		this.contextRunner.withBean(NeedsHikari.class)
			.withPropertyValues("penstock.data-sources.dataSource.max=1", "penstock.data-sources.dataSource.timeout=0")
			.run((context) -> {
				ConcurrencyLimiter limiter = context.getBean(LimiterRegistry.class).concurrencyLimiter("dataSource");
				HikariDataSource dataSource = context.getBean(HikariDataSource.class);
				assertThat(context.getBean(NeedsHikari.class).dataSource()).isSameAs(dataSource);
				assertThat(dataSource.unwrap(LimitedDataSource.class).getLimiter()).isSameAs(limiter);
				try (Connection connection = dataSource.getConnection()) {
					assertThat(connection.isClosed()).isFalse();
					assertThat(limiter.inUse()).isOne();
					assertThatExceptionOfType(SQLTransientConnectionException.class)
						.isThrownBy(dataSource::getConnection)
						.withMessageContaining("'dataSource'");
				}
				LimiterOrigin origin = context.getBean(LimiterOrigins.class).bulkhead("dataSource");
				assertThat(origin.usedBy()).containsExactly("penstock.data-sources.dataSource");
				assertThat(origin.sources()).containsEntry("max", LimiterOrigin.Source.YAML)
					.containsEntry("max-waiting", LimiterOrigin.Source.DEFAULT);
			});
		assertThat(output).contains("bulkhead 'dataSource': max=1 (yaml), timeout=0s (yaml)").doesNotContain("WARN");
	}

	@Test
	void metricsHealthAndJdbcClientGoOnWorking() {
		ApplicationContextRunner limited = this.contextRunner.withBean(Starter.class)
			.withPropertyValues("penstock.data-sources.dataSource.max=2");
		limited.run((context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			assertThat(context.getBean(JdbcClient.class).sql("select 7").query(Integer.class).single()).isEqualTo(7);
			try (Connection connection = context.getBean(DataSource.class).getConnection()) {
				assertThat(connection.isClosed()).isFalse();
				assertThat(meters.get("jdbc.connections.active").gauge().value()).isOne();
				assertThat(meters.get("jdbc.connections.max").gauge().value()).isEqualTo(10);
				assertThat(meters.get("hikaricp.connections.active").gauge().value()).isOne();
			}
			assertThat(context.getBean(HealthIndicator.class).health().getStatus()).isEqualTo(Status.UP);
			assertThat(context.getBean(LimiterRegistry.class).concurrencyLimiter("dataSource").inUse()).isZero();
		});
	}

	@Test
	void transactionsHaveOneConnectionEachAndNestedOnesTheirOwn() {
		this.contextRunner
			.withPropertyValues("penstock.data-sources.dataSource.max=2", "penstock.data-sources.dataSource.timeout=0")
			.run((context) -> {
				ConcurrencyLimiter limiter = context.getBean(LimiterRegistry.class).concurrencyLimiter("dataSource");
				TransactionTemplate outer = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
				TransactionTemplate inner = new TransactionTemplate(outer.getTransactionManager());
				inner.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
				JdbcClient client = context.getBean(JdbcClient.class);
				outer.executeWithoutResult((status) -> {
					client.sql("select 1").query(Integer.class).single();
					assertThat(limiter.inUse()).isOne();
					inner.executeWithoutResult((nested) -> assertThat(limiter.inUse()).isEqualTo(2));
				});
				assertThat(limiter.inUse()).isZero();
			});
	}

	@Test
	void sharedBulkheadLimitsSeveralDataSourcesAndAnnotations(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(TwoPools.class)
			.withBean(Reports.class)
			.withPropertyValues("penstock.bulkheads.db.max=1", "penstock.bulkheads.db.timeout=0",
					"penstock.data-sources.orders.bulkhead=db", "penstock.data-sources.archive.bulkhead=db")
			.run((context) -> {
				DataSource orders = context.getBean("orders", DataSource.class);
				DataSource archive = context.getBean("archive", DataSource.class);
				assertThat(archive).isInstanceOf(SimpleDriverDataSource.class);
				try (Connection connection = orders.getConnection()) {
					assertThat(connection.isClosed()).isFalse();
					assertThatExceptionOfType(SQLException.class).isThrownBy(archive::getConnection);
				}
				assertThat(context.getBean(LimiterOrigins.class).bulkhead("db").usedBy())
					.contains("penstock.data-sources.orders", "penstock.data-sources.archive")
					.hasSize(3);
				assertThat(context.getBean(Reports.class).countConnections(orders)).isOne();
			});
		assertThat(output).doesNotContain("WARN");
	}

	@Test
	void bulkheadWhoseMaxIsInAnAnnotationIsFound() {
		this.contextRunner.withBean(Numbers.class)
			.withPropertyValues("penstock.data-sources.dataSource.bulkhead=db")
			.run((context) -> {
				context.getBean(DataSource.class).getConnection().close();
				assertThat(context.getBean(LimiterRegistry.class).concurrencyLimiter("db").stats().granted()).isOne();
			});
	}

	@Test
	void lazyConnectionsTakeThePermitWithThePhysicalConnection() {
		this.contextRunner
			.withPropertyValues("penstock.data-sources.dataSource.max=1", "spring.datasource.connection-fetch=lazy")
			.run((context) -> assertLazy(context.getBean(DataSource.class),
					context.getBean(LimiterRegistry.class).concurrencyLimiter("dataSource")));
		this.contextRunner.withUserConfiguration(LazyPool.class)
			.withPropertyValues("penstock.data-sources.lazy.max=1")
			.run((context) -> assertLazy(context.getBean("lazy", DataSource.class),
					context.getBean(LimiterRegistry.class).concurrencyLimiter("lazy")));
	}

	private void assertLazy(DataSource dataSource, ConcurrencyLimiter limiter) throws SQLException {
		assertThat(dataSource).isInstanceOf(LazyConnectionDataSourceProxy.class);
		try (Connection connection = dataSource.getConnection()) {
			assertThat(limiter.inUse()).isZero();
			connection.createStatement().close();
			assertThat(limiter.inUse()).isOne();
		}
		assertThat(limiter.inUse()).isZero();
	}

	@Test
	void dataSourceIsClosedWithTheContext() {
		DataSource[] closed = new DataSource[1];
		this.contextRunner.withPropertyValues("penstock.data-sources.dataSource.max=1").run((context) -> {
			closed[0] = context.getBean(DataSource.class);
			closed[0].getConnection().close();
		});
		assertThat(((HikariDataSource) closed[0]).isClosed()).isTrue();
	}

	@Test
	void contextWithoutAnyDataSourceStartsAndWarnsOnce(CapturedOutput output) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class,
					PenstockAopAutoConfiguration.class, PenstockDataSourceAutoConfiguration.class))
			.withPropertyValues("penstock.data-sources.dataSource.max=1", "penstock.data-sources.other.max=2")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce(
				"penstock.data-sources.dataSource, penstock.data-sources.other would limit nothing: there is no DataSource")
			.doesNotContain("Nothing uses");
	}

	@Test
	void limitsThatDoNotFitThePoolAreWarnedOf(CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("penstock.data-sources.dataSource.max=11",
					"penstock.data-sources.dataSource.timeout=40s")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("up to 11 connections (max), but the pool has 10 (maximum-pool-size)")
			.contains("wait for 40000ms (timeout), but the pool gives up after 30000ms (connection-timeout)");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "datasource.max=1|there is no bean 'datasource' (DataSource beans: dataSource)",
					"environment.max=1|bean 'environment' is not a DataSource",
					"dataSource.timeout=1s|neither max nor bulkhead", "dataSource.max=-1|max",
					"dataSource.maxx=1|did you mean", "dataSource.leak-after=0|leak",
					"dataSource.bulkhead=a b|cannot be the name", "dataSource.bulkhead=db|'db' has no max" })
	void wrongPropertyFailsAtTheStart(String property, String message) {
		this.contextRunner.withPropertyValues("penstock.data-sources." + property)
			.run((context) -> assertThat(context).getFailure()
				.extracting(PenstockDataSourceAutoConfigurationTests::root, InstanceOfAssertFactories.THROWABLE)
				.hasMessageContaining(message));
	}

	private static Throwable root(Throwable failure) {
		return (failure.getCause() != null) ? root(failure.getCause()) : failure;
	}

	@Test
	void numbersTogetherWithBulkheadFailAtTheStart() {
		this.contextRunner
			.withPropertyValues("penstock.data-sources.dataSource.bulkhead=db",
					"penstock.data-sources.dataSource.timeout=1s", "penstock.data-sources.dataSource.max=1")
			.run((context) -> assertThat(context).getFailure()
				.extracting(PenstockDataSourceAutoConfigurationTests::root, InstanceOfAssertFactories.THROWABLE)
				.isInstanceOf(InvalidLimitDeclarationException.class)
				.hasMessageContaining("max, timeout of its own as well as bulkhead 'db'"));
	}

	@Test
	void numbersInTwoSectionsFailAtTheStart() {
		this.contextRunner
			.withPropertyValues("penstock.data-sources.dataSource.max=1", "penstock.bulkheads.dataSource.max=2")
			.run((context) -> assertThat(context).getFailure()
				.extracting(PenstockDataSourceAutoConfigurationTests::root, InstanceOfAssertFactories.THROWABLE)
				.hasMessageContaining("penstock.bulkheads.dataSource and penstock.data-sources.dataSource"));
	}

	@Test
	void dataSourceThatIsLimitedInCodeFailsAtTheStart() {
		this.contextRunner.withUserConfiguration(LimitedInCode.class)
			.withPropertyValues("penstock.data-sources.dataSource.max=1")
			.run((context) -> assertThat(context).getFailure()
				.extracting(PenstockDataSourceAutoConfigurationTests::root, InstanceOfAssertFactories.THROWABLE)
				.hasMessageContaining("limited twice"));
	}

	@Test
	void dataSourceThatNobodyProcessesFailsAtTheStart() {
		this.contextRunner
			.withInitializer(
					(context) -> context.getBeanFactory().registerSingleton("manual", new SimpleDriverDataSource()))
			.withPropertyValues("penstock.data-sources.manual.max=1")
			.run((context) -> assertThat(context).getFailure()
				.extracting(PenstockDataSourceAutoConfigurationTests::root, InstanceOfAssertFactories.THROWABLE)
				.hasMessageContaining("connections are not limited"));
	}

	@Test
	void environmentVariableIsEnough() {
		this.contextRunner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("systemEnvironment",
						Map.of("PENSTOCK_DATA_SOURCES_DATASOURCE_MAX", "3"))))
			.run((context) -> {
				ConcurrencyLimiter limiter = context.getBean(LimiterRegistry.class).concurrencyLimiter("dataSource");
				assertThat(limiter.max()).isEqualTo(3);
				context.getBean(DataSource.class).getConnection().close();
				assertThat(limiter.stats().granted()).isOne();
			});
	}

	@Test
	void dataSourceThatIsMadeLaterIsLimitedThen() {
		this.contextRunner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.withPropertyValues("penstock.data-sources.dataSource.max=3")
			.run((context) -> {
				context.getBean(DataSource.class).getConnection().close();
				assertThat(context.getBean(LimiterRegistry.class).concurrencyLimiter("dataSource").stats().granted())
					.isOne();
			});
	}

	@Test
	void connectionsThatWouldTakeTwoPermitsFailAtTheStart() {
		ApplicationContextRunner routed = this.contextRunner.withUserConfiguration(Routed.class)
			.withPropertyValues("penstock.bulkheads.db.max=1", "penstock.data-sources.pool.bulkhead=db");
		routed.withPropertyValues("penstock.data-sources.routing.bulkhead=db")
			.run((context) -> assertThat(context).getFailure()
				.extracting(PenstockDataSourceAutoConfigurationTests::root, InstanceOfAssertFactories.THROWABLE)
				.hasMessage("penstock.data-sources.routing: Data source 'routing' has its connections from data source"
						+ " 'pool', which is limited by the same bulkhead 'db': each of them would take two permits."
						+ " Limit one of the two only, or give each a bulkhead of its own."));
		routed.withPropertyValues("penstock.data-sources.routing.max=1")
			.run((context) -> context.getBean("routing", DataSource.class).getConnection().close());
	}

	@Test
	void nothingIsLimitedWhenDisabled() {
		this.contextRunner
			.withPropertyValues("penstock.enabled=false", "penstock.data-sources.dataSource.max=1",
					"penstock.data-sources.dataSource.timeout=0")
			.run((context) -> {
				DataSource dataSource = context.getBean(DataSource.class);
				assertThat(dataSource.isWrapperFor(LimitedDataSource.class)).isFalse();
				try (Connection first = dataSource.getConnection(); Connection second = dataSource.getConnection()) {
					assertThat(first.isClosed() || second.isClosed()).isFalse();
				}
				assertThat(context.getBean(LimiterRegistry.class).concurrencyLimiter("dataSource").max())
					.isEqualTo(Integer.MAX_VALUE);
			});
	}

	@Test
	void propertiesWithoutSpringJdbcFailAtTheStart() {
		new ApplicationContextRunner().withClassLoader(new FilteredClassLoader("org.springframework.jdbc"))
			.withConfiguration(
					AutoConfigurations.of(PenstockAutoConfiguration.class, PenstockDataSourceAutoConfiguration.class))
			.withPropertyValues("penstock.data-sources.dataSource.max=1")
			.run((context) -> assertThat(context).getFailure()
				.extracting(PenstockDataSourceAutoConfigurationTests::root, InstanceOfAssertFactories.THROWABLE)
				.hasMessageContaining("spring-jdbc"));
	}

	@Test
	void dataSourcesThatAreNotNamedAreLeftAlone() {
		this.contextRunner.run((context) -> {
			assertThat(context.getBean(DataSource.class).getClass()).isEqualTo(HikariDataSource.class);
			assertThat(context.getBeanNamesForType(BeanPostProcessor.class)).isNotEmpty();
		});
	}

	record NeedsHikari(HikariDataSource dataSource) {
	}

	/** Spring Boot's meters are bound for a pool that has begun. */
	static class Starter {

		Starter(DataSource dataSource) throws SQLException {
			dataSource.getConnection().close();
		}

	}

	static class Reports {

		@Bulkhead("db")
		int countConnections(DataSource dataSource) throws SQLException {
			// One permit covers the call and its connection.
			try (Connection connection = dataSource.getConnection()) {
				return connection.isClosed() ? 0 : 1;
			}
		}

	}

	static class Numbers {

		@Bulkhead(name = "db", max = 3)
		void call() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoPools {

		@Bean
		@Primary
		DataSource orders() {
			HikariDataSource pool = new HikariDataSource();
			pool.setJdbcUrl("jdbc:h2:mem:orders");
			pool.setMinimumIdle(0);
			return pool;
		}

		@Bean
		SimpleDriverDataSource archive() {
			return new SimpleDriverDataSource(new org.h2.Driver(), "jdbc:h2:mem:archive");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyPool {

		@Bean
		DataSource lazy() {
			LazyConnectionDataSourceProxy lazy = new LazyConnectionDataSourceProxy(
					new SimpleDriverDataSource(new org.h2.Driver(), "jdbc:h2:mem:lazy"));
			lazy.setDefaultAutoCommit(true);
			return lazy;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Routed {

		@Bean
		DataSource pool() {
			return new SimpleDriverDataSource(new org.h2.Driver(), "jdbc:h2:mem:routed");
		}

		@Bean
		@Primary
		DataSource routing(DataSource pool) {
			AbstractRoutingDataSource routing = new AbstractRoutingDataSource() {

				@Override
				protected Object determineCurrentLookupKey() {
					return "pool";
				}

			};
			routing.setTargetDataSources(Map.of("pool", pool));
			return routing;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LimitedInCode {

		@Bean
		LimitedDataSource dataSource(LimiterRegistry registry) {
			return new LimitedDataSource("dataSource",
					new SimpleDriverDataSource(new org.h2.Driver(), "jdbc:h2:mem:code"),
					() -> registry.concurrencyLimiter("dataSource"), null);
		}

	}

}
