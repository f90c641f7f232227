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

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for limited data sources that have their connections from another one, or from
 * none.
 */
@Timeout(60)
class LimitsBehindTests {

	private final HikariDataSource pool = TestPool.h2(2);

	private final ConcurrencyLimiter limiter = TestPool.limiter("db",
			new ConcurrencyLimiterSpec(1, Duration.ZERO, ConcurrencyLimiterSpec.UNBOUNDED));

	private final LimitedDataSource inner = new LimitedDataSource("inner", this.pool, () -> this.limiter, null);

	@AfterEach
	void everythingIsBack() {
		assertThat(this.limiter.inUse()).isZero();
		this.pool.close();
	}

	@ParameterizedTest
	@EnumSource
	void targetOfTheSameLimitIsRefused(Between between) {
		DataSource target = between.before.apply(this.inner);
		LimitedDataSource outer = new LimitedDataSource(target, this.limiter);
		for (int i = 0; i < 2; i++) {
			assertThatIllegalStateException().isThrownBy(outer::getConnection)
				.withMessage("Data source 'db' has its connections from data source 'inner', which is limited by the"
						+ " same bulkhead 'db': each of them would take two permits");
		}
		assertThatIllegalStateException().isThrownBy(outer::afterPropertiesSet);
		assertThatIllegalStateException().isThrownBy(outer::getLimiter);
	}

	@ParameterizedTest
	@EnumSource
	void targetOfAnotherLimitHasBothPermits(Between between) throws SQLException {
		ConcurrencyLimiter other = TestPool.limiter("db", this.limiter.spec());
		LimitedDataSource outer = new LimitedDataSource(between.before.apply(this.inner), other);
		outer.afterPropertiesSet();
		try (Connection connection = outer.getConnection()) {
			assertThat(connection.isValid(1)).isTrue();
			assertThat(other.inUse()).isOne();
			assertThat(this.limiter.inUse()).isOne();
		}
	}

	@Test
	void targetWithoutRoutesYetIsLookedAtAtTheFirstConnection() throws SQLException {
		AbstractRoutingDataSource routing = routing(this.inner);
		LimitedDataSource outer = new LimitedDataSource(routing, this.limiter);
		outer.afterPropertiesSet();
		routing.afterPropertiesSet();
		assertThatIllegalStateException().isThrownBy(outer::getConnection);
	}

	@Test
	void targetThatIsSetLaterIsLookedAtAgain() throws SQLException {
		LimitedDataSource outer = new LimitedDataSource(this.pool, this.limiter);
		outer.getConnection().close();
		outer.setTargetDataSource(this.inner);
		assertThatIllegalStateException().isThrownBy(outer::getConnection);
		outer.setTargetDataSource(outer);
		assertThatIllegalStateException().isThrownBy(outer::getConnection);
		outer.setTargetDataSource(this.pool);
		outer.getConnection().close();
		assertThat(this.limiter.stats().granted()).isEqualTo(2);
	}

	@Test
	@SuppressWarnings("NullAway")
	void targetNullIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new LimitedDataSource(null, this.limiter))
			.withMessage("'target' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> new LimitedDataSource(this.pool, null))
			.withMessage("'limiter' must not be null");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new LimitedDataSource(null, this.pool, () -> this.limiter, null))
			.withMessage("'name' must not be null");
	}

	@Test
	void targetThatIsTakenAwayFailsAsInSpring() {
		this.inner.setTargetDataSource(null);
		assertThatIllegalArgumentException().isThrownBy(this.inner::afterPropertiesSet)
			.withMessageContaining("'targetDataSource' is required");
		assertThatIllegalStateException().isThrownBy(this.inner::getConnection)
			.withMessageContaining("No 'targetDataSource' set");
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> this.inner.getConnection("a", "b"));
	}

	private static AbstractRoutingDataSource routing(DataSource target) {
		AbstractRoutingDataSource routing = new AbstractRoutingDataSource() {

			private @Nullable String key;

			@Override
			protected @Nullable Object determineCurrentLookupKey() {
				return this.key;
			}

			@Override
			public Connection getConnection() throws SQLException {
				this.key = "one";
				return super.getConnection();
			}

		};
		routing.setLenientFallback(false);
		routing.setTargetDataSources(Map.of("one", target));
		return routing;
	}

	/** What stands between the two. */
	enum Between {

		NOTHING((inner) -> inner),

		DELEGATE(DelegatingDataSource::new),

		LAZY((inner) -> {
			LazyConnectionDataSourceProxy lazy = new LazyConnectionDataSourceProxy();
			lazy.setTargetDataSource(inner);
			return lazy;
		}),

		SUBCLASS((inner) -> DataSourceSubclass.create(Objects.requireNonNull(inner.getTargetDataSource()), inner)),

		ROUTES((inner) -> {
			AbstractRoutingDataSource routing = routing(inner);
			routing.afterPropertiesSet();
			return new DelegatingDataSource(routing);
		}),

		ANOTHER_LIMIT(
				(inner) -> new LimitedDataSource(inner, TestPool.limiter("another", ConcurrencyLimiterSpec.of(1))));

		private final Function<LimitedDataSource, DataSource> before;

		Between(Function<LimitedDataSource, DataSource> before) {
			this.before = before;
		}

	}

}
