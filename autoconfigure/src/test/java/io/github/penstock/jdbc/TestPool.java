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
