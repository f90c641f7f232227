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

import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Set;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/**
 * Finds the limited data sources from which another one has its connections, as far as
 * that is to be seen without a connection.
 */
final class LimitsBehind {

	private final Set<DataSource> seen = Collections.newSetFromMap(new IdentityHashMap<>());

	private final Set<LimitedDataSource> found = new LinkedHashSet<>();

	private LimitsBehind() {
	}

	static Set<LimitedDataSource> find(@Nullable DataSource dataSource) {
		LimitsBehind search = new LimitsBehind();
		search.look(dataSource);
		return search.found;
	}

	private void look(@Nullable DataSource dataSource) {
		if (dataSource == null || !this.seen.add(dataSource)) {
			return;
		}
		if (dataSource instanceof LimitedDataSource limited) {
			this.found.add(limited);
			look(limited.getTargetDataSource());
			return;
		}
		try {
			// First, for what has the class of its target is limited all the same.
			if (dataSource.isWrapperFor(LimitedDataSource.class)) {
				look(dataSource.unwrap(LimitedDataSource.class));
			}
		}
		catch (SQLException | RuntimeException | LinkageError ex) {
			// One that is routed by what is current now, say, or older than the method.
		}
		if (dataSource instanceof DelegatingDataSource delegating) {
			look(delegating.getTargetDataSource());
		}
		if (dataSource instanceof AbstractRoutingDataSource routing) {
			lookAtRoutes(routing);
		}
	}

	private void lookAtRoutes(AbstractRoutingDataSource routing) {
		try {
			routing.getResolvedDataSources().values().forEach(this::look);
			look(routing.getResolvedDefaultDataSource());
		}
		catch (IllegalStateException ex) {
			// It has not got its routes yet.
		}
	}

}
