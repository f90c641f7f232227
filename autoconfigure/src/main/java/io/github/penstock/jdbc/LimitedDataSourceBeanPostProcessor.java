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

import javax.sql.DataSource;

import io.github.penstock.VisibleText;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.util.ClassUtils;

/**
 * Limits beans that are data sources. Each one keeps its class, so that it can be
 * injected as what it is: a {@code HikariDataSource}, say. Only one whose class is final,
 * as that of an interface's proxy, becomes a {@link LimitedDataSource} plain.
 * <p>
 * Comes before post-processors without a priority: whoever puts something before the data
 * source, such as Spring Boot's lazy connections, has it before the limited one.
 * <p>
 * To be declared by a {@code static} bean method, with nothing but the
 * {@code ObjectProvider}.
 */
public final class LimitedDataSourceBeanPostProcessor implements BeanPostProcessor, PriorityOrdered {

	private static final Log logger = LogFactory.getLog(LimitedDataSourceBeanPostProcessor.class);

	private final ObjectProvider<DataSourceLimiter> limiters;

	/**
	 * Create the post-processor.
	 * @param limiters gives what says which ones are limited; asked at the first data
	 * source
	 */
	public LimitedDataSourceBeanPostProcessor(ObjectProvider<DataSourceLimiter> limiters) {
		this.limiters = limiters;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof DataSource dataSource) ? limit(dataSource, beanName) : bean;
	}

	private DataSource limit(DataSource dataSource, String beanName) {
		// A lazy one hands out connections that it has not got yet.
		if (dataSource instanceof LazyConnectionDataSourceProxy lazy && lazy.getTargetDataSource() != null) {
			LimitedDataSource limited = this.limiters.getObject().limit(beanName, lazy.getTargetDataSource());
			if (limited != null) {
				LazyTargets.limit(lazy, limited);
			}
			return lazy;
		}
		LimitedDataSource limited = this.limiters.getObject().limit(beanName, dataSource);
		return (limited != null) ? withClassOf(dataSource, limited, beanName) : dataSource;
	}

	private static DataSource withClassOf(DataSource target, LimitedDataSource limited, String beanName) {
		Class<?> type = ClassUtils.getUserClass(target);
		if (DataSourceSubclass.isPossibleFor(type)) {
			try {
				return DataSourceSubclass.create(target, limited);
			}
			catch (RuntimeException | LinkageError ex) {
				logger.warn("Data source '" + VisibleText.of(beanName) + "' is limited, but can be injected as "
						+ LimitedDataSource.class.getName() + " or DataSource only: no subclass of " + type.getName()
						+ " could be made", ex);
			}
		}
		return limited;
	}

}
