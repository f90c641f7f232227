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

package io.github.penstock.benchmarks.scale;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.penstock.work.BoundedWorkQueue;

/**
 * What processes all items, so many at a time, and gives their results in order. All run
 * them on virtual threads. What only a later JDK than that of these sources has is found
 * by its name, once for all the items.
 */
public enum WorkContender {

	/**
	 * A loop for each thread over its share of the items: no order of turns, no bound.
	 */
	CHUNKS("one share of the items for each thread (floor)") {
		@Override
		List<Integer> process(List<Integer> items, int concurrency, Function<Integer, Integer> function)
				throws Exception {
			Integer[] results = new Integer[items.size()];
			try (Threads threads = new Threads()) {
				List<Future<?>> shares = new ArrayList<>();
				int share = (items.size() + concurrency - 1) / concurrency;
				for (int from = 0; from < items.size(); from += share) {
					int first = from;
					int last = Math.min(from + share, items.size());
					shares.add(threads.executor.submit(() -> {
						for (int i = first; i < last; i++) {
							results[i] = function.apply(items.get(i));
						}
					}));
				}
				for (Future<?> done : shares) {
					done.get();
				}
			}
			return Arrays.asList(results);
		}
	},

	/** The items in memory. */
	PENSTOCK("Penstock, processAll of a list") {
		@Override
		List<Integer> process(List<Integer> items, int concurrency, Function<Integer, Integer> function)
				throws Exception {
			return BoundedWorkQueue.of(concurrency).processAll(items, function::apply);
		}
	},

	/** The items read one by one. */
	PENSTOCK_READ("Penstock, processAll of a stream") {
		@Override
		List<Integer> process(List<Integer> items, int concurrency, Function<Integer, Integer> function)
				throws Exception {
			return BoundedWorkQueue.of(concurrency).processAll(items.stream(), function::apply);
		}
	},

	/** The results taken one by one. */
	PENSTOCK_STREAM("Penstock, stream") {
		@Override
		List<Integer> process(List<Integer> items, int concurrency, Function<Integer, Integer> function) {
			try (Stream<Integer> results = BoundedWorkQueue.of(concurrency).stream(items, function::apply)) {
				return results.toList();
			}
		}
	},

	/** The task takes the permit. */
	SEMAPHORE("a task per item, Semaphore inside") {
		@Override
		List<Integer> process(List<Integer> items, int concurrency, Function<Integer, Integer> function)
				throws Exception {
			Semaphore semaphore = new Semaphore(concurrency);
			return each(items, (threads, item) -> threads.submit(() -> {
				semaphore.acquire();
				try {
					return function.apply(item);
				}
				finally {
					semaphore.release();
				}
			}));
		}
	},

	/** The permit is taken before there is a task. */
	SEMAPHORE_BEFORE("a task per item, Semaphore before it") {
		@Override
		List<Integer> process(List<Integer> items, int concurrency, Function<Integer, Integer> function)
				throws Exception {
			Semaphore semaphore = new Semaphore(concurrency);
			return each(items, (threads, item) -> {
				semaphore.acquire();
				return threads.submit(() -> {
					try {
						return function.apply(item);
					}
					finally {
						semaphore.release();
					}
				});
			});
		}
	},

	/** JDK 24 and later. */
	GATHERERS("Gatherers.mapConcurrent") {
		@Override
		@SuppressWarnings("unchecked")
		List<Integer> process(List<Integer> items, int concurrency, Function<Integer, Integer> function)
				throws Exception {
			Object gatherer = Class.forName("java.util.stream.Gatherers")
				.getMethod("mapConcurrent", int.class, Function.class)
				.invoke(null, concurrency, function);
			Stream<Integer> results = (Stream<Integer>) Stream.class
				.getMethod("gather", Class.forName("java.util.stream.Gatherer"))
				.invoke(items.stream(), gatherer);
			return results.toList();
		}
	},

	/** A task per item. */
	PARALLEL_COLLECTORS("parallel-collectors, parallel") {
		@Override
		List<Integer> process(List<Integer> items, int concurrency, Function<Integer, Integer> function)
				throws Exception {
			return collect(items, "com.pivovarit.collectors.ParallelCollectors", concurrency, function);
		}
	},

	/** A task per share of the items. */
	PARALLEL_COLLECTORS_BATCHING("parallel-collectors, Batching.parallel") {
		@Override
		List<Integer> process(List<Integer> items, int concurrency, Function<Integer, Integer> function)
				throws Exception {
			return collect(items, "com.pivovarit.collectors.ParallelCollectors$Batching", concurrency, function);
		}
	};

	private final String title;

	WorkContender(String title) {
		this.title = title;
	}

	abstract List<Integer> process(List<Integer> items, int concurrency, Function<Integer, Integer> function)
			throws Exception;

	private static List<Integer> each(List<Integer> items, Submission submission) throws Exception {
		try (Threads threads = new Threads()) {
			List<Future<Integer>> futures = new ArrayList<>(items.size());
			for (Integer item : items) {
				futures.add(submission.submit(threads.executor, item));
			}
			List<Integer> results = new ArrayList<>(items.size());
			for (Future<Integer> future : futures) {
				results.add(future.get());
			}
			return results;
		}
	}

	@SuppressWarnings("unchecked")
	private static List<Integer> collect(List<Integer> items, String factory, int concurrency,
			Function<Integer, Integer> function) throws ReflectiveOperationException {
		try (Threads threads = new Threads()) {
			Object collector = Class.forName(factory)
				.getMethod("parallel", Function.class, Collector.class, Executor.class, int.class)
				.invoke(null, function, Collectors.toList(), threads.executor, concurrency);
			return items.stream().collect((Collector<Integer, ?, CompletableFuture<List<Integer>>>) collector).join();
		}
	}

	@Override
	public String toString() {
		return this.title;
	}

	/** How an item becomes a task. */
	@FunctionalInterface
	private interface Submission {

		Future<Integer> submit(ExecutorService threads, Integer item) throws Exception;

	}

	/** A virtual thread for each task. */
	private static final class Threads implements AutoCloseable {

		private final ExecutorService executor;

		private Threads() throws ReflectiveOperationException {
			try {
				this.executor = (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor")
					.invoke(null);
			}
			catch (InvocationTargetException ex) {
				throw new IllegalStateException(ex.getCause());
			}
		}

		@Override
		public void close() {
			this.executor.shutdown();
		}

	}

}
