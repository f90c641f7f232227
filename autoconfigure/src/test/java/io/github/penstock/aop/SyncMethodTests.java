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

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RefusalReason;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.aop.support.AopUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Methods that return a plain value, behind both kinds of proxies.
 */
class SyncMethodTests {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private LimitedContext context;

	private Store store;

	private Warehouse warehouse;

	@BeforeEach
	void start() {
		this.context = LimitedContext.of(Store.class, Stocks.class);
		this.store = this.context.bean(Store.class);
		this.warehouse = this.context.bean(Warehouse.class);
	}

	@AfterEach
	void stop() throws InterruptedException {
		this.threads.shutdownNow();
		assertThat(this.threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		this.context.close();
	}

	@Test
	void proxyWhenBeanHasNoInterfaceIsItsSubclass() {
		assertThat(AopUtils.isCglibProxy(this.store)).isTrue();
		assertThat(AopUtils.isJdkDynamicProxy(this.warehouse)).isTrue();
	}

	@Test
	void bulkheadWhenManyThreadsCallLetsMaxIn() throws Exception {
		assertAtMost(2, () -> this.store.two("x"), this.store.probe().running, this.store.probe().most);
		assertAtMost(2, () -> this.warehouse.two("x"), Stocks.RUNNING, Stocks.MOST);
	}

	private void assertAtMost(int max, Callable<String> call, AtomicInteger running, AtomicInteger most)
			throws Exception {
		CyclicBarrier together = new CyclicBarrier(8);
		List<Callable<String>> calls = Collections.nCopies(8, () -> {
			together.await(20, TimeUnit.SECONDS);
			String last = "";
			for (int i = 0; i < 200; i++) {
				last = call.call();
			}
			return last;
		});
		for (Future<String> result : this.threads.invokeAll(calls)) {
			assertThat(result.get()).isEqualTo("two of x");
		}
		assertThat(running).hasValue(0);
		assertThat(most.get()).isBetween(1, max);
	}

	@Test
	void callWhenBulkheadIsFullAndMayNotWaitIsRefused() throws Exception {
		Future<String> holder = hold();
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> this.store.one("second"))
			.satisfies((ex) -> assertThat(ex.name()).isEqualTo("Store.one"))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RefusalReason.FULL));
		this.store.probe().gate.countDown();
		assertThat(holder.get()).isEqualTo("one of first");
		assertThat(this.store.one("third")).isEqualTo("one of third");
	}

	@Test
	void callWhenInterruptedWhileWaitingIsRefusedAndKeepsTheFlag() throws Exception {
		Future<?> holder = this.threads.submit(() -> this.store.patient(this.store.probe().gate));
		assertThat(this.store.probe().entered.await(20, TimeUnit.SECONDS)).isTrue();
		CompletableFuture<Thread> waiting = new CompletableFuture<>();
		Future<Boolean> waiter = this.threads.submit(() -> {
			waiting.complete(Thread.currentThread());
			assertThatExceptionOfType(BulkheadFullException.class)
				.isThrownBy(() -> this.store.patient(new CountDownLatch(0)))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RefusalReason.INTERRUPTED));
			return Thread.interrupted();
		});
		Awaitility.await().until(() -> this.context.bulkhead("Store.patient").waiting() == 1);
		waiting.join().interrupt();
		assertThat(waiter.get(20, TimeUnit.SECONDS)).isTrue();
		this.store.probe().gate.countDown();
		holder.get(20, TimeUnit.SECONDS);
	}

	@Test
	void permitWhenMethodThrowsIsBack() {
		IOException failure = new IOException("disk");
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.store.fail(failure)).isSameAs(failure);
		}
		Error error = new StackOverflowError();
		assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> this.store.fail(error)).isSameAs(error);
	}

	@Test
	void permitWhenTokenIsRefusedIsBack() {
		this.store.both();
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(this.store::both);
		assertThat(this.context.bulkhead("both").inUse()).isZero();
		assertThat(this.context.bulkhead("both").stats().granted()).isEqualTo(2);
	}

	@Test
	void tokenWhenPermitIsRefusedIsNotTaken() throws Exception {
		Future<?> holder = this.threads.submit(() -> this.store.guarded(this.store.probe().gate));
		assertThat(this.store.probe().entered.await(20, TimeUnit.SECONDS)).isTrue();
		long before = this.context.rateLimit("guarded").available();
		assertThatExceptionOfType(BulkheadFullException.class)
			.isThrownBy(() -> this.store.guarded(this.store.probe().gate));
		assertThat(this.context.rateLimit("guarded").available()).isGreaterThanOrEqualTo(before);
		assertThat(this.context.rateLimit("guarded").stats().granted()).isEqualTo(1);
		this.store.probe().gate.countDown();
		holder.get(20, TimeUnit.SECONDS);
	}

	@Test
	void callWhenItsThreadHoldsThePermitAlreadyTakesNoSecondOne() {
		assertThat(this.store.nested(this.store, 3)).isEqualTo(3);
	}

	@Test
	void stackWhenMethodRunsHasOneFrameOfOurs() {
		assertThat(this.store.frames())
			.filteredOn((frame) -> frame.getClassName().startsWith("io.github.penstock.")
					&& !frame.getClassName().contains("SyncMethodTests"))
			.singleElement()
			.satisfies((frame) -> assertThat(frame.getClassName()).isEqualTo(SyncLimitInterceptor.class.getName()));
	}

	private Future<String> hold() throws InterruptedException {
		Future<String> holder = this.threads.submit(() -> this.store.one("first"));
		assertThat(this.store.probe().entered.await(20, TimeUnit.SECONDS)).isTrue();
		return holder;
	}

	static final class Probe {

		final CountDownLatch entered = new CountDownLatch(1);

		final CountDownLatch gate = new CountDownLatch(1);

		final AtomicInteger running = new AtomicInteger();

		final AtomicInteger most = new AtomicInteger();

	}

	static class Store {

		private final Probe probe = new Probe();

		Probe probe() {
			return this.probe;
		}

		@Bulkhead(max = 1, timeout = "0")
		public String one(String item) throws InterruptedException {
			this.probe.entered.countDown();
			if (item.equals("first")) {
				this.probe.gate.await();
			}
			return "one of " + item;
		}

		@Bulkhead(max = 2)
		public String two(String item) {
			this.probe.most.accumulateAndGet(this.probe.running.incrementAndGet(), Math::max);
			Thread.yield();
			this.probe.running.decrementAndGet();
			return "two of " + item;
		}

		@Bulkhead(max = 1)
		public boolean patient(CountDownLatch gate) throws InterruptedException {
			this.probe.entered.countDown();
			gate.await();
			return true;
		}

		@Bulkhead(max = 1, timeout = "0")
		public void fail(Throwable failure) throws Throwable {
			throw failure;
		}

		@Bulkhead(name = "both", max = 1)
		@RateLimited(name = "both", limit = 1, per = "1h", timeout = "0")
		public void both() {
		}

		@Bulkhead(name = "guarded", max = 1, timeout = "0")
		@RateLimited(name = "guarded", limit = 5, per = "1h", timeout = "0")
		public boolean guarded(CountDownLatch gate) throws InterruptedException {
			this.probe.entered.countDown();
			gate.await();
			return true;
		}

		@Bulkhead(max = 1, timeout = "0")
		public int nested(Store proxy, int depth) {
			return (depth == 0) ? 0 : 1 + proxy.nested(proxy, depth - 1);
		}

		@Bulkhead(name = "frames", max = 1)
		@RateLimited(name = "frames", rps = 100)
		public List<StackTraceElement> frames() {
			return List.of(new Throwable().getStackTrace());
		}

	}

	interface Warehouse {

		String two(String item);

	}

	static class Stocks implements Warehouse {

		static final AtomicInteger RUNNING = new AtomicInteger();

		static final AtomicInteger MOST = new AtomicInteger();

		@Override
		@Bulkhead(max = 2)
		public String two(String item) {
			MOST.accumulateAndGet(RUNNING.incrementAndGet(), Math::max);
			Thread.yield();
			RUNNING.decrementAndGet();
			return "two of " + item;
		}

	}

}
