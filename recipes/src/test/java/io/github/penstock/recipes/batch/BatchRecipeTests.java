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

package io.github.penstock.recipes.batch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.test.LimiterAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.support.ListItemReader;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the recipe of steps of Spring Batch.
 */
@Tag("soak")
class BatchRecipeTests {

	private static final Duration SOON = Duration.ofSeconds(60);

	private static final int ARTICLES = 25;

	@TempDir
	private Path directory;

	private final Remote remote = new Remote();

	private ConfigurableApplicationContext context;

	private ConcurrencyLimiter limit;

	private JdbcClient database;

	@AfterEach
	void stop() {
		this.remote.answers.countDown();
		this.context.close();
	}

	@Test
	void threadsOfStepShareTheLimit() throws Exception {
		start();
		CompletableFuture<JobExecution> run = runAside();
		await().atMost(SOON).untilAsserted(() -> LimiterAssertions.assertThat(this.limit).hasInUse(2).hasWaiting(2));
		this.remote.answers.countDown();
		assertThat(run.get().getStatus()).isEqualTo(BatchStatus.COMPLETED);
		assertThat(this.remote.most).hasValue(2);
		assertThat(prices()).isEqualTo(ARTICLES);
	}

	@Test
	void refusedItemIsAskedForAgain() throws Exception {
		this.remote.answers.countDown();
		start("--penstock.bulkheads.supplier.max=0", "--penstock.bulkheads.supplier.timeout=0",
				"--prices.retry-delay=200ms");
		CompletableFuture<JobExecution> run = runAside();
		await().atMost(SOON).until(() -> this.limit.stats().refusedTotal() > 0);
		this.limit.change((spec) -> spec.withMax(2));
		StepExecution step = stepOf(run.get());
		assertThat(step.getStatus()).isEqualTo(BatchStatus.COMPLETED);
		assertThat(step.getSkipCount()).isZero();
		assertThat(prices()).isEqualTo(ARTICLES);
	}

	@Test
	void stepWhenRefusedForTooLongFailsAndCanGoOnLater() throws Exception {
		this.remote.answers.countDown();
		start("--penstock.bulkheads.supplier.max=0", "--penstock.bulkheads.supplier.timeout=0",
				"--prices.retry-delay=1ms");
		StepExecution failed = stepOf(run());
		assertThat(failed.getStatus()).isEqualTo(BatchStatus.FAILED);
		assertThat(failed.getSkipCount()).isZero();
		this.limit.change((spec) -> spec.withMax(2));
		assertThat(run().getStatus()).isEqualTo(BatchStatus.COMPLETED);
		assertThat(prices()).isEqualTo(ARTICLES);
	}

	@Test
	void itemThatTheSupplierHasNotIsSkipped() throws Exception {
		this.remote.answers.countDown();
		this.remote.unknown = "article-7";
		start();
		StepExecution step = stepOf(run());
		assertThat(step.getStatus()).isEqualTo(BatchStatus.COMPLETED);
		assertThat(step.getSkipCount()).isEqualTo(1);
		assertThat(prices()).isEqualTo(ARTICLES - 1);
	}

	@Test
	void stepThatSkipsAllExceptionsLosesWhatIsRefused() throws Exception {
		start("--penstock.bulkheads.supplier.max=0", "--penstock.bulkheads.supplier.timeout=0");
		StepExecution step = stepOf(run(careless()));
		assertThat(step.getStatus()).isEqualTo(BatchStatus.COMPLETED);
		assertThat(step.getSkipCount()).isEqualTo(ARTICLES);
	}

	@Test
	void chunkThatWaitsHasNoConnectionWhereItIsFetchedLazily() throws Exception {
		start();
		CompletableFuture<JobExecution> run = runAside();
		await().atMost(SOON).untilAsserted(() -> LimiterAssertions.assertThat(this.limit).hasWaiting(2));
		assertThat(connections()).isZero();
		this.remote.answers.countDown();
		run.get();
	}

	@Test
	void chunkThatWaitsHoldsItsConnectionElse() throws Exception {
		start("--spring.datasource.connection-fetch=eager");
		CompletableFuture<JobExecution> run = runAside();
		await().atMost(SOON).untilAsserted(() -> LimiterAssertions.assertThat(this.limit).hasWaiting(2));
		assertThat(connections()).isEqualTo(1);
		this.remote.answers.countDown();
		run.get();
	}

	private void start(String... options) throws IOException {
		Path articles = Files.writeString(this.directory.resolve("articles.txt"),
				IntStream.range(0, ARTICLES)
					.mapToObj((number) -> "article-" + number)
					.collect(Collectors.joining("\n")));
		List<String> all = new ArrayList<>(
				List.of("--prices.articles=file:" + articles, "--spring.batch.job.enabled=false"));
		all.addAll(List.of(options));
		this.context = new SpringApplicationBuilder(BatchApplication.class).web(WebApplicationType.NONE)
			.initializers((context) -> context.getBeanFactory().registerSingleton("priceList", this.remote))
			.properties("spring.config.name=batch")
			.run(all.toArray(String[]::new));
		this.limit = this.context.getBean(LimiterRegistry.class).concurrencyLimiter("supplier");
		this.database = this.context.getBean(JdbcClient.class);
		this.database.sql("create table price (sku varchar(20) primary key, cents int)").update();
	}

	private CompletableFuture<JobExecution> runAside() {
		return CompletableFuture.supplyAsync(this::run);
	}

	private JobExecution run() {
		return run(this.context.getBean("prices", Job.class));
	}

	private JobExecution run(Job job) {
		try {
			return this.context.getBean(JobOperator.class)
				.start(job, new JobParametersBuilder().addString("day", "monday").toJobParameters());
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Job careless() {
		JobRepository repository = this.context.getBean(JobRepository.class);
		return new JobBuilder("careless", repository)
			.start(new StepBuilder("careless", repository).<String, Price>chunk(10)
				.transactionManager(this.context.getBean(PlatformTransactionManager.class))
				.reader(new ListItemReader<>(Collections.nCopies(ARTICLES, "article")))
				.processor(this.context.getBean(Supplier.class)::priceOf)
				.writer((chunk) -> assertThat(chunk.getItems()).isEmpty())
				.faultTolerant()
				.skip(Exception.class)
				.skipLimit(100)
				.build())
			.build();
	}

	private static StepExecution stepOf(JobExecution run) {
		return run.getStepExecutions().iterator().next();
	}

	private int prices() {
		return this.database.sql("select count(*) from price").query(Integer.class).single();
	}

	private int connections() throws Exception {
		return this.context.getBean(DataSource.class)
			.unwrap(HikariDataSource.class)
			.getHikariPoolMXBean()
			.getActiveConnections();
	}

	static final class Remote implements PriceList {

		private final CountDownLatch answers = new CountDownLatch(1);

		private final AtomicInteger running = new AtomicInteger();

		private final AtomicInteger most = new AtomicInteger();

		private String unknown = "";

		@Override
		public int centsOf(String sku) throws IOException {
			this.most.accumulateAndGet(this.running.incrementAndGet(), Math::max);
			try {
				assertThat(this.answers.await(60, TimeUnit.SECONDS)).isTrue();
				if (sku.equals(this.unknown)) {
					throw new IOException("404");
				}
				return 42;
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			finally {
				this.running.decrementAndGet();
			}
		}

	}

}
