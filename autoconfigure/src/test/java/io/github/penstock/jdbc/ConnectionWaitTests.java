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
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.RefusalReason;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what happens to those who wait for a connection, and to those who hold one
 * meanwhile.
 */
@Timeout(60)
class ConnectionWaitTests {

	private final HikariDataSource pool = TestPool.h2(4);

	private final ConcurrencyLimiter limiter = TestPool.limiter("db",
			new ConcurrencyLimiterSpec(2, Duration.ofSeconds(40), ConcurrencyLimiterSpec.UNBOUNDED));

	private final LimitedDataSource dataSource = new LimitedDataSource(this.pool, this.limiter);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterEach
	void everythingIsBack() {
		this.threads.shutdownNow();
		assertThat(this.limiter.inUse()).isZero();
		assertThat(this.limiter.waiting()).isZero();
		assertThat(this.limiter.available()).isEqualTo(this.limiter.max());
		assertThat(this.pool.getHikariPoolMXBean().getActiveConnections()).isZero();
		this.pool.close();
	}

	@Test
	void interruptDuringTheWaitEndsItAndKeepsTheFlag() throws Exception {
		Connection first = this.dataSource.getConnection();
		Connection second = this.dataSource.getConnection();
		FutureTask<Boolean> task = new FutureTask<>(() -> {
			assertThatExceptionOfType(SQLTransientConnectionException.class).isThrownBy(this.dataSource::getConnection)
				.withMessageContaining("when the waiting thread was interrupted")
				.withMessageContaining("cap=2, inUse=2")
				.satisfies((ex) -> assertThat(((BulkheadFullException) ex.getCause()).reason())
					.isEqualTo(RefusalReason.INTERRUPTED));
			return Thread.interrupted();
		});
		Thread waiter = new Thread(task);
		waiter.start();
		Awaitility.await().until(() -> this.limiter.waiting() == 1);
		waiter.interrupt();
		assertThat(task.get()).isTrue();
		assertThat(this.limiter.waiting()).isZero();
		assertThat(this.limiter.inUse()).isEqualTo(2);
		first.close();
		second.close();
		assertThat(this.limiter.stats().granted()).isEqualTo(2);
	}

	@Test
	void connectionOfAnEndedThreadStaysOutUntilAnotherOneClosesIt() throws Exception {
		FutureTask<Connection> task = new FutureTask<>(this.dataSource::getConnection);
		Thread holder = new Thread(task);
		holder.start();
		holder.join();
		Connection left = task.get();
		Connection own = this.dataSource.getConnection();
		assertThat(this.limiter.inUse()).isEqualTo(2);
		Future<?> closing = this.threads.submit(() -> {
			Awaitility.await().until(() -> this.limiter.waiting() == 1);
			left.close();
			return null;
		});
		// Waits, for somebody may have what the other thread left, and here has.
		this.dataSource.getConnection().close();
		closing.get();
		own.close();
	}

	@Test
	void growthGivesWaitersConnectionsWhileAllOthersAreOut() throws Exception {
		Connection first = this.dataSource.getConnection();
		Connection second = this.dataSource.getConnection();
		Future<Connection> third = this.threads.submit(() -> this.dataSource.getConnection());
		Future<Connection> fourth = this.threads.submit(() -> this.dataSource.getConnection());
		Awaitility.await().until(() -> this.limiter.waiting() == 2);
		this.limiter.change((spec) -> spec.withMax(4));
		try (first; second; Connection one = third.get(); Connection other = fourth.get()) {
			assertThat(one.isValid(1)).isTrue();
			assertThat(other.isValid(1)).isTrue();
			assertThat(this.limiter.inUse()).isEqualTo(4);
		}
	}

