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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiterSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All forms of the queue keep the contract, and what is written wrong does not.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class WorkQueueContractTests {

	/** Milliseconds, of which only what is wrong uses any. */
	private static final long PATIENCE = 30_000;

	@ParameterizedTest
	@EnumSource
	void listInMemoryKeepsTheContract(WorkQueueContract contract) throws Exception {
		contract.check((items, concurrency, function) -> BoundedWorkQueue.of(concurrency).processAll(items, function),
				PATIENCE);
	}

	@ParameterizedTest
	@EnumSource
	void inputThatIsReadKeepsTheContract(WorkQueueContract contract) throws Exception {
		contract.check((items, concurrency, function) -> BoundedWorkQueue.of(concurrency)
			.processAll(items.iterator(), function), PATIENCE);
	}

	@ParameterizedTest
	@EnumSource
	void streamKeepsTheContract(WorkQueueContract contract) throws Exception {
		contract.check((items, concurrency, function) -> {
			BoundedWorkQueue queue = BoundedWorkQueue.builder().concurrency(concurrency).window(8).build();
			try (Stream<Integer> results = queue.stream(items, function)) {
				return results.toList();
			}
		}, PATIENCE);
	}

	@ParameterizedTest
	@EnumSource
	void bulkheadAndRateLimitKeepTheContract(WorkQueueContract contract) throws Exception {
		LimiterRegistry registry = new LimiterRegistry();
		registry.register("fast", RateLimiterSpec.of(1_000_000));
		contract.check((items, concurrency, function) -> {
			registry.register("b", ConcurrencyLimiterSpec.of(concurrency));
			return BoundedWorkQueue.builder(registry)
				.bulkhead("b")
				.rateLimit("fast")
				.build()
				.processAll(items, function);
		}, PATIENCE);
		assertThat(registry.concurrencyLimiter("b").inUse()).isZero();
		assertThat(registry.concurrencyLimiter("b").waiting()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void executorKeepsTheContract(WorkQueueContract contract) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(8);
		try {
			contract.check((items, concurrency, function) -> BoundedWorkQueue.builder()
				.concurrency(concurrency)
				.executor(executor)
				.build()
				.processAll(items.stream(), function), PATIENCE);
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void poolWhoseFuturesAreAskedInOrderIsRejected() {
		assertThat(broken((items, concurrency, function) -> {
			ExecutorService executor = Executors.newFixedThreadPool(concurrency);
			try {
				List<Future<Integer>> futures = new ArrayList<>();
				for (Integer item : items) {
					futures.add(executor.submit(() -> function.apply(item)));
				}
				List<Integer> results = new ArrayList<>();
				for (Future<Integer> future : futures) {
					results.add(future.get());
				}
				return results;
			}
			catch (ExecutionException ex) {
				throw (Exception) ex.getCause();
			}
			finally {
				executor.shutdownNow();
			}
		})).contains(WorkQueueContract.FAIL_FAST, WorkQueueContract.SUPPRESSED)
			.doesNotContain(WorkQueueContract.ORDER, WorkQueueContract.BOUND);
	}

	@Test
	void threadForEachItemIsRejected() {
		assertThat(broken((items, concurrency, function) -> {
			List<Integer> results = java.util.Collections.synchronizedList(new ArrayList<>());
			List<Thread> threads = new ArrayList<>();
			for (Integer item : items) {
				Thread thread = new Thread(() -> {
					try {
						results.add(function.apply(item));
					}
					catch (Exception ex) {
						// Lost.
					}
				});
				threads.add(thread);
				thread.start();
			}
			for (Thread thread : threads) {
				thread.join();
			}
			return results;
		})).contains(WorkQueueContract.ORDER, WorkQueueContract.BOUND, WorkQueueContract.FAIL_FAST,
				WorkQueueContract.SUPPRESSED);
	}

	private static List<WorkQueueContract> broken(WorkQueueContract.Subject subject) {
		List<WorkQueueContract> broken = new ArrayList<>();
		for (WorkQueueContract contract : List.of(WorkQueueContract.ORDER, WorkQueueContract.BOUND,
				WorkQueueContract.FAIL_FAST, WorkQueueContract.SUPPRESSED)) {
			try {
				contract.check(subject, 500);
			}
			catch (AssertionError | Exception ex) {
				broken.add(contract);
			}
		}
		return broken;
	}

}
