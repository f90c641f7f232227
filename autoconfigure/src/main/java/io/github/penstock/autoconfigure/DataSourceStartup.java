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

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.jdbc.LimitedDataSource;
import io.github.penstock.jdbc.PoolAdvice;
import io.github.penstock.naming.NearestName;
import io.github.penstock.properties.NamedProperties;
import io.github.penstock.properties.PenstockProperties;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Finds data sources in the configuration that no bean has the name of, or that cannot be
 * limited, and tells where a limit does not fit its pool.
 */
final class DataSourceStartup implements SmartInitializingSingleton, ApplicationListener<ContextRefreshedEvent> {

	private static final Log logger = LogFactory.getLog(DataSourceStartup.class);

	private final DataSourceLimits limits;

	private final ConfigurableListableBeanFactory beanFactory;

	private boolean reported;

	DataSourceStartup(DataSourceLimits limits, ConfigurableListableBeanFactory beanFactory) {
		this.limits = limits;
		this.beanFactory = beanFactory;
	}

	@Override
	public void afterSingletonsInstantiated() {
		NamedProperties<PenstockProperties.DataSource> properties = this.limits.properties();
		if (properties.values().isEmpty()) {
			return;
		}
		Set<String> known = new TreeSet<>(List
			.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory, DataSource.class, true, false)));
		known.addAll(this.limits.limited().keySet());
		if (known.isEmpty()) {
			warnOfNone(properties);
			return;
		}
		for (String name : properties.values().keySet()) {
			List<String> beans = known.stream().filter((bean) -> name.equals(properties.key(bean))).toList();
			if (beans.isEmpty()) {
				throw unknown(properties, name, known);
			}
			beans.forEach((bean) -> checkLimited(properties.entry(name), bean));
		}
		this.limits.limited().forEach(this::checkOnePermit);
	}

	/**
	 * A context that has nothing of the kind is a part of an application, as in a test.
	 */
	private static void warnOfNone(NamedProperties<PenstockProperties.DataSource> properties) {
		logger.warn(properties.values().keySet().stream().map(properties::entry).collect(Collectors.joining(", "))
				+ " would limit nothing: there is no DataSource in this context");
	}

	private InvalidLimitDeclarationException unknown(NamedProperties<PenstockProperties.DataSource> properties,
			String name, Set<String> known) {
		String problem = this.beanFactory.containsBean(name) ? "bean '" + name + "' is not a DataSource"
				: "there is no bean '" + name + "'";
		String nearest = NearestName.of(name, known);
		return new InvalidLimitDeclarationException(properties.entry(name),
				problem + " (DataSource beans: " + String.join(", ", known) + ")", (nearest != null)
						? "If '" + nearest + "' is meant, correct the name" : "Write the name of one of them");
	}

	/** A bean that is not made yet will be limited when it is. */
	private void checkLimited(String where, String bean) {
		if (this.beanFactory.containsSingleton(bean) && !this.limits.limited().containsKey(bean)
				&& !(this.beanFactory.getSingleton(bean) instanceof FactoryBean)) {
			throw new InvalidLimitDeclarationException(where,
					"bean '" + bean + "' was made before bean post-processors were ready, or not by Spring,"
							+ " so that its connections are not limited",
					"Have it made later, or put a LimitedDataSource before it in code");
		}
	}

	private void checkOnePermit(String bean, LimitedDataSource limited) {
		try {
			limited.afterPropertiesSet();
		}
		catch (IllegalStateException ex) {
			throw new InvalidLimitDeclarationException(this.limits.properties().entry(bean),
					Objects.requireNonNullElseGet(ex.getMessage(), ex::toString),
					"Limit one of the two only, or give each a bulkhead of its own");
		}
	}

	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		if (!this.reported) {
			this.reported = true;
			PoolAdvice.of(this.limits.limited().values()).forEach(logger::warn);
		}
	}

}