	@Test
	void shrinkageTakesNoConnectionAwayAndLetsNobodyInUntilItIsReached() throws Exception {
		this.limiter.change((spec) -> spec.withMax(3));
		Connection first = this.dataSource.getConnection();
		Connection second = this.dataSource.getConnection();
		Connection third = this.dataSource.getConnection();
		this.limiter.change((spec) -> spec.withMax(1));
		assertThat(this.limiter.inUse()).isEqualTo(3);
		assertThat(first.isValid(1)).isTrue();
		Future<Connection> waiter = this.threads.submit(() -> this.dataSource.getConnection());
		Awaitility.await().until(() -> this.limiter.waiting() == 1);
		first.close();
		second.close();
		assertThat(this.limiter.waiting()).isOne();
		assertThat(waiter.isDone()).isFalse();
		third.close();
		waiter.get().close();
	}

	@Test
	void capHoldsWhateverIsResizedMeanwhile() throws Exception {
		AtomicInteger out = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		List<Future<?>> callers = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			callers.add(this.threads.submit(() -> {
				for (int call = 0; call < 300; call++) {
					try (Connection connection = this.dataSource.getConnection()) {
						most.accumulateAndGet(out.incrementAndGet(), Math::max);
						assertThat(connection.isClosed()).isFalse();
						out.decrementAndGet();
					}
				}
				return null;
			}));
		}
		for (int max = 1; callers.stream().anyMatch((caller) -> !caller.isDone()); max = max % 4 + 1) {
			int next = max;
			this.limiter.change((spec) -> spec.withMax(next));
			Thread.yield();
		}
		for (Future<?> caller : callers) {
			caller.get();
		}
		assertThat(most).hasValueLessThanOrEqualTo(4);
		assertThat(this.limiter.stats().granted()).isEqualTo(8 * 300);
	}

	@Test
	void routingBeforeTwoLimitedOnesTakesThePermitOfTheChosenOneOnly() throws SQLException {
		HikariDataSource replica = TestPool.h2(4);
		ConcurrencyLimiter reads = TestPool.limiter("reads",
				new ConcurrencyLimiterSpec(1, Duration.ZERO, ConcurrencyLimiterSpec.UNBOUNDED));
		this.limiter.change((spec) -> spec.withMax(1).withTimeout(Duration.ZERO));
		Routing routing = new Routing();
		routing.setTargetDataSources(
				Map.of("write", this.dataSource, "read", new LimitedDataSource("reads", replica, () -> reads, null)));
		routing.afterPropertiesSet();
		try (Connection write = routing.getConnection()) {
			assertThatExceptionOfType(SQLTransientConnectionException.class).isThrownBy(routing::getConnection)
				.withMessageContaining("'db'");
			routing.key = "read";
			try (Connection read = routing.getConnection()) {
				assertThat(write.isValid(1) && read.isValid(1)).isTrue();
				assertThat(this.limiter.inUse()).isOne();
				assertThat(reads.inUse()).isOne();
				assertThatExceptionOfType(SQLTransientConnectionException.class).isThrownBy(routing::getConnection)
					.withMessageContaining("'reads'");
			}
			assertThat(reads.available()).isOne();
			assertThat(this.limiter.inUse()).isOne();
		}
		replica.close();
	}

	@Test
	void threadsThatGiveThemselvesOneIdAreTwo() throws Exception {
		FutureTask<Connection> holding = new FutureTask<>(this.dataSource::getConnection);
		SameId holder = new SameId(holding);
		holder.start();
		Connection other = holding.get();
		FutureTask<Integer> nested = new FutureTask<>(() -> {
			try (Connection first = this.dataSource.getConnection();
					Connection second = this.dataSource.getConnection()) {
				return first.equals(second) ? 1 : 2;
			}
		});
		new SameId(nested).start();
		Awaitility.await().until(() -> this.limiter.waiting() == 1 || nested.isDone());
		other.close();
		assertThat(nested.get(40, TimeUnit.SECONDS)).isEqualTo(2);
	}

	private static final class Routing extends AbstractRoutingDataSource {

		private String key = "write";

		@Override
		protected Object determineCurrentLookupKey() {
			return this.key;
		}

	}

	private static final class SameId extends Thread {

		private SameId(Runnable task) {
			super(task);
		}

		@Override
		@SuppressWarnings("deprecation")
		public long getId() {
			return 7;
		}

	}

}
