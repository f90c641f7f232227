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

package io.github.penstock.recipes.scheduled;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.RefusalReason;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.test.LimiterAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the recipe of jobs that must not overlap.
 */
@Tag("soak")
@ExtendWith(OutputCaptureExtension.class)
class ScheduledRecipeTests {

	private static final Duration SOON = Duration.ofSeconds(60);

	private static final String NEVER = "--orders.import-every=10000d";

	private final List<ConfigurableApplicationContext> instances = new ArrayList<>();

	@AfterEach
	void stop() {
		this.instances.forEach((instance) -> {
			instance.getBean(Work.class).done.countDown();
			instance.close();
		});
	}

	@Test
	void runWhenAnotherOneGoesOnIsRefusedAndSaysSoInOneLine(CapturedOutput output) {
		// The first of them runs at once.
		ConfigurableApplicationContext instance = start(NEVER);
		await().atMost(SOON).until(() -> work(instance).imports.get() == 1);
		instance.getBean(OrderJobs.class).importOrders();
		assertThat(work(instance).imports).hasValue(1);
		LimiterAssertions.assertThat(limiters(instance).concurrencyLimiter("order-import")).hasRefused(1);
		assertThat(output).containsOnlyOnce("Not this time: ")
			.doesNotContain("BulkheadFullException")
			.doesNotContain("WARN");
	}

	@Test
	void refusalWithoutFallbackIsAnErrorEachTime(CapturedOutput output) {
		ConfigurableApplicationContext instance = start(Unprepared.class, NEVER);
		await().atMost(SOON).until(() -> work(instance).imports.get() == 1);
		await().atMost(SOON)
			.untilAsserted(() -> assertThat(output.getOut().split("Unexpected error occurred in scheduled task"))
				.hasSizeGreaterThan(2));
		assertThat(output).contains("ERROR").contains("BulkheadFullException: Bulkhead 'order-import' is full");
	}

	@Test
	void runsOfThreadsThatAreNotPooledWouldOverlap(CapturedOutput output) {
		ConfigurableApplicationContext instance = start(ThreadForEachRun.class, "--orders.import-every=20ms");
		await().atMost(SOON)
			.untilAsserted(() -> assertThat(output.getOut().split("Not this time: ")).hasSizeGreaterThan(3));
		assertThat(work(instance).imports).hasValue(1);
		assertThat(work(instance).most).hasValue(1);
	}

	@Test
	void runsWithoutLimitOverlapWhereThreadsAreNotPooled() {
		ConfigurableApplicationContext instance = start(ThreadForEachRun.class, "--orders.import-every=20ms",
				"--penstock.enabled=false");
		await().atMost(SOON).until(() -> work(instance).most.get() > 1);
	}

	@Test
	void runOfOneInstanceKeepsTheOthersOut() throws IOException {
		try (Redis redis = new Redis()) {
			ConfigurableApplicationContext one = startShared(redis);
			await().atMost(SOON).until(() -> work(one).imports.get() == 1);
			ConfigurableApplicationContext other = startShared(redis);
			await().atMost(SOON)
				.untilAsserted(() -> LimiterAssertions.assertThat(limiters(other).concurrencyLimiter("order-import"))
					.hasRefused(1));
			assertThat(work(other).imports).hasValue(0);
			work(one).done.countDown();
			work(other).done.countDown();
			await().atMost(SOON).until(() -> {
				other.getBean(OrderJobs.class).importOrders();
				return work(other).imports.get() == 1;
			});
		}
	}

	@Test
	void runAfterThatOfAnotherInstanceIsOneTooManyForTheRateOnly() throws IOException {
		try (Redis redis = new Redis()) {
			ConfigurableApplicationContext one = startShared(redis);
			ConfigurableApplicationContext other = startShared(redis);
			one.getBean(OrderJobs.class).remind();
			assertThat(work(one).reminders).hasValue(1);
			await().atMost(SOON).untilAsserted(() -> {
				other.getBean(OrderJobs.class).remind();
				LimiterAssertions.assertThat(limiters(other).rateLimiter("reminders")).hasRefused(1);
			});
			assertThat(work(other).reminders).hasValue(0);
		}
	}

	@Test
	void nobodyRunsWhileRedisIsAway() throws IOException {
		ConfigurableApplicationContext instance;
		try (Redis redis = new Redis()) {
			instance = startShared(redis);
			await().atMost(SOON).until(() -> work(instance).imports.get() == 1);
			work(instance).done.countDown();
			await().atMost(SOON)
				.untilAsserted(() -> LimiterAssertions.assertThat(limiters(instance).concurrencyLimiter("order-import"))
					.isIdle());
		}
		await().atMost(SOON).untilAsserted(() -> {
			instance.getBean(OrderJobs.class).remind();
			assertThat(
					limiters(instance).concurrencyLimiter("reminders").stats().refused().get(RefusalReason.UNAVAILABLE))
				.isPositive();
		});
		assertThat(work(instance).reminders).hasValue(0);
	}

	private ConfigurableApplicationContext startShared(Redis redis) {
		// A cold start on a busy machine takes its time.
		return start(NEVER, "--spring.profiles.active=many-instances", "--spring.data.redis.port=" + redis.port(),
				"--penstock.shared.budget=10s", "--penstock.shared.lease=2m");
	}

	private ConfigurableApplicationContext start(String... options) {
		return start(Nothing.class, options);
	}

	private ConfigurableApplicationContext start(Class<?> more, String... options) {
		ConfigurableApplicationContext instance = new SpringApplicationBuilder(ScheduledApplication.class, Work.class,
				more)
			.web(WebApplicationType.NONE)
			.properties("spring.config.name=scheduled")
			.run(options);
		this.instances.add(instance);
		return instance;
	}

	private static Work work(ConfigurableApplicationContext instance) {
		return instance.getBean(Work.class);
	}

	private static LimiterRegistry limiters(ConfigurableApplicationContext instance) {
		return instance.getBean(LimiterRegistry.class);
	}

	static final class Work implements Orders {

		private final CountDownLatch done = new CountDownLatch(1);

		private final AtomicInteger imports = new AtomicInteger();

		private final AtomicInteger reminders = new AtomicInteger();

		private final AtomicInteger running = new AtomicInteger();

		private final AtomicInteger most = new AtomicInteger();

		@Override
		public void importNew() {
			this.most.accumulateAndGet(this.running.incrementAndGet(), Math::max);
			this.imports.incrementAndGet();
			try {
				assertThat(this.done.await(60, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			finally {
				this.running.decrementAndGet();
			}
		}

		@Override
		public void remindDebtors() {
			this.reminders.incrementAndGet();
		}

	}

	static class ThreadForEachRun {

		/** As Spring Boot has it with virtual threads, on any JDK. */
		@Bean
		TaskScheduler taskScheduler() {
			return new SimpleAsyncTaskScheduler();
		}

	}

	static class Unprepared {

		/** A scheduler of one thread has to do the first job, which goes on. */
		@Bean
		TaskScheduler taskScheduler() {
			return new SimpleAsyncTaskScheduler();
		}

		@Scheduled(initialDelay = 1000, fixedRate = 20)
		@Bulkhead("order-import")
		public void again() {
			throw new AssertionError("It is let in");
		}

	}

	static class Nothing {

	}

}
