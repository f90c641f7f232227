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

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.NoSuchLimiterException;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RateLimiterSpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link BoundedWorkQueue}.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class BoundedWorkQueueTests {

	private final LimiterRegistry registry = new LimiterRegistry();

	private final ConcurrencyLimiter bulkhead = this.registry.register("b",
			new ConcurrencyLimiterSpec(2, Duration.ZERO, ConcurrencyLimiterSpec.UNBOUNDED));

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 7 })
	void processAllTakesEmptyInputsNullItemsAndNullResults(int concurrency) throws Exception {
		BoundedWorkQueue queue = BoundedWorkQueue.of(concurrency);
		assertThat(queue.processAll(List.of(), (item) -> item)).isEmpty();
		assertThat(queue.processAll(Stream.empty(), (item) -> item)).isEmpty();
		assertThat(queue.processAll(Collections.emptyIterator(), (item) -> item)).isEmpty();
		List<String> items = Arrays.asList("a", null, "c");
		assertThat(queue.processAll(items, (item) -> (item != null) ? null : "was null")).containsExactly(null,
				"was null", null);
		assertThat(queue.processAll(items.iterator(), (item) -> item)).containsExactly("a", null, "c");
		try (Stream<String> results = queue.stream(items, (item) -> item)) {
			assertThat(results.toList()).containsExactly("a", null, "c");
		}
		assertThat(queue.attemptAll(items, (item) -> item)).extracting(Outcome::result).containsExactly("a", null, "c");
	}

	@Test
	void numbersThatAreNotPositiveAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> BoundedWorkQueue.of(0))
			.withMessage("Invalid concurrency 0: it must be 1 or more");
		assertThatIllegalArgumentException().isThrownBy(() -> BoundedWorkQueue.of(-1));
		assertThatIllegalArgumentException().isThrownBy(() -> BoundedWorkQueue.builder().window(0));
		assertThatIllegalArgumentException().isThrownBy(() -> BoundedWorkQueue.builder().timeout(Duration.ofNanos(-1)));
		assertThatIllegalStateException().isThrownBy(() -> BoundedWorkQueue.builder().build());
		assertThatIllegalStateException().isThrownBy(() -> BoundedWorkQueue.builder().bulkhead("b"));
		assertThatExceptionOfType(NoSuchLimiterException.class)
			.isThrownBy(() -> BoundedWorkQueue.builder(this.registry).bulkhead("c"));
	}

	@Test
	void checkedExceptionIsThrownAsItIs() {
		IOException failure = new IOException("broken");
		ThrowingFunction<Integer, Integer, IOException> read = (item) -> {
			throw failure;
		};
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> BoundedWorkQueue.of(2).processAll(List.of(1, 2), read))
			.isSameAs(failure);
		try (Stream<Integer> results = BoundedWorkQueue.of(2).stream(List.of(1, 2), read)) {
			assertThatExceptionOfType(CompletionException.class).isThrownBy(results::toList)
				.havingCause()
				.isSameAs(failure);
		}
	}

	@Test
	void attemptAllTellsOfEachItem() throws Exception {
		List<Outcome<Integer>> outcomes = BoundedWorkQueue.of(3).attemptAll(IntStream.range(0, 100).boxed(), (item) -> {
			if (item % 10 == 0) {
				throw new IOException("item " + item);
			}
			return item;
		});
		assertThat(outcomes).hasSize(100);
		assertThat(outcomes.get(20).succeeded()).isFalse();
		assertThat(outcomes.get(20).failure()).hasMessage("item 20");
		assertThat(outcomes.get(21)).isEqualTo(new Outcome<>(21, null));
	}

	@Test
	void inputIsReadAsThereIsRoomAndClosed() throws Exception {
		AtomicInteger read = new AtomicInteger();
		AtomicInteger ended = new AtomicInteger();
		AtomicInteger closed = new AtomicInteger();
		Stream<Integer> items = Stream.generate(read::incrementAndGet).limit(1000).onClose(closed::incrementAndGet);
		BoundedWorkQueue.of(3).processAll(items, (item) -> {
			assertThat(read.get() - ended.get()).isLessThanOrEqualTo(3 + 3);
			return ended.incrementAndGet();
		});
		assertThat(closed).hasValue(1);
		ClosableItems closable = new ClosableItems(Collections.nCopies(10, 1).iterator());
		BoundedWorkQueue.of(3).processAll((Iterable<Integer>) () -> closable, (item) -> item);
		assertThat(closable.closed).isTrue();
	}

	@Test
	void inputIsReadNoFurtherThanRunningItems() throws Exception {
		AtomicInteger read = new AtomicInteger();
		CountDownLatch gate = new CountDownLatch(1);
		FutureTask<List<Integer>> call = start(
				() -> BoundedWorkQueue.of(3).processAll(Stream.generate(read::incrementAndGet).limit(10), (item) -> {
					gate.await();
					return item;
				}));
		await().until(() -> read.get() == 3);
		gate.countDown();
		assertThat(call.get()).hasSize(10);
	}

	@Test
	void inputThatFailsIsClosedAndCancelsTheRest() {
		AtomicBoolean closed = new AtomicBoolean();
		AtomicBoolean interrupted = new AtomicBoolean();
		CountDownLatch begun = new CountDownLatch(1);
		Stream<Integer> items = Stream.of(1, 2).peek((item) -> {
			if (item == 2) {
				awaitQuietly(begun);
				throw new IllegalStateException("no more");
			}
		}).onClose(() -> {
			closed.set(true);
			throw new IllegalArgumentException("cannot close");
		});
		assertThatIllegalStateException().isThrownBy(() -> BoundedWorkQueue.of(2).processAll(items, (item) -> {
			begun.countDown();
			try {
				return new CountDownLatch(1).await(1, TimeUnit.MINUTES);
			}
			catch (InterruptedException ex) {
				interrupted.set(true);
				throw ex;
			}
		}))
			.withMessage("no more")
			.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement()
				.isInstanceOf(IllegalArgumentException.class));
		assertThat(closed).isTrue();
		assertThat(interrupted).isTrue();
	}

	@Test
	void inputThatBlocksDoesNotHoldAFailureBack() {
		BlockingQueue<Integer> items = new LinkedBlockingQueue<>(List.of(1));
		Stream<Integer> endless = Stream.generate(() -> {
			try {
				return items.take();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		assertThatIllegalArgumentException().isThrownBy(() -> BoundedWorkQueue.of(2).processAll(endless, (item) -> {
			throw new IllegalArgumentException("one");
		})).withMessage("one");
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void endlessInputIsStreamedWithinItsWindow() {
		AtomicInteger read = new AtomicInteger();
		BoundedWorkQueue queue = BoundedWorkQueue.builder().concurrency(2).window(5).build();
		AtomicInteger closed = new AtomicInteger();
		Stream<Integer> input = Stream.generate(read::incrementAndGet).onClose(closed::incrementAndGet);
		try (Stream<Integer> results = queue.stream(input, (item) -> item)) {
			Iterator<Integer> iterator = results.iterator();
			for (int i = 1; i <= 100; i++) {
				assertThat(iterator.next()).isEqualTo(i);
				assertThat(read.get()).isLessThanOrEqualTo(i + 5);
			}
		}
		assertThat(closed).hasValue(1);
	}

	@Test
	void streamThatIsClosedInterruptsItsItems() {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		Stream<Integer> results = BoundedWorkQueue.of(2).stream(Stream.iterate(0, (i) -> i + 1), (item) -> {
			if (item == 0) {
				begun.await();
				return item;
			}
			begun.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
			}
			return item;
		});
		try (results) {
			assertThat(results.iterator().next()).isZero();
		}
		assertThat(interrupted.getCount()).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void callerThatIsInterruptedCancelsEverything(boolean inMemory) throws Exception {
		AtomicInteger interrupted = new AtomicInteger();
		CountDownLatch begun = new CountDownLatch(2);
		ThrowingFunction<Integer, Boolean, Exception> wait = (item) -> {
			begun.countDown();
			try {
				return new CountDownLatch(1).await(1, TimeUnit.MINUTES);
			}
			catch (InterruptedException ex) {
				interrupted.incrementAndGet();
				throw new IOException(ex);
			}
		};
		List<Integer> items = List.of(1, 2, 3, 4);
		AtomicBoolean thrown = new AtomicBoolean();
		Thread caller = new Thread(() -> {
			BoundedWorkQueue queue = BoundedWorkQueue.of(2);
			try {
				if (inMemory) {
					queue.processAll(items, wait);
				}
				else {
					queue.processAll(items.iterator(), wait);
				}
			}
			catch (InterruptedException ex) {
				thrown.set(!Thread.currentThread().isInterrupted() && ex.getSuppressed().length == 2);
			}
			catch (Exception ex) {
				// Not what is expected.
			}
		});
		caller.start();
		begun.await();
		caller.interrupt();
		caller.join();
		assertThat(thrown).isTrue();
		assertThat(interrupted).hasValue(2);
	}

	@Test
	void streamWhoseConsumerIsInterruptedIsCancelled() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		AtomicBoolean flag = new AtomicBoolean();
		FutureTask<Boolean> call = new FutureTask<>(() -> {
			try (Stream<Boolean> results = BoundedWorkQueue.of(1).stream(List.of(1), (item) -> {
				begun.countDown();
				return new CountDownLatch(1).await(1, TimeUnit.MINUTES);
			})) {
				results.toList();
				return false;
			}
			catch (CancellationException ex) {
				flag.set(Thread.currentThread().isInterrupted());
				return true;
			}
		});
		Thread caller = new Thread(call);
		caller.start();
		begun.await();
		caller.interrupt();
		assertThat(call.get()).isTrue();
		assertThat(flag).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void callFromInsideAnItemDoesItsWorkThere(int concurrency) throws Exception {
		BoundedWorkQueue queue = BoundedWorkQueue.of(concurrency);
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		List<Integer> sums = queue.processAll(List.of(10, 20, 30), (size) -> {
			List<Integer> inner = queue.processAll(IntStream.range(0, size).boxed(), (item) -> {
				most.accumulateAndGet(inside.incrementAndGet(), Math::max);
				inside.decrementAndGet();
				return queue.processAll(List.of(item), (same) -> same).get(0);
			});
			try (Stream<Integer> results = queue.stream(inner, (item) -> item)) {
				return results.mapToInt((item) -> item).sum();
			}
		});
		assertThat(sums).containsExactly(45, 190, 435);
		assertThat(most.get()).isBetween(1, concurrency);
	}

	@Test
	void callThroughAnotherQueueDoesNotWaitForItself() throws Exception {
		BoundedWorkQueue outer = BoundedWorkQueue.of(1);
		BoundedWorkQueue between = BoundedWorkQueue.of(2);
		assertThat(outer.processAll(List.of(1, 2),
				(item) -> between.processAll(List.of(3, 4),
						(other) -> outer.processAll(List.of(item * other), (product) -> product).get(0))))
			.containsExactly(List.of(3, 4), List.of(6, 8));
	}

	@Test
	void bulkheadIsTakenForEachItemAndSharedWithItsBody() throws Exception {
		BoundedWorkQueue queue = BoundedWorkQueue.builder(this.registry).bulkhead("b").build();
		AtomicInteger mostInUse = new AtomicInteger();
		List<Integer> results = queue.processAll(IntStream.range(0, 50).boxed(), (item) -> this.bulkhead.call(() -> {
			mostInUse.accumulateAndGet(this.bulkhead.inUse(), Math::max);
			return item;
		}));
		assertThat(results).hasSize(50);
		assertThat(mostInUse.get()).isBetween(1, 2);
		assertThat(this.bulkhead.stats().granted()).isEqualTo(50);
		assertThat(this.bulkhead.available()).isEqualTo(2);
	}

	@Test
	void callerThatHoldsAPermitOfTheBulkheadDoesNotWaitForItself() throws Exception {
		this.bulkhead.change((spec) -> spec.withMax(1));
		BoundedWorkQueue queue = BoundedWorkQueue.builder(this.registry).bulkhead("b").build();
		assertThat(this.bulkhead.call(() -> queue.processAll(List.of(1, 2, 3), (item) -> item))).containsExactly(1, 2,
				3);
		assertThat(this.bulkhead.available()).isEqualTo(1);
	}

	@Test
	void itemsArePatientUnlessTheQueueHasATimeout() throws Exception {
		this.registry.register("r", new RateLimiterSpec(BigDecimal.TEN, Duration.ofMillis(100), 1L, Duration.ZERO,
				ConcurrencyLimiterSpec.UNBOUNDED));
		BoundedWorkQueueBuilder builder = BoundedWorkQueue.builder(this.registry).concurrency(2).rateLimit("r");
		assertThat(builder.build().processAll(List.of(1, 2, 3, 4), (item) -> item)).hasSize(4);
		BoundedWorkQueue impatient = builder.bulkhead("b").timeout(Duration.ZERO).build();
		assertThatExceptionOfType(RateLimitExceededException.class)
			.isThrownBy(() -> impatient.processAll(Collections.nCopies(100, 1), (item) -> item));
		this.bulkhead.change((spec) -> spec.withMax(0));
		assertThatExceptionOfType(BulkheadFullException.class)
			.isThrownBy(() -> impatient.processAll(List.of(1), (item) -> item));
	}

	@Test
	void executorThatHasNoThreadLeftDoesNotHoldACallUp() throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(1);
		try {
			BoundedWorkQueue first = BoundedWorkQueue.builder().concurrency(2).executor(executor).build();
			BoundedWorkQueue second = BoundedWorkQueue.builder().concurrency(2).executor(executor).build();
			assertThat(executor.submit(() -> first.processAll(List.of(1, 2),
					(item) -> second.processAll(List.of(item).iterator(), (same) -> same).get(0)))
				.get()).containsExactly(1, 2);
			executor.shutdown();
			assertThatExceptionOfType(RejectedExecutionException.class)
				.isThrownBy(() -> first.processAll(List.of(1), (item) -> item));
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void executorThatRunsTasksOnTheSpotIsGoodEnough() throws Exception {
		BoundedWorkQueue queue = BoundedWorkQueue.builder().concurrency(3).executor(Runnable::run).build();
		Stream<Integer> items = IntStream.range(0, 100_000).boxed();
		assertThat(queue.processAll(items, (item) -> item)).hasSize(100_000);
		assertThat(queue.processAll(List.of(1, 2), (item) -> item)).containsExactly(1, 2);
	}

	@Test
	void executorGetsItsThreadsBackWithoutAnInterrupt() throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(2);
		try {
			BoundedWorkQueue queue = BoundedWorkQueue.builder().concurrency(2).executor(executor).build();
			for (int i = 0; i < 200; i++) {
				assertThatIllegalStateException().isThrownBy(() -> queue.processAll(List.of(1, 2), (item) -> {
					throw new IllegalStateException("item");
				}));
				assertThat(executor.submit(() -> Thread.currentThread().isInterrupted()).get()).isFalse();
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void contextIsGivenToEachItemAndTakenAwayAgain() throws Exception {
		ThreadLocal<String> local = new ThreadLocal<>();
		ContextCapture capture = () -> {
			String captured = local.get();
			return () -> {
				local.set(captured);
				return local::remove;
			};
		};
		local.set("caller");
		BoundedWorkQueue queue = BoundedWorkQueue.builder().concurrency(2).context(capture).build();
		List<String> seen = new ArrayList<>(queue.processAll(Collections.nCopies(20, 1), (item) -> {
			String value = local.get();
			local.set("left behind");
			return value;
		}));
		assertThat(seen).containsOnly("caller");
	}

	@Test
	void millionSmallItemsAreProcessed() throws Exception {
		BoundedWorkQueue queue = BoundedWorkQueue.of(4);
		List<Integer> results = queue.processAll(Collections.nCopies(1_000_000, 1), (item) -> item);
		assertThat(results).hasSize(1_000_000);
		assertThat(results.get(999_999)).isEqualTo(1);
	}

	@Test
	void readItemsBeyondOneChunkAreInOrder() throws Exception {
		List<Integer> items = IntStream.range(0, 20_000).boxed().toList();
		assertThat(BoundedWorkQueue.of(4).processAll(items.stream(), (item) -> item)).isEqualTo(items);
	}

	@Tag("soak")
	@Test
	void failuresInterruptsAndNestedCallsLeaveNothingBehind() throws Exception {
		BoundedWorkQueue queue = BoundedWorkQueue.builder(this.registry).bulkhead("b").concurrency(4).build();
		long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(25);
		for (int round = 0; System.nanoTime() - until < 0; round++) {
			int failing = round % 40;
			FutureTask<List<Integer>> call = new FutureTask<>(
					() -> queue.processAll(Stream.iterate(0, (i) -> i + 1).limit(30), (item) -> {
						if (item == failing) {
							throw new IllegalStateException();
						}
						return queue.processAll(List.of(item), (same) -> same).get(0);
					}));
			Thread caller = new Thread(call);
			caller.start();
			if (round % 3 == 0) {
				caller.interrupt();
			}
			caller.join();
			await().untilAsserted(() -> assertThat(this.bulkhead.available()).isEqualTo(2));
			assertThat(this.bulkhead.waiting()).isZero();
		}
	}

	private static <V> FutureTask<V> start(Callable<V> task) {
		FutureTask<V> future = new FutureTask<>(task);
		new Thread(future).start();
		return future;
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** An iterator that has to be closed. */
	private static final class ClosableItems implements Iterator<Integer>, AutoCloseable {

		private final Iterator<Integer> items;

		private boolean closed;

		private ClosableItems(Iterator<Integer> items) {
			this.items = items;
		}

		@Override
		public boolean hasNext() {
			return this.items.hasNext();
		}

		@Override
		public Integer next() {
			return this.items.next();
		}

		@Override
		public void close() {
			this.closed = true;
		}

	}

}
