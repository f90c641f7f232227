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

package io.github.penstock.recipes.async;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.test.LimiterAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import org.springframework.aop.interceptor.AsyncUncaughtExceptionHandler;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.annotation.AsyncConfigurer;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the recipe of {@code @Async} pools.
 */
@Tag("soak")
class AsyncRecipeTests {

	private static final Duration SOON = Duration.ofSeconds(60);

	private final CountDownLatch done = new CountDownLatch(1);

	private ConfigurableApplicationContext context;

	private ConcurrencyLimiter limit;

	private Reports reports;

	private ReportDesk desk;

	@BeforeEach
	void reset() {
		Rendering.done = this.done;
		Rendering.uncaught.set(null);
	}

	@AfterEach
	void stop() {
		this.done.countDown();
		this.context.close();
	}

	@Test
	void permitIsHeldWhileTheWorkRuns() {
		start();
		CompletableFuture<String> report = this.reports.create("acme");
		await().atMost(SOON).untilAsserted(() -> LimiterAssertions.assertThat(this.limit).hasInUse(1));
		assertThat(report).isNotDone();
		this.done.countDown();
		assertThat(report).succeedsWithin(SOON).isEqualTo("report of acme");
		await().atMost(SOON).untilAsserted(() -> LimiterAssertions.assertThat(this.limit).isIdle());
	}

	@Test
	void callBehindAsyncWaitsOnThreadOfPool() {
		start("--spring.task.execution.pool.core-size=4", "--spring.task.execution.pool.max-size=4");
		for (int i = 0; i < 4; i++) {
			this.reports.create("acme");
		}
		await().atMost(SOON).untilAsserted(() -> LimiterAssertions.assertThat(this.limit).hasInUse(2).hasWaiting(2));
		CompletableFuture<String> other = this.reports.render("no limit at all");
		assertThat(pool().getThreadPoolExecutor().getQueue()).hasSize(1);
		assertThat(other).isNotDone();
		this.done.countDown();
		assertThat(other).succeedsWithin(SOON);
	}

	@Test
	void callBeforeAsyncWaitsWithoutThread() {
		start();
		CompletableFuture<String> last = null;
		for (int i = 0; i < 3; i++) {
			last = this.desk.order("acme");
		}
		CompletableFuture<String> inCode = this.desk.orderInCode("acme");
		await().atMost(SOON).untilAsserted(() -> LimiterAssertions.assertThat(this.limit).hasInUse(2).hasWaiting(2));
		await().atMost(SOON).until(() -> pool().getActiveCount() == 2);
		assertThat(pool().getThreadPoolExecutor().getQueue()).isEmpty();
		this.done.countDown();
		assertThat(last).succeedsWithin(SOON).isEqualTo("report of acme");
		assertThat(inCode).succeedsWithin(SOON).isEqualTo("report of acme");
	}

	@Test
	void callWhenThePoolIsFullIsRejectedBeforeTheLimit() {
		start("--spring.task.execution.pool.core-size=1", "--spring.task.execution.pool.max-size=1",
				"--spring.task.execution.pool.queue-capacity=0");
		this.reports.create("acme");
		await().atMost(SOON).untilAsserted(() -> LimiterAssertions.assertThat(this.limit).hasInUse(1));
		assertThatExceptionOfType(TaskRejectedException.class).isThrownBy(() -> this.reports.create("acme"));
		LimiterAssertions.assertThat(this.limit).hasRefused(0);
	}

	@Test
	void permitIsBackWhenThePoolRejectsBehindTheLimit() {
		start("--spring.task.execution.pool.core-size=1", "--spring.task.execution.pool.max-size=1",
				"--spring.task.execution.pool.queue-capacity=0");
		CompletableFuture<String> first = this.desk.order("acme");
		await().atMost(SOON).untilAsserted(() -> LimiterAssertions.assertThat(this.limit).hasInUse(1));
		assertThatExceptionOfType(TaskRejectedException.class).isThrownBy(() -> this.desk.order("acme"));
		assertThat(this.desk.orderInCode("acme")).failsWithin(SOON)
			.withThrowableThat()
			.withCauseInstanceOf(TaskRejectedException.class);
		LimiterAssertions.assertThat(this.limit).hasInUse(1).hasRefused(0);
		this.done.countDown();
		assertThat(first).succeedsWithin(SOON);
	}

	@Test
	void refusalIsTheFailureOfTheFuture() {
		start("--penstock.bulkheads.reports.max=1", "--penstock.bulkheads.reports.timeout=0");
		this.reports.create("acme");
		await().atMost(SOON).untilAsserted(() -> LimiterAssertions.assertThat(this.limit).hasInUse(1));
		assertThat(this.reports.create("acme")).failsWithin(SOON)
			.withThrowableThat()
			.withCauseInstanceOf(BulkheadFullException.class);
		this.reports.createAndForget("acme");
		await().atMost(SOON).until(() -> Rendering.uncaught.get() != null);
		assertThat(Rendering.uncaught.get()).isInstanceOf(BulkheadFullException.class);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void callOnVirtualThreadBlocksNobodyElse() {
		start("--spring.threads.virtual.enabled=true");
		for (int i = 0; i < 50; i++) {
			this.reports.create("acme");
		}
		await().atMost(SOON).untilAsserted(() -> LimiterAssertions.assertThat(this.limit).hasInUse(2).hasWaiting(48));
		Rendering.done = new CountDownLatch(0);
		assertThat(this.reports.render("no limit at all")).succeedsWithin(SOON);
	}

	private void start(String... options) {
		this.context = new SpringApplicationBuilder(AsyncApplication.class, Rendering.class)
			.properties("spring.config.name=async", "server.port=0")
			.run(options);
		this.limit = this.context.getBean(LimiterRegistry.class).concurrencyLimiter("reports");
		this.reports = this.context.getBean(Reports.class);
		this.desk = this.context.getBean(ReportDesk.class);
	}

	private ThreadPoolTaskExecutor pool() {
		return this.context.getBean("applicationTaskExecutor", ThreadPoolTaskExecutor.class);
	}

	static class Rendering implements AsyncConfigurer {

		private static final AtomicReference<Throwable> uncaught = new AtomicReference<>();

		private static volatile CountDownLatch done;

		@Override
		public AsyncUncaughtExceptionHandler getAsyncUncaughtExceptionHandler() {
			return (ex, method, arguments) -> uncaught.set(ex);
		}

		@Bean
		static Renderer renderer() {
			return (customer) -> {
				try {
					assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				return "report of " + customer;
			};
		}

	}

}
