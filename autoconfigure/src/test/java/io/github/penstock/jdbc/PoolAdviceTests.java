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

import java.time.Duration;
import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PoolAdvice}.
 */
class PoolAdviceTests {

	private final HikariDataSource pool = TestPool.h2(3);

	private final HikariDataSource otherPool = TestPool.h2(3);

	private final ConcurrencyLimiter limiter = TestPool.limiter("db",
			new ConcurrencyLimiterSpec(5, Duration.ofSeconds(1), ConcurrencyLimiterSpec.UNBOUNDED));

	@AfterEach
	void close() {
		this.pool.close();
		this.otherPool.close();
	}

	@Test
	void poolThatSeveralDataSourcesHaveCountsOnce() {
		LimitedDataSource orders = new LimitedDataSource("orders", this.pool, () -> this.limiter, null);
		LimitedDataSource archive = new LimitedDataSource("archive", new DelegatingDataSource(this.pool),
				() -> this.limiter, null);
		assertThat(PoolAdvice.of(List.of(orders, archive))).singleElement()
			.asString()
			.contains("'orders', 'archive'")
			.contains("up to 5 connections (max), but the pool has 3");
	}

	@Test
	void poolsOfDataSourcesThatShareALimitAddUp() {
		LimitedDataSource orders = new LimitedDataSource("orders", this.pool, () -> this.limiter, null);
		LimitedDataSource archive = new LimitedDataSource("archive", this.otherPool, () -> this.limiter, null);
		assertThat(PoolAdvice.of(List.of(orders, archive))).isEmpty();
	}

	@Test
	void poolForReadOnlyTransactionsAddsUp() {
		LimitedDataSource lazy = new LimitedDataSource("lazy", this.pool, () -> this.limiter, null);
		assertThat(PoolAdvice.of(List.of(lazy))).singleElement().asString().startsWith("Data source 'lazy' hands out");
		lazy.before(this.otherPool);
		assertThat(PoolAdvice.of(List.of(lazy))).isEmpty();
		this.limiter.change((spec) -> spec.withMax(7));
		assertThat(PoolAdvice.of(List.of(lazy))).singleElement()
			.asString()
			.startsWith("Data source 'lazy' hands out up to 7 connections (max), but the pool has 6");
	}

}
