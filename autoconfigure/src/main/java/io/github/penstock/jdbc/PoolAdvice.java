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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.ConcurrencyLimiter;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Tells where a limit does not fit the pool behind it.
 */
public final class PoolAdvice {

	private static final boolean HIKARI = ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource",
			PoolAdvice.class.getClassLoader());

	private PoolAdvice() {
	}

	/**
	 * Look at all limited data sources of an application: several pools may share a
	 * limit.
	 * @param dataSources the limited data sources
	 * @return a sentence or more for each limit that does not fit
	 */
	public static List<String> of(Collection<LimitedDataSource> dataSources) {
		List<String> advice = new ArrayList<>();
		if (HIKARI) {
			Map<ConcurrencyLimiter, Pools> pools = new IdentityHashMap<>();
			for (LimitedDataSource dataSource : dataSources) {
				Pools behind = pools.computeIfAbsent(dataSource.getLimiter(), (limiter) -> new Pools());
				for (LimitedDataSource one = dataSource; one != null; one = one.other()) {
					behind.add(one);
				}
			}
			pools.forEach((limiter, behind) -> behind.advise(limiter, advice));
		}
		return advice;
	}

	/** The pools behind one limiter. */
	private static final class Pools {

		private final Set<String> names = new LinkedHashSet<>();

		private final Set<HikariDataSource> counted = Collections.newSetFromMap(new IdentityHashMap<>());

		private int size;

		private boolean known = true;

		private long shortestTimeoutMillis = Long.MAX_VALUE;

		private void add(LimitedDataSource dataSource) {
			HikariDataSource pool = find(dataSource);
			if (pool == null) {
				this.known = false;
				return;
			}
			this.names.add("'" + dataSource.getName() + "'");
			if (this.counted.add(pool)) {
				this.size += pool.getMaximumPoolSize();
			}
			this.shortestTimeoutMillis = Math.min(this.shortestTimeoutMillis, pool.getConnectionTimeout());
		}

		private static @Nullable HikariDataSource find(LimitedDataSource dataSource) {
			try {
				DataSource target = dataSource.getTargetDataSource();
				return (target != null && target.isWrapperFor(HikariDataSource.class))
						? target.unwrap(HikariDataSource.class) : null;
			}
			catch (SQLException ex) {
				return null;
			}
		}

		private void advise(ConcurrencyLimiter limiter, List<String> advice) {
			if (!this.known) {
				return;
			}
			String title = "Data source " + String.join(", ", this.names);
			String timeout = this.shortestTimeoutMillis + "ms";
			int max = limiter.max();
			if (max > this.size) {
				advice.add(title + " hands out up to " + max + " connections (max), but the pool has " + this.size
						+ " (maximum-pool-size): callers beyond that wait in the pool, for " + timeout
						+ " (connection-timeout) and not in turn. Set max to " + this.size + " or less");
			}
			Duration own = limiter.spec().timeout();
			if (own.compareTo(Duration.ofMillis(this.shortestTimeoutMillis)) > 0) {
				advice.add(title + " lets a caller wait for " + own.toMillis()
						+ "ms (timeout), but the pool gives up after " + timeout
						+ " (connection-timeout): where a connection is lacking in the pool, that one fires first."
						+ " Set timeout to " + timeout + " or less, or connection-timeout to more");
			}
		}

	}

}
