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

package io.github.penstock.aop;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.aopalliance.aop.Advice;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.resilience.retry.MethodRetryEvent;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * C4: {@code @Async} before {@code @Retryable} before the limits before
 * {@code @Transactional} before the method.
 */
class InterceptorOrderTests {

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void interceptorsWhenAllAreThereStandInOrder(boolean classProxies) {
		Class<?>[] components = classProxies
				? new Class<?>[] { Everything.class, Ledger.class, LimitedContext.ClassProxies.class }
				: new Class<?>[] { Everything.class, Ledger.class };
		try (LimitedContext context = LimitedContext.of(components)) {
			List<String> order = new ArrayList<>();
			for (Advisor advisor : ((Advised) context.context.getBean(Book.class)).getAdvisors()) {
				Advice advice = advisor.getAdvice();
				order.add(advice.getClass().getSimpleName());
			}
			assertThat(order.indexOf("AnnotationAsyncExecutionInterceptor")).isNotNegative()
				.isLessThan(order.indexOf("RetryAnnotationInterceptor"));
			assertThat(order.indexOf("RetryAnnotationInterceptor")).isLessThan(order.indexOf("SyncLimitInterceptor"));
			assertThat(order.indexOf("SyncLimitInterceptor")).isLessThan(order.indexOf("TransactionInterceptor"));
		}
	}

	@Test
	void retryWhenItTriesAgainTakesATokenAndHoldsNoPermitMeanwhile() {
		// Spring looks for @Retryable on the method that was called.
		try (LimitedContext context = LimitedContext.of(Everything.class, Ledger.class,
				LimitedContext.ClassProxies.class)) {
			Book book = context.bean(Book.class);
			assertThat(book.flaky()).isEqualTo("third time");
			assertThat(context.rateLimit("flaky").stats().granted()).isEqualTo(3);
			assertThat(context.bulkhead("flaky").stats().granted()).isEqualTo(3);
			assertThat(context.bean(Everything.class).inUseBetween).containsExactly(0, 0);
		}
	}

	@Test
	void asyncWhenCalledWaitsOnTheExecutorsThread() throws Exception {
		try (LimitedContext context = LimitedContext.of(Everything.class, Ledger.class)) {
			Book book = context.bean(Book.class);
			CountDownLatch gate = new CountDownLatch(1);
			CompletableFuture<Thread> first = book.later(gate);
			CompletableFuture<Thread> second = book.later(gate);
			Awaitility.await().until(() -> context.bulkhead("later").waiting() == 1);
			gate.countDown();
			assertThat(first.get(20, TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
			assertThat(second.get(20, TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
		}
	}

	@Test
	void connectionWhenCallersWaitForAPermitIsNotTaken() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(3);
		try (LimitedContext context = LimitedContext.of(Everything.class, Ledger.class)) {
			Book book = context.bean(Book.class);
			HikariDataSource pool = context.bean(HikariDataSource.class);
			CountDownLatch gate = new CountDownLatch(1);
			List<Future<Boolean>> results = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				results.add(threads.submit(() -> book.transfer(gate)));
			}
			Awaitility.await()
				.until(() -> context.bulkhead("transfer").waiting() == 2 && pool.getHikariPoolMXBean() != null
						&& pool.getHikariPoolMXBean().getActiveConnections() == 1);
			gate.countDown();
			for (Future<Boolean> result : results) {
				assertThat(result.get(20, TimeUnit.SECONDS)).isTrue();
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	interface Book {

		String flaky();

		CompletableFuture<Thread> later(CountDownLatch gate);

		boolean transfer(CountDownLatch gate) throws InterruptedException;

		void all();

	}

	static class Ledger implements Book {

		private final AtomicInteger tries = new AtomicInteger();

		private final DataSource dataSource;

		Ledger(DataSource dataSource) {
			this.dataSource = dataSource;
		}

		@Override
		@Retryable(maxRetries = 3, delay = 5)
		@Bulkhead(name = "flaky", max = 1, timeout = "0")
		@RateLimited(name = "flaky", rps = 1000)
		public String flaky() {
			if (this.tries.incrementAndGet() < 3) {
				throw new IllegalStateException();
			}
			return "third time";
		}

		@Override
		@Async
		@Bulkhead(name = "later", max = 1)
		public CompletableFuture<Thread> later(CountDownLatch gate) {
			return CompletableFuture.supplyAsync(() -> {
				try {
					gate.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				return Thread.currentThread();
			});
		}

		@Override
		@Transactional
		@Bulkhead(name = "transfer", max = 1)
		public boolean transfer(CountDownLatch gate) throws InterruptedException {
			Connection connection = DataSourceUtils.getConnection(this.dataSource);
			gate.await();
			return TransactionSynchronizationManager.isActualTransactionActive() && connection != null;
		}

		@Override
		@Async
		@Retryable
		@Transactional
		@Bulkhead(name = "all", max = 1)
		public void all() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	@EnableResilientMethods
	@EnableTransactionManagement
	static class Everything {

		final List<Integer> inUseBetween = new ArrayList<>();

		@Bean
		ApplicationListener<MethodRetryEvent> retries(TestDeclarations declarations) {
			return (event) -> this.inUseBetween.add(declarations.registry.concurrencyLimiter("flaky").inUse());
		}

		@Bean(destroyMethod = "close")
		HikariDataSource dataSource() {
			HikariDataSource pool = new HikariDataSource();
			pool.setJdbcUrl("jdbc:h2:mem:order;DB_CLOSE_DELAY=-1");
			pool.setMaximumPoolSize(2);
			return pool;
		}

		@Bean
		DataSourceTransactionManager transactionManager(DataSource dataSource) {
			return new DataSourceTransactionManager(dataSource);
		}

	}

}
