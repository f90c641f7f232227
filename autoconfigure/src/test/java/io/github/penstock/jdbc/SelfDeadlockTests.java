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
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for threads that hold a connection and wait for another one.
 */
@Timeout(60)
class SelfDeadlockTests {

	private final HikariDataSource pool = TestPool.h2(20);

	private final ConcurrencyLimiter limiter = TestPool.limiter("db",
			new ConcurrencyLimiterSpec(2, Duration.ofSeconds(40), ConcurrencyLimiterSpec.UNBOUNDED));

	private final LimitedDataSource dataSource = new LimitedDataSource(this.pool, this.limiter);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterEach
	void everythingIsBack() {
		this.threads.shutdownNow();
		Awaitility.await().untilAsserted(() -> assertThat(this.limiter.inUse()).isZero());
		assertThat(this.limiter.waiting()).isZero();
		this.pool.close();
	}

	@Test
	void secondConnectionWhenCapIsOneIsRefusedAtOnce() throws SQLException {
		this.limiter.change((spec) -> spec.withMax(1));
		try (Connection first = this.dataSource.getConnection()) {
			assertThatExceptionOfType(SQLTransientConnectionException.class).isThrownBy(this.dataSource::getConnection)
				.withMessageContaining("wait for itself")
				.withMessageContaining("threads * (connections that a thread holds at a time - 1) + 1")
				.withMessageContaining("cap=1, inUse=1");
			assertThat(first.isClosed()).isFalse();
		}
	}

	@Test
	void secondConnectionsWhenAllThreadsWantOneAreRefusedUntilTheOthersGoOn() throws Exception {
		for (int round = 0; round < 50; round++) {
			CyclicBarrier allHoldOne = new CyclicBarrier(2);
			Callable<Boolean> nested = () -> {
				try (Connection first = this.dataSource.getConnection()) {
					allHoldOne.await();
					try (Connection second = this.dataSource.getConnection()) {
						return first != second;
					}
					catch (SQLTransientConnectionException ex) {
						assertThat(ex.getMessage()).contains("wait for itself");
						return false;
					}
				}
			};
			Future<Boolean> one = this.threads.submit(nested);
			Future<Boolean> two = this.threads.submit(nested);
			// The one who came last was refused, and so the other one could go on.
			assertThat(List.of(one.get(), two.get())).containsExactlyInAnyOrder(true, false);
		}
	}

	@Test
	void secondConnectionWhenAnotherThreadCanGiveOneBackWaits() throws Exception {
		Connection other = this.dataSource.getConnection();
		Future<Boolean> nested = this.threads.submit(() -> {
			try (Connection first = this.dataSource.getConnection();
					Connection second = this.dataSource.getConnection()) {
				return first != second;
			}
		});
		Awaitility.await().until(() -> this.limiter.waiting() == 1);
		assertThat(nested.isDone()).isFalse();
		other.close();
		assertThat(nested.get()).isTrue();
	}

	@Test
	void holdersThatALoweredCapLeavesWaitingForEachOtherGoOnWhenItIsRaised() throws Exception {
		this.limiter.change((spec) -> spec.withMax(3));
		Connection other = this.dataSource.getConnection();
		CyclicBarrier allHoldOne = new CyclicBarrier(2);
		Callable<Boolean> nested = () -> {
			try (Connection first = this.dataSource.getConnection()) {
				allHoldOne.await();
				try (Connection second = this.dataSource.getConnection()) {
					return first != second;
				}
			}
		};
		List<Future<Boolean>> holders = List.of(this.threads.submit(nested), this.threads.submit(nested));
		Awaitility.await().until(() -> this.limiter.waiting() == 2);
		this.limiter.change((spec) -> spec.withMax(2));
		other.close();
		assertThat(this.limiter.waiting()).isEqualTo(2);
		this.limiter.change((spec) -> spec.withMax(3));
		for (Future<Boolean> holder : holders) {
			assertThat(holder.get()).isTrue();
		}
	}

	@Test
	void connectionThatAnotherThreadUsesIsNotHeldByTheOneThatTookIt() throws Exception {
		Connection handedOver = this.dataSource.getConnection();
		Connection alsoHandedOver = this.dataSource.getConnection();
		this.threads.submit(() -> handedOver.getAutoCommit()).get();
		this.threads.submit(() -> alsoHandedOver.getAutoCommit()).get();
		Future<?> closing = this.threads.submit(() -> {
			Awaitility.await().until(() -> this.limiter.waiting() == 1);
			handedOver.close();
			return null;
		});
		this.dataSource.getConnection().close();
		closing.get();
		alsoHandedOver.close();
	}

	@Test
	void callerWithoutConnectionWaitsHoweverManyOthersAreStuck() throws Exception {
		Connection first = this.dataSource.getConnection();
		Connection second = this.dataSource.getConnection();
		Future<Connection> waiter = this.threads.submit(() -> this.dataSource.getConnection());
		Awaitility.await().until(() -> this.limiter.waiting() == 1);
		first.close();
		waiter.get().close();
		second.close();
	}

	@Test
	void dataSourcesThatShareOneBulkheadAreOneLine() throws SQLException {
		LimitedDataSource other = new LimitedDataSource("other", this.pool, () -> this.limiter, null);
		try (Connection first = this.dataSource.getConnection(); Connection second = other.getConnection()) {
			assertThatExceptionOfType(SQLTransientConnectionException.class).isThrownBy(other::getConnection)
				.withMessageContaining("Data source 'other' (bulkhead 'db') would have this thread wait for itself");
			assertThat(first.isClosed() || second.isClosed()).isFalse();
		}
	}

	@Test
	void timeoutWhenThreadHoldsAConnectionOfAnotherLimitNamesIt() throws Exception {
		ConcurrencyLimiter other = TestPool.limiter("archive",
				new ConcurrencyLimiterSpec(1, Duration.ofMillis(20), ConcurrencyLimiterSpec.UNBOUNDED));
		LimitedDataSource archive = new LimitedDataSource(this.pool, other);
		Connection elsewhere = this.threads.submit(() -> archive.getConnection()).get();
		try (Connection first = this.dataSource.getConnection()) {
			assertThatExceptionOfType(SQLTransientConnectionException.class).isThrownBy(archive::getConnection)
				.withMessageContaining("within the timeout")
				.withMessageEndingWith("This thread holds a connection of 'db'");
			assertThat(first.isClosed()).isFalse();
		}
		elsewhere.close();
		assertThat(other.available()).isOne();
	}

	@Test
	void detectionFindsConnectionsBeyondTheFirstRow() throws SQLException {
		HikariDataSource large = TestPool.h2(40);
		LimitedDataSource wide = new LimitedDataSource(large, this.limiter);
		this.limiter.change((spec) -> spec.withMax(40));
		List<Connection> connections = new ArrayList<>();
		try {
			for (int i = 0; i < 40; i++) {
				connections.add(wide.getConnection());
			}
			assertThatExceptionOfType(SQLTransientConnectionException.class).isThrownBy(wide::getConnection)
				.withMessageContaining("wait for itself");
		}
		finally {
			for (Connection connection : connections) {
				connection.close();
			}
			large.close();
		}
	}

}
