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

import java.lang.reflect.Field;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.util.Assert;
import org.springframework.util.ReflectionUtils;

/**
 * What is behind a lazy data source: one for all, or one for read-only transactions and
 * one for the others. Nobody but the lazy one itself knows the former.
 */
final class LazyTargets {

	private LazyTargets() {
	}

	/** Put the limit before all of them. */
	static void limit(LazyConnectionDataSourceProxy lazy, LimitedDataSource limited) {
		Field field = readOnly();
		Assert.state(field != null && field.trySetAccessible(),
				"What a LazyConnectionDataSourceProxy has for read-only transactions cannot be seen, and so not be limited."
						+ " Name the data sources behind it instead");
		DataSource readOnly = (DataSource) ReflectionUtils.getField(field, lazy);
		if (readOnly != null) {
			lazy.setReadOnlyDataSource((readOnly == lazy.getTargetDataSource()) ? limited : limited.before(readOnly));
		}
		lazy.setTargetDataSource(limited);
	}

	/** Where the one for read-only transactions is, {@code null} if that is not known. */
	static @Nullable Field readOnly() {
		return ReflectionUtils.findField(LazyConnectionDataSourceProxy.class, "readOnlyDataSource", DataSource.class);
	}

}
