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

import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.TimeSource;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.properties.ConfiguredLimiters;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;

import org.springframework.aop.framework.ProxyFactoryBean;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Factory beans that do not say what they make, and are given what is limited: to ask
 * them would make them too early.
 */
class FactoryBeanTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class, PenstockAopAutoConfiguration.class,
				PenstockDataSourceAutoConfiguration.class, PenstockHttpClientAutoConfiguration.class,
				PenstockWorkAutoConfiguration.class, RestClientAutoConfiguration.class,
				ImperativeHttpClientAutoConfiguration.class))
		.withPropertyValues("penstock.data-sources.db.max=1", "penstock.http-clients.bank.hosts=localhost",
				"penstock.http-clients.bank.max=1");

	@ParameterizedTest
	@ValueSource(classes = { FactoriesFirst.class, FactoriesLast.class, OwnTime.class, Tracked.class })
	void contextWithOneStartsAndLimits(Class<?> configuration) {
		this.runner.withUserConfiguration(configuration, DataSources.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThatExceptionOfType(BulkheadFullException.class)
				.isThrownBy(context.getBean("gate", Gate.class)::pass);
			assertThat(context.getBean("viaFactory")).isEqualTo("made");
			assertThatExceptionOfType(BulkheadFullException.class)
				.isThrownBy(((Gate) context.getBean("viaProxy"))::pass);
			assertThat(context.getBean(LimiterRegistry.class).concurrencyLimiter("gate").stats().refusedTotal())
				.as("once per call")
				.isEqualTo(2);
			assertThat(context.getBean("viaDataSource")).isEqualTo("of db");
			assertThat(context.getBean(DataSourceLimits.class).limited()).containsKey("db");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "proxy", "off" })
	void noneIsMadeBeforePostProcessorsAreReady(String limits) {
		this.runner.withUserConfiguration(FactoriesFirst.class, DataSources.class, Watching.class)
			.withPropertyValues("penstock.enabled=" + limits.equals("proxy"))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(Watch.class).seen).contains("gate", "viaFactory", "viaProxy");
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class FactoriesFirst {

		@Bean
		static FactoryBean<?> viaFactory(@Qualifier("gate") Gate gate) {
			return new Silent("made");
		}

		@Bean
		static ProxyFactoryBean viaProxy(@Qualifier("gate") Gate gate) {
			ProxyFactoryBean proxy = new ProxyFactoryBean();
			proxy.setTarget(gate);
			proxy.setProxyTargetClass(true);
			return proxy;
		}

		@Bean
		static Gate gate() {
			return new Gate();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FactoriesLast {

		@Bean
		Gate gate() {
			return new Gate();
		}

		@Bean
		FactoryBean<?> viaFactory(@Qualifier("gate") Gate gate) {
			return new Silent("made");
		}

		@Bean
		ProxyFactoryBean viaProxy(@Qualifier("gate") Gate gate) {
			ProxyFactoryBean proxy = new ProxyFactoryBean();
			proxy.setTarget(gate);
			proxy.setProxyTargetClass(true);
			return proxy;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnTime extends FactoriesLast {

		@Bean
		TimeSource time() {
			return TimeSource.system();
		}

		@Bean
		static LimiterRegistrar registrar() {
			return (registry) -> {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Tracked extends FactoriesLast {

		@Bean
		LimiterRegistry ownRegistry(ConfiguredLimiters limiterDeclarations) {
			LimiterRegistry registry = new LimiterRegistry();
			limiterDeclarations.prepare(registry);
			return registry;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DataSources {

		@Bean
		DataSource db() {
			return Mockito.mock(DataSource.class);
		}

		@Bean
		FactoryBean<?> viaDataSource(DataSource db, RestClient.Builder clients) {
			clients.build();
			return new Silent("of db");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Watching {

		@Bean
		static Watch watch() {
			return new Watch();
		}

	}

	/** Sees what is made after it. */
	static class Watch implements BeanPostProcessor {

		private final List<String> seen = new ArrayList<>();

		@Override
		public Object postProcessBeforeInitialization(Object bean, String beanName) {
			this.seen.add(beanName);
			return bean;
		}

	}

	static class Gate {

		@Bulkhead(name = "gate", max = 0, timeout = "0")
		public void pass() {
		}

	}

	static class Silent implements FactoryBean<Object> {

		private final Object product;

		Silent(Object product) {
			this.product = product;
		}

		@Override
		public Object getObject() {
			return this.product;
		}

		@Override
		public Class<?> getObjectType() {
			return this.product.getClass();
		}

	}

}
