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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.annotation.Bulkhead;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Methods that return a stage and work on a thread that {@code @Async} takes for them.
 */
class AsyncStageTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private LimitedContext context;

	private Works works;

	@BeforeEach
	void start() {
		this.context = LimitedContext.of(AsyncConfiguration.class, Works.class);
		this.works = this.context.bean(Works.class);
	}

	@AfterEach
	void stop() {
		this.context.close();
	}

	@Test
	void callsWhenTheyBlockRunAsManyAtATimeAsThereArePermits() {
		List<CompletableFuture<String>> calls = new ArrayList<>();
		for (int i = 0; i < 60; i++) {
			calls.add(this.works.call());
		}
		// No thread leaves before as many as there are permits work together.
		assertThat(calls).allSatisfy((call) -> assertThat(call).succeedsWithin(SOON));
		assertThat(this.works.threads()).allMatch((name) -> name.startsWith("works-"));
		assertThat(this.works.most()).isEqualTo(20);
	}

	@Test
	void stageWhenItCompletesLaterKeepsThePermit() {
		CompletableFuture<String> own = new CompletableFuture<>();
		CompletableFuture<String> first = this.works.one(own);
		Awaitility.await().until(() -> this.context.bulkhead("one").inUse() == 1);
		CompletableFuture<String> second = this.works.one(CompletableFuture.completedFuture("second"));
		Awaitility.await().until(() -> this.context.bulkhead("one").waiting() == 1);
		assertThat(second).isNotDone();
		own.complete("first");
		assertThat(first).succeedsWithin(SOON).isEqualTo("first");
		assertThat(second).succeedsWithin(SOON).isEqualTo("second");
	}

	@Test
	void callWhenRefusedFailsTheStage() {
		CompletableFuture<String> own = new CompletableFuture<>();
		CompletableFuture<String> first = this.works.impatient(own);
		Awaitility.await().until(() -> this.context.bulkhead("Works.impatient").inUse() == 1);
		assertThat(this.works.impatient(own)).failsWithin(SOON)
			.withThrowableThat()
			.withCauseInstanceOf(BulkheadFullException.class);
		own.complete("done");
		assertThat(first).succeedsWithin(SOON);
	}

	@Test
	void callWithoutAsyncDoesNotPark() {
		CompletableFuture<String> own = new CompletableFuture<>();
		this.works.plain(own);
		assertThat(this.works.plain(own)).isNotDone();
		own.complete("done");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class AsyncConfiguration {

		@Bean
		static ThreadPoolTaskExecutor taskExecutor() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setCorePoolSize(60);
			executor.setThreadNamePrefix("works-");
			executor.setDaemon(true);
			return executor;
		}

	}

	static class Works {

		private final Set<String> threads = ConcurrentHashMap.newKeySet();

		private final AtomicInteger running = new AtomicInteger();

		private final AtomicInteger most = new AtomicInteger();

		private final CountDownLatch together = new CountDownLatch(20);

		Set<String> threads() {
			return this.threads;
		}

		int most() {
			return this.most.get();
		}

		@Async
		@Bulkhead(name = "call", max = 20)
		public CompletableFuture<String> call() {
			this.threads.add(Thread.currentThread().getName());
			this.most.accumulateAndGet(this.running.incrementAndGet(), Math::max);
			this.together.countDown();
			try {
				assertThat(this.together.await(20, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			finally {
				this.running.decrementAndGet();
			}
			return CompletableFuture.completedFuture("x");
		}

		@Async
		@Bulkhead(name = "one", max = 1)
		public CompletableFuture<String> one(CompletableFuture<String> own) {
			return own;
		}

		@Async
		@Bulkhead(max = 1, timeout = "0")
		public CompletableFuture<String> impatient(CompletableFuture<String> own) {
			return own;
		}

		@Bulkhead(max = 1)
		public CompletableFuture<String> plain(CompletableFuture<String> own) {
			return own;
		}

	}

}
