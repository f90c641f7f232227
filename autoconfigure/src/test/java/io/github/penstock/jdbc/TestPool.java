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

import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterFactory;
import io.github.penstock.TimeSource;

/**
 * Pools on H2, and limiters.
 */
final class TestPool {

	private TestPool() {
	}

	static HikariDataSource h2(int size) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl("jdbc:h2:mem:gate;DB_CLOSE_DELAY=-1");
		pool.setUsername("sa");
		pool.setMaximumPoolSize(size);
		pool.setMinimumIdle(0);
		pool.setConnectionTimeout(2000);
		return pool;
	}

	static ConcurrencyLimiter limiter(String name, ConcurrencyLimiterSpec spec) {
		return LimiterFactory.local(TimeSource.system()).concurrencyLimiter(name, spec);
	}

}
