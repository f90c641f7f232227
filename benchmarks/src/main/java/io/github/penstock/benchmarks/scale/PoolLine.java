package io.github.penstock.benchmarks.scale;

import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.jdbc.LimitedDataSource;

/**
 * So many virtual threads want a connection of a pool of 10 at the same time, hold it for
 * a millisecond and close it: with the line in the pool, and with the line before the
 * pool.
 */
final class PoolLine {

	private static final int SIZE = 10;

	private static final Duration TIMEOUT = Duration.ofMinutes(5);

	private PoolLine() {
	}

	/**
	 * Measure and print a table.
	 * @param args threads (10000), rounds (3)
	 */
	public static void main(String[] args) throws Exception {
		int threads = (args.length > 0) ? Integer.parseInt(args[0]) : 10_000;
		int rounds = (args.length > 1) ? Integer.parseInt(args[1]) : 3;
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setJdbcUrl("jdbc:h2:mem:line");
			pool.setMaximumPoolSize(SIZE);
			pool.setConnectionTimeout(TIMEOUT.toMillis());
			DataSource limited = new LimitedDataSource(pool, new LimiterRegistry().register("db",
					new ConcurrencyLimiterSpec(SIZE, TIMEOUT, ConcurrencyLimiterSpec.UNBOUNDED)));
			System.out.printf("%d virtual threads, a pool of %d, JDK %s, median of %d%n%n", threads, SIZE,
					Runtime.version(), rounds);
			System.out.printf("%-24s %10s %10s%n", "", "wall ms", "CPU ms");
			report("HikariCP alone", pool, threads, rounds);
			report("with Penstock before it", limited, threads, rounds);
		}
	}

	private static void report(String title, DataSource dataSource, int threads, int rounds) throws Exception {
		run(dataSource, Math.min(threads, 1000));
		Usage usage = Usage.median(rounds, () -> run(dataSource, threads));
		System.out.printf("%-24s %10.0f %10.0f%n", title, usage.wallMillis(), usage.cpuMillis());
		Map<String, Object> result = new HashMap<>(usage.values());
		result.put("contender", title);
		result.put("threads", threads);
		Result.print(result);
	}

	private static Object run(DataSource dataSource, int threads) throws Exception {
		CountDownLatch done = new CountDownLatch(threads);
		VirtualThreads.Body call = () -> {
			try (Connection connection = dataSource.getConnection()) {
				connection.getAutoCommit();
				Thread.sleep(1);
			}
			done.countDown();
		};
		for (int i = 0; i < threads; i++) {
			VirtualThreads.start(call.orExit());
		}
		done.await();
		return done;
	}

}
