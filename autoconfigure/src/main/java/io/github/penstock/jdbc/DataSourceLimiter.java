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

import org.jspecify.annotations.Nullable;

/**
 * Says which data sources are to be limited.
 */
@FunctionalInterface
public interface DataSourceLimiter {

	/**
	 * Limit a data source, if it is to be limited.
	 * @param beanName the name of the bean
	 * @param target the data source
	 * @return the limited one, or {@code null} to leave it as it is
	 */
	@Nullable LimitedDataSource limit(String beanName, DataSource target);

}
