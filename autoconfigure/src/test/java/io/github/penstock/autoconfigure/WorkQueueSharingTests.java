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

package io.github.penstock.autoconfigure;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.work.BoundedWorkQueue;
import io.github.penstock.work.BoundedWorkQueueBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a work queue shares with the rest of an application: a bulkhead with annotated
 * methods and a data source, the caller's contexts with its items.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class WorkQueueSharingTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PenstockAopAutoConfiguration.class, PenstockAutoConfiguration.class,
				PenstockDataSourceAutoConfiguration.class, PenstockWorkAutoConfiguration.class,
				DataSourceAutoConfiguration.class))
		.withPropertyValues("spring.datasource.generate-unique-name=true", "penstock.bulkheads.db.max=2",
				"penstock.bulkheads.db.timeout=0s", "penstock.data-sources.dataSource.bulkhead=db");

	@Test
	void itemWhenItHoldsThePermitTakesAConnectionAndCallsAMethodOfTheSameBulkhead() {
		this.contextRunner.withBean(Orders.class).run((context) -> {
			Orders orders = context.getBean(Orders.class);
			ConcurrencyLimiter bulkhead = context.getBean(LimiterRegistry.class).concurrencyLimiter("db");
			BoundedWorkQueue queue = context.getBean(BoundedWorkQueueBuilder.class).bulkhead("db").build();
			CyclicBarrier allPermitsAreOut = new CyclicBarrier(2);
			AtomicInteger mostInUse = new AtomicInteger();
			List<Integer> items = IntStream.range(0, 20).boxed().toList();
			assertThat(queue.processAll(items, (item) -> {
				allPermitsAreOut.await();
				mostInUse.accumulateAndGet(bulkhead.inUse(), Math::max);
				return queue.processAll(List.of(item), orders::load).get(0);
			})).isEqualTo(items);
			assertThat(mostInUse).hasValue(2);
			assertThat(bulkhead.stats().granted()).isEqualTo(20);
			assertThat(bulkhead.waiting()).isZero();
			assertThat(bulkhead.available()).isEqualTo(2);
		});
	}

	@Test
	void itemsWhenOnPooledThreadsSeeTheCallersContextsAndLeaveNothingBehind() {
		this.contextRunner.run((context) -> {
			ExecutorService pool = Executors.newFixedThreadPool(2);
			Authentication caller = new TestingAuthenticationToken("caller", "");
			SecurityContextHolder.getContext().setAuthentication(caller);
			MDC.put("request", "42");
			try {
				BoundedWorkQueue queue = context.getBean(BoundedWorkQueueBuilder.class)
					.concurrency(2)
					.executor(pool)
					.build();
				CyclicBarrier bothThreads = new CyclicBarrier(2);
				assertThat(queue.processAll(List.of(1, 2, 3, 4, 5, 6), (item) -> {
					bothThreads.await();
					String seen = contexts();
					MDC.put("request", "left behind");
					MDC.put("item", "left behind");
					SecurityContextHolder.clearContext();
					SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("item", ""));
					return seen;
				})).containsOnly("42 caller null");
				assertThat(contexts()).isEqualTo("42 caller null");
				Callable<String> afterwards = () -> {
					bothThreads.await();
					return contexts();
				};
				for (Future<String> thread : pool.invokeAll(List.of(afterwards, afterwards))) {
					assertThat(thread.get()).isEqualTo("null null null");
				}
			}
			finally {
				SecurityContextHolder.clearContext();
				MDC.clear();
				pool.shutdownNow();
			}
		});
	}

	private static String contexts() {
		Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
		return MDC.get("request") + " " + ((authentication != null) ? authentication.getName() : null) + " "
				+ MDC.get("item");
	}

	static class Orders {

		private final DataSource dataSource;

		Orders(DataSource dataSource) {
			this.dataSource = dataSource;
		}

		@Bulkhead("db")
		public int load(int order) throws SQLException {
			try (Connection connection = this.dataSource.getConnection()) {
				return connection.isValid(1) ? order : -1;
			}
		}

	}

}
