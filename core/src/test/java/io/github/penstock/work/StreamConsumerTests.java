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

package io.github.penstock.work;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * What happens to a stream whose consumer takes permits of the queue's own bulkhead.
 */
@Timeout(60)
class StreamConsumerTests {

	private final ConcurrencyLimiter limiter = new LimiterRegistry().register("supplier", ConcurrencyLimiterSpec.of(1));

	private final BoundedWorkQueueBuilder builder = BoundedWorkQueue.builder()
		.bulkhead(this.limiter)
		.concurrency(2)
		.window(8);

	private @Nullable Thread consumer;

	@AfterEach
	void everythingIsBack() {
		assertThat(this.limiter.waiting()).isZero();
		assertThat(this.limiter.inUse()).isZero();
	}

	@Test
	void consumerThatGivesItsPermitBackBeforeTheNextResultGoesOn() throws Exception {
		try (Stream<Integer> results = this.builder.build().stream(IntStream.range(0, 500).boxed(), (item) -> item)) {
			List<Integer> seen = results.map((item) -> {
				try (Permit permit = acquire(); Permit.Scope scope = permit.makeCurrent()) {
					return item;
				}
			}).toList();
			assertThat(seen).hasSize(500).isSorted();
		}
	}

	@Test
	void consumerThatHasHadItsPermitFromTheFirstResultOnWorksItself() throws Exception {
		Thread self = Thread.currentThread();
		this.limiter.run(() -> {
			try (Stream<Thread> results = this.builder.build()
				.stream(List.of(1, 2, 3), (item) -> Thread.currentThread())) {
				assertThat(results).hasSize(3).containsOnly(self);
			}
		});
	}

	@Test
	void consumerThatKeepsTheLastPermitGoesOnWhenThereIsAnother() throws Exception {
		FutureTask<Integer> second = keepThePermit(this.builder.build());
		this.limiter.change((spec) -> spec.withMax(2));
		assertThat(second.get()).isOne();
	}

	@Test
	void consumerThatKeepsTheLastPermitIsFreedByAnInterrupt() throws Exception {
		FutureTask<Integer> second = keepThePermit(this.builder.build());
		Objects.requireNonNull(this.consumer).interrupt();
		assertThatThrownBy(second::get).hasCauseInstanceOf(CancellationException.class);
	}

	@Test
	void consumerThatKeepsTheLastPermitIsFreedByTheTimeoutOfItems() throws Exception {
		FutureTask<Integer> second = keepThePermit(this.builder.timeout(Duration.ofMillis(300)).build());
		assertThatThrownBy(second::get).hasCauseInstanceOf(BulkheadFullException.class);
	}

	/**
	 * Have a consumer take the permit when an item was read ahead, and keep it while it
	 * waits for the result of that item.
	 */
	private FutureTask<Integer> keepThePermit(BoundedWorkQueue queue) throws InterruptedException {
		AtomicReference<Permit> kept = new AtomicReference<>();
		CountDownLatch first = new CountDownLatch(1);
		CountDownLatch waiting = new CountDownLatch(1);
		Stream<Integer> items = Stream.of(0, 1, 2).peek((item) -> {
			if (item == 1) {
				// In line behind the first item, and before the second.
				await().until(() -> first.getCount() == 0);
				kept.set(acquire());
			}
		});
		FutureTask<Integer> second = new FutureTask<>(() -> {
			try (Stream<Integer> results = queue.stream(items, (item) -> {
				first.countDown();
				return item;
			})) {
				Iterator<Integer> iterator = results.iterator();
				assertThat(iterator.next()).isZero();
				try (Permit permit = kept.get(); Permit.Scope scope = permit.makeCurrent()) {
					waiting.countDown();
					return iterator.next();
				}
			}
		});
		this.consumer = new Thread(second);
		this.consumer.setDaemon(true);
		this.consumer.start();
		await().until(() -> waiting.getCount() == 0);
		await().until(() -> second.isDone() || this.limiter.waiting() > 0);
		return second;
	}

	private Permit acquire() {
		try {
			return this.limiter.acquire();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
