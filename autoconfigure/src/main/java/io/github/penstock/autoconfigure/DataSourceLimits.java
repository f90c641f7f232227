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

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import javax.sql.DataSource;

import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.jdbc.DataSourceLimiter;
import io.github.penstock.jdbc.LimitedDataSource;
import io.github.penstock.properties.ConfiguredLimiters;
import io.github.penstock.properties.ConfiguredProperties;
import io.github.penstock.properties.NamedProperties;
import io.github.penstock.properties.PenstockProperties;
import org.jspecify.annotations.Nullable;

/**
 * Limits the data sources that the configuration names. Thread-safe.
 */
final class DataSourceLimits implements DataSourceLimiter {

	private final NamedProperties<PenstockProperties.DataSource> properties;

	private final ConfiguredLimiters limiters;

	private final Map<String, LimitedDataSource> limited = new ConcurrentHashMap<>();

	DataSourceLimits(ConfiguredProperties properties, ConfiguredLimiters limiters) {
		this.properties = properties.dataSources();
		this.limiters = limiters;
	}

	@Override
	public @Nullable LimitedDataSource limit(String beanName, DataSource target) {
		PenstockProperties.DataSource properties = this.properties.find(beanName);
		if (properties == null) {
			return null;
		}
		if (target instanceof LimitedDataSource) {
			throw new InvalidLimitDeclarationException(this.properties.entry(beanName),
					"bean '" + beanName + "' is a LimitedDataSource already, and would be limited twice",
					"Remove it here, or have the bean be the data source behind it");
		}
		String bulkhead = Objects.requireNonNullElse(properties.bulkhead(), beanName);
		if (!this.properties.values().containsKey(beanName)) {
			this.limiters.useBulkhead(bulkhead, this.properties.entry(beanName));
		}
		LimitedDataSource limited = new LimitedDataSource(beanName, target,
				() -> this.limiters.concurrencyLimiter(bulkhead), properties.leakAfter());
		this.limited.put(beanName, limited);
		return limited;
	}

	/** The data sources that were limited, by the names of their beans. */
	Map<String, LimitedDataSource> limited() {
		return this.limited;
	}

	NamedProperties<PenstockProperties.DataSource> properties() {
		return this.properties;
	}

}
