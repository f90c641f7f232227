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

import io.github.penstock.jdbc.ConnectionHints;
import io.github.penstock.jdbc.DataSourceLimiter;
import io.github.penstock.jdbc.LimitedDataSourceBeanPostProcessor;
import io.github.penstock.properties.ConfiguredLimiters;
import io.github.penstock.properties.ConfiguredProperties;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * {@link AutoConfiguration Auto-configuration} for limited data sources.
 */
@AutoConfiguration(before = PenstockAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "penstock.enabled", matchIfMissing = true)
@ConditionalOnSection("penstock.data-sources")
public final class PenstockDataSourceAutoConfiguration {

	/**
	 * Limits.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = UnusedSections.SPRING_JDBC)
	@ImportRuntimeHints(ConnectionHints.class)
	static final class LimitConfiguration {

		@Bean
		static LimitedDataSourceBeanPostProcessor limitedDataSourceBeanPostProcessor(
				ObjectProvider<DataSourceLimiter> dataSourceLimits) {
			return new LimitedDataSourceBeanPostProcessor(dataSourceLimits);
		}

		@Bean
		static DataSourceLimits dataSourceLimits(ConfiguredProperties penstockConfiguredProperties,
				ConfiguredLimiters limiterDeclarations) {
			return new DataSourceLimits(penstockConfiguredProperties, limiterDeclarations);
		}

		@Bean
		static DataSourceStartup dataSourceStartup(DataSourceLimits dataSourceLimits,
				ConfigurableListableBeanFactory beanFactory) {
			return new DataSourceStartup(dataSourceLimits, beanFactory);
		}

	}

}
