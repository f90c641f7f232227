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

import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * What callers, items, executors and exceptions may do to a {@link BoundedWorkQueue}.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class WorkQueueFaultsTests {

	@Test
	void failuresWhenEqualAreAllKept() {
		CountDownLatch begun = new CountDownLatch(3);
		Throwable thrown = catchThrowable(() -> BoundedWorkQueue.of(3).processAll(List.of(1, 2, 3), (item) -> {
			begun.countDown();
			CountDownLatch last = (item == 1) ? begun : new CountDownLatch(1);
			catchThrowable(last::await);
			throw new EqualException();
		}));
		assertThat(thrown).isInstanceOf(EqualException.class);
		assertThat(thrown.getSuppressed()).hasSize(2);
	}

	@Test
	void failureWhenThrownByTwoItemsIsNotSuppressedInItself() {
		CountDownLatch begun = new CountDownLatch(2);
		IllegalStateException failure = new IllegalStateException("both");
		assertThatThrownBy(() -> BoundedWorkQueue.of(2).processAll(List.of(1, 2), (item) -> {
			begun.countDown();
			catchThrowable(begun::await);
			throw failure;
		})).isSameAs(failure).hasNoSuppressedExceptions();
	}

	@Test
	void interruptOfTheCallerWhenAnItemHasFailedAlreadyIsNotLost() throws Exception {
		CountDownLatch taken = new CountDownLatch(1);
		CountDownLatch failed = new CountDownLatch(1);
		IllegalStateException failure = new IllegalStateException("one");
		BoundedWorkQueue queue = BoundedWorkQueue.of(2).withProgress((progress) -> {
			if (progress.failed() > 0) {
				failed.countDown();
			}
		});
		try (Stream<Integer> results = queue.stream(List.of(0, 1), (item) -> {
			if (item == 1) {
				taken.await();
				throw failure;
			}
			return item;
		})) {
			Iterator<Integer> iterator = results.iterator();
			assertThat(iterator.next()).isZero();
			taken.countDown();
			failed.await();
			Thread.currentThread().interrupt();
			assertThatThrownBy(iterator::hasNext).isSameAs(failure);
			assertThat(Thread.interrupted()).isTrue();
		}
	}

	@Test
	void streamWhenItFailedWithAnErrorDoesNotEndAsIfItHadNot() {
		AssertionError failure = new AssertionError("broken");
		try (Stream<Integer> results = BoundedWorkQueue.of(1).stream(List.of(1), (item) -> {
			throw failure;
		})) {
			Iterator<Integer> iterator = results.iterator();
			assertThatThrownBy(iterator::hasNext).isSameAs(failure);
			assertThatThrownBy(iterator::hasNext).isSameAs(failure);
		}
	}

	@Test
	void streamWhenClosedByOneOfItsItemsEnds() throws Exception {
		AtomicReference<Stream<Integer>> own = new AtomicReference<>();
		own.set(BoundedWorkQueue.of(2).stream(Stream.iterate(0, (i) -> i + 1), (item) -> {
			if (item == 10) {
				own.get().close();
			}
			return item;
		}));
		FutureTask<Integer> call = new FutureTask<>(() -> {
			int results = 0;
			for (Iterator<Integer> iterator = own.get().iterator(); iterator.hasNext(); results++) {
				assertThat(iterator.next()).isEqualTo(results);
			}
			return results;
		});
		Thread caller = new Thread(call);
		caller.setDaemon(true);
		caller.start();
		assertThat(call.get(20, TimeUnit.SECONDS)).isBetween(0, 11);
	}

	@ParameterizedTest
	@EnumSource(Repeating.class)
	void executorThatRunsATaskTwiceEndsWithEachItemProcessedOnce(Repeating repeating) throws Exception {
		ExecutorService threads = Executors.newCachedThreadPool();
		AtomicInteger processed = new AtomicInteger();
		try {
			BoundedWorkQueue queue = BoundedWorkQueue.builder()
				.concurrency(3)
				.executor((task) -> repeating.execute(threads, task))
				.build();
			ThrowingFunction<Integer, Integer, RuntimeException> work = (item) -> {
				processed.incrementAndGet();
				return item;
			};
			List<Integer> items = IntStream.range(0, 500).boxed().toList();
			for (int i = 0; i < 20; i++) {
				assertThat(queue.processAll(items, work)).isEqualTo(items);
				assertThat(queue.processAll(items.iterator(), work)).isEqualTo(items);
				try (Stream<Integer> results = queue.stream(items, work)) {
					assertThat(results.toList()).isEqualTo(items);
				}
			}
		}
		finally {
			threads.shutdown();
			assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
		}
		assertThat(processed).hasValue(20 * 3 * 500);
	}

	@Test
	void executorThatRunsATaskAndThrowsIsNoRejection() throws Exception {
		BoundedWorkQueue queue = BoundedWorkQueue.builder().concurrency(2).executor((task) -> {
			task.run();
			throw new RejectedExecutionException("done already");
		}).build();
		assertThat(queue.processAll(List.of(1, 2, 3), (item) -> item)).containsExactly(1, 2, 3);
	}

	@Test
	void streamNeedsNoMemoryForAWindowThatItDoesNotUse() {
		BoundedWorkQueue unlimited = BoundedWorkQueue.of(Integer.MAX_VALUE);
		try (Stream<Integer> results = unlimited.stream(List.of(1, 2, 3), (item) -> item)) {
			assertThat(results).containsExactly(1, 2, 3);
		}
		BoundedWorkQueue farAhead = BoundedWorkQueue.builder().concurrency(2).window(Integer.MAX_VALUE).build();
		try (Stream<Integer> results = farAhead.stream(Stream.of(1, 2, 3), (item) -> item)) {
			assertThat(results).containsExactly(1, 2, 3);
		}
	}

	@Test
	void streamWithoutAnEndHandsOverResultsThoughThereIsRoomForMore() {
		Stream<Integer> endless = Stream.iterate(0, (item) -> item + 1);
		BoundedWorkQueue queue = BoundedWorkQueue.builder()
			.concurrency(2)
			.window(Integer.MAX_VALUE)
			.executor(Runnable::run)
			.build();
		try (Stream<Integer> results = queue.stream(endless, (item) -> item)) {
			assertThat(results.limit(1000)).hasSize(1000);
		}
	}

	@Test
	void streamWhenItsConsumerThrowsIsCancelledByItsClosing() {
		AtomicBoolean closed = new AtomicBoolean();
		IllegalStateException failure = new IllegalStateException("consumer");
		assertThatThrownBy(() -> {
			Stream<Integer> input = Stream.iterate(0, (i) -> i + 1).onClose(() -> closed.set(true));
			try (Stream<Integer> results = BoundedWorkQueue.of(3).stream(input, (item) -> item)) {
				results.forEach((result) -> {
					if (result == 50) {
						throw failure;
					}
				});
			}
		}).isSameAs(failure);
		assertThat(closed).isTrue();
	}

	@Test
	void executorThatBeginsNothingIsGivenNoMoreTasksThanItemsMayRun() throws Exception {
		Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
		BoundedWorkQueue queue = BoundedWorkQueue.builder().concurrency(2).executor(tasks::add).build();
		List<Integer> items = IntStream.range(0, 40).boxed().toList();
		assertThat(queue.processAll(items.iterator(), (item) -> item)).isEqualTo(items);
		assertThat(tasks).hasSizeBetween(1, 2);
		tasks.forEach(Runnable::run);
	}

	@Test
	void executorThatRejectsAllButOneIsNotAskedOverAndOver() throws Exception {
		Thread caller = Thread.currentThread();
		AtomicInteger asked = new AtomicInteger();
		Executor executor = (task) -> {
			if (asked.getAndIncrement() > 0) {
				throw new RejectedExecutionException();
			}
			new Thread(task).start();
		};
		BoundedWorkQueue queue = BoundedWorkQueue.builder().concurrency(4).executor(executor).build();
		assertThat(queue.processAll(List.of(1, 2, 3, 4, 5), (item) -> {
			if (item == 1) {
				await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);
			}
			return item;
		})).containsExactly(1, 2, 3, 4, 5);
	}

	@Test
	void executorThatRejectsWhileItsThreadIsAboutToBeFreeDoesNotFailTheCall() throws Exception {
		AtomicInteger asked = new AtomicInteger();
		Executor executor = (task) -> {
			if (asked.getAndIncrement() > 0) {
				throw new RejectedExecutionException();
			}
			Thread thread = new Thread(task);
			thread.start();
			awaitEnd(thread);
		};
		BoundedWorkQueue queue = BoundedWorkQueue.builder().concurrency(2).executor(executor).build();
		assertThat(queue.processAll(List.of(1, 2, 3).iterator(), (item) -> item)).containsExactly(1, 2, 3);
	}

	@Test
	void executorThatIsShutDownHalfWayFailsTheCall() {
		ExecutorService executor = Executors.newSingleThreadExecutor();
		BoundedWorkQueue queue = BoundedWorkQueue.builder().concurrency(1).executor(executor).build();
		AtomicBoolean closed = new AtomicBoolean();
		Stream<Integer> items = Stream.iterate(0, (i) -> i + 1).limit(1000).peek((item) -> {
			if (item == 10) {
				executor.shutdown();
				await().until(executor::isTerminated);
			}
		}).onClose(() -> closed.set(true));
		assertThatThrownBy(() -> queue.processAll(items, (item) -> item))
			.isInstanceOf(RejectedExecutionException.class);
		assertThat(closed).isTrue();
	}

	@Test
	void bulkheadThatGrowsWhileItemsRunIsUsedAtOnce() throws Exception {
		ConcurrencyLimiter bulkhead = new LimiterRegistry().register("grows", ConcurrencyLimiterSpec.of(1));
		BoundedWorkQueue queue = BoundedWorkQueue.builder().bulkhead(bulkhead).build();
		CyclicBarrier together = new CyclicBarrier(40);
		List<Integer> items = IntStream.range(0, 41).boxed().toList();
		assertThat(queue.processAll(items, (item) -> {
			if (item == 0) {
				bulkhead.change((spec) -> spec.withMax(40));
			}
			else {
				together.await(15, TimeUnit.SECONDS);
			}
			return item;
		})).isEqualTo(items);
		assertThat(bulkhead.available()).isEqualTo(40);
	}

	@Test
	void itemsWhenTheyInterruptThemselvesDisturbNobody() throws Exception {
		List<Integer> items = IntStream.range(0, 100).boxed().toList();
		assertThat(BoundedWorkQueue.of(2).processAll(items, (item) -> {
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
			Thread.currentThread().interrupt();
			return item;
		})).isEqualTo(items);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void listenerWhenItThrowsHarmsNobody() throws Exception {
		BoundedWorkQueue queue = BoundedWorkQueue.of(2).withProgress((progress) -> {
			throw new AssertionError("listener");
		});
		assertThat(queue.processAll(List.of(1, 2, 3).iterator(), (item) -> item)).containsExactly(1, 2, 3);
	}

	private static void awaitEnd(Thread thread) {
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Each is equal to each. */
	private static final class EqualException extends RuntimeException {

		@Override
		public boolean equals(Object other) {
			return other instanceof EqualException;
		}

		@Override
		public int hashCode() {
			return 1;
		}

	}

	/** How an executor may run a task more often than once. */
	enum Repeating {

		IN_TURN {
			@Override
			void execute(ExecutorService threads, Runnable task) {
				threads.execute(() -> {
					task.run();
					task.run();
				});
			}
		},

		AT_ONCE {
			@Override
			void execute(ExecutorService threads, Runnable task) {
				threads.execute(task);
				threads.execute(task);
			}
		};

		abstract void execute(ExecutorService threads, Runnable task);

	}

}
