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

package io.github.penstock.recipes.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.test.LimiterAssertions;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the recipe of Kafka listeners, with a broker.
 */
@Tag("soak")
class KafkaRecipeTests {

	private static final Duration SOON = Duration.ofSeconds(60);

	/** Much longer than the other consumers take for a poll. */
	private static final String SHORT_INTERVAL = "--spring.kafka.consumer.properties[max.poll.interval.ms]=8000";

	private final EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, 3, "orders", "returns");

	private final Depot depot = new Depot();

	private ConfigurableApplicationContext context;

	private ConcurrencyLimiter limit;

	private Admin admin;

	@BeforeEach
	void startBroker() {
		this.broker.afterPropertiesSet();
		this.admin = Admin.create(Map.of("bootstrap.servers", this.broker.getBrokersAsString()));
	}

	@AfterEach
	void stop() {
		this.depot.finish();
		this.context.close();
		this.admin.close();
		this.broker.destroy();
	}

	@Test
	void consumersShareTheLimitAndWaitWithTheirRecords() {
		start("--penstock.bulkheads.warehouse.max=2");
		for (int partition = 0; partition < 3; partition++) {
			send("orders", partition, "order " + partition);
		}
		await().atMost(SOON).untilAsserted(() -> LimiterAssertions.assertThat(this.limit).hasInUse(2).hasWaiting(1));
		this.depot.finish();
		await().atMost(SOON).until(() -> this.depot.reserved.size() == 3);
		LimiterAssertions.assertThat(this.limit).hasRefused(0);
	}

	@Test
	void refusedRecordIsReadAgainBeforeTheNextOne() {
		this.depot.finish();
		start("--penstock.bulkheads.warehouse.max=0", "--warehouse.back-off=100ms");
		for (int i = 0; i < 5; i++) {
			send("orders", 1, "order " + i);
		}
		await().atMost(SOON).until(() -> this.limit.stats().refusedTotal() > 12);
		this.limit.change((spec) -> spec.withMax(3));
		await().atMost(SOON).until(() -> committed("orders", 1) == 5);
		assertThat(this.depot.reserved).containsExactly("order 0", "order 1", "order 2", "order 3", "order 4");
	}

	@Test
	void refusedRecordIsSkippedAfterTenAttemptsWithoutErrorHandlerOfOurs() {
		this.depot.finish();
		start(List.of(KafkaApplication.class, AsSpringBootHasIt.class), "--penstock.bulkheads.warehouse.max=0");
		send("orders", 1, "order 0");
		await().atMost(SOON).until(() -> committed("orders", 1) == 1);
		LimiterAssertions.assertThat(this.limit).hasRefused(10);
		this.limit.change((spec) -> spec.withMax(3));
		send("orders", 1, "order 1");
		await().atMost(SOON).until(() -> committed("orders", 1) == 2);
		assertThat(this.depot.reserved).containsExactly("order 1");
	}

	@Test
	void consumerThatWaitsLongerThanThePollIntervalLosesItsRecordToAnotherOne() throws Exception {
		this.depot.finish();
		start(SHORT_INTERVAL, "--penstock.bulkheads.warehouse.max=1", "--penstock.bulkheads.warehouse.timeout=5m",
				"--spring.kafka.listener.concurrency=1");
		Permit permit = this.limit.acquire();
		send("orders", 1, "order 0");
		await().atMost(SOON).untilAsserted(() -> LimiterAssertions.assertThat(this.limit).hasWaiting(1));
		// The one of the other topic goes on.
		await().atMost(SOON).until(() -> consumers().size() == 2);
		await().atMost(SOON).until(() -> consumers().size() == 1);
		permit.close();
		await().atMost(SOON).until(() -> committed("orders", 1) == 1);
		assertThat(this.depot.reserved).containsExactly("order 0", "order 0");
	}

	@Test
	void futureWaitsWhileTheConsumerPolls() throws Exception {
		start(SHORT_INTERVAL, "--penstock.bulkheads.warehouse.max=1", "--penstock.bulkheads.warehouse.timeout=5m",
				"--spring.kafka.consumer.max-poll-records=2");
		for (int i = 0; i < 6; i++) {
			send("returns", 1, "item " + i);
		}
		// No more than one poll brings, for longer than the interval.
		await().atMost(SOON)
			.during(Duration.ofSeconds(12))
			.until(() -> this.limit.inUse() == 1 && this.limit.waiting() <= 1);
		assertThat(consumers()).hasSize(4);
		this.depot.finish();
		await().atMost(SOON).until(() -> committed("returns", 1) == 6);
		assertThat(this.depot.takenBack).containsExactlyInAnyOrder("item 0", "item 1", "item 2", "item 3", "item 4",
				"item 5");
		LimiterAssertions.assertThat(this.limit).hasRefused(0);
	}

	@Test
	void refusedFutureIsAcknowledgedBeforeItIsReadAgain() throws Exception {
		this.depot.finish();
		start("--penstock.bulkheads.warehouse.max=0", "--warehouse.back-off=500ms");
		send("returns", 1, "item 0");
		await().atMost(SOON).until(() -> committed("returns", 1) == 1);
		assertThat(this.depot.takenBack).isEmpty();
		this.limit.change((spec) -> spec.withMax(3));
		await().atMost(SOON).until(() -> this.depot.takenBack.size() == 1);
	}

	private void start(String... options) {
		start(List.of(KafkaApplication.class), options);
	}

	private void start(List<Class<?>> sources, String... options) {
		List<String> all = new ArrayList<>(
				List.of("--spring.kafka.bootstrap-servers=" + this.broker.getBrokersAsString(),
						"--spring.main.allow-bean-definition-overriding=true"));
		all.addAll(List.of(options));
		this.context = new SpringApplicationBuilder(sources.toArray(Class<?>[]::new)).web(WebApplicationType.NONE)
			.initializers((context) -> context.getBeanFactory().registerSingleton("warehouse", this.depot))
			.properties("spring.config.name=kafka")
			.run(all.toArray(String[]::new));
		this.limit = this.context.getBean(LimiterRegistry.class).concurrencyLimiter("warehouse");
		int ofOrders = this.context.getEnvironment()
			.getRequiredProperty("spring.kafka.listener.concurrency", Integer.class);
		// Whoever waits later would hold this up.
		await().atMost(SOON)
			.until(() -> consumers().stream()
				.map((consumer) -> consumer.assignment().topicPartitions().size())
				.toList(),
					(partitions) -> partitions.size() == ofOrders + 1 && !partitions.contains(0)
							&& partitions.stream().mapToInt(Integer::intValue).sum() == 6);
	}

	@SuppressWarnings("unchecked")
	private void send(String topic, int partition, String value) {
		assertThat(this.context.getBean(KafkaTemplate.class).send(topic, partition, null, value)).succeedsWithin(SOON);
	}

	private long committed(String topic, int partition) throws ExecutionException, InterruptedException {
		OffsetAndMetadata committed = this.admin.listConsumerGroupOffsets("shop")
			.partitionsToOffsetAndMetadata()
			.get()
			.get(new TopicPartition(topic, partition));
		return (committed != null) ? committed.offset() : 0;
	}

	private Collection<MemberDescription> consumers() throws ExecutionException, InterruptedException {
		return this.admin.describeConsumerGroups(List.of("shop")).all().get().get("shop").members();
	}

	static class AsSpringBootHasIt {

		@Bean
		DefaultErrorHandler errorHandler() {
			return new DefaultErrorHandler();
		}

	}

	static final class Depot implements Warehouse {

		private final CountDownLatch done = new CountDownLatch(1);

		private final List<String> reserved = new CopyOnWriteArrayList<>();

		private final List<String> takenBack = new CopyOnWriteArrayList<>();

		private final ConcurrentLinkedQueue<CompletableFuture<Void>> open = new ConcurrentLinkedQueue<>();

		void finish() {
			this.done.countDown();
			for (CompletableFuture<Void> future = this.open.poll(); future != null; future = this.open.poll()) {
				future.complete(null);
			}
		}

		@Override
		public void reserve(String order) {
			try {
				assertThat(this.done.await(60, TimeUnit.SECONDS)).isTrue();
				this.reserved.add(order);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Override
		public CompletableFuture<Void> takeBack(String item) {
			this.takenBack.add(item);
			CompletableFuture<Void> future = new CompletableFuture<>();
			this.open.add(future);
			if (this.done.getCount() == 0) {
				finish();
			}
			return future;
		}

	}

}
