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
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import org.jspecify.annotations.Nullable;

/**
 * Processes all items of an input, so many at a time.
 * <p>
 * A queue has as many permits as its concurrency, or those of a bulkhead that it shares
 * with others. All its calls share them: each item takes one, first come, first served,
 * and then a token if there is a rate limit. Waiting for them, an item is patient unless
 * the queue has a timeout.
 * <p>
 * Items run on virtual threads where the JDK has them, otherwise on daemon threads, or on
 * a given executor, which is kept busy with at most as many tasks as items may run. The
 * input is read by the calling thread, an item at a time and only when there is room for
 * it, so that never more items are read and not processed than may run at once. A
 * {@link java.util.Collection} is copied at once. Inputs that can be closed are.
 * <p>
 * A call from inside an item of the same queue, or by a thread that holds a permit of its
 * bulkhead, does its work on the calling thread, under the permit that is there already.
 * <p>
 * A queue has no threads while nobody calls it and need not be closed. Thread-safe; what
 * a caller did before <i>happens-before</i> what is done with its items, and that
 * <i>happens-before</i> the results are there.
 */
public final class BoundedWorkQueue {

	private final WorkSettings settings;

	BoundedWorkQueue(WorkSettings settings) {
		this.settings = settings;
	}

	/**
	 * Create a queue.
	 * @param concurrency how many items run at once, 1 or more
	 * @return the queue
	 * @throws IllegalArgumentException if the number is not positive
	 */
	public static BoundedWorkQueue of(int concurrency) {
		return builder().concurrency(concurrency).build();
	}

	/**
	 * Return a builder of queues whose limiters are given as objects.
	 * @return the builder
	 */
	public static BoundedWorkQueueBuilder builder() {
		return builder(BoundedWorkQueue::unknown, BoundedWorkQueue::unknown);
	}

	/**
	 * Return a builder of queues whose limiters may be given by name.
	 * @param registry where the names are looked up
	 * @return the builder
	 */
	public static BoundedWorkQueueBuilder builder(LimiterRegistry registry) {
		Objects.requireNonNull(registry, "'registry' must not be null");
		return builder(registry::concurrencyLimiter, registry::rateLimiter);
	}

	/**
	 * Return a builder of queues whose limiters may be given by name, to whoever wants to
	 * know which ones are.
	 * @param bulkheads looks a bulkhead up by its name
	 * @param rateLimits looks a rate limit up by its name
	 * @return the builder
	 */
	public static BoundedWorkQueueBuilder builder(Function<String, ConcurrencyLimiter> bulkheads,
			Function<String, RateLimiter> rateLimits) {
		return new BoundedWorkQueueBuilder(Objects.requireNonNull(bulkheads, "'bulkheads' must not be null"),
				Objects.requireNonNull(rateLimits, "'rateLimits' must not be null"));
	}

	private static <L> L unknown(String name) {
		throw new IllegalStateException("This builder has no registry to look names up in");
	}

	/**
	 * Return this queue with a listener: the same permits and all, and somebody who hears
	 * of each call that is made through it.
	 * @param listener who hears of the progress
	 * @return the queue
	 */
	public BoundedWorkQueue withProgress(ProgressListener listener) {
		return new BoundedWorkQueue(
				this.settings.withListener(Objects.requireNonNull(listener, "'listener' must not be null")));
	}

	/**
	 * Process all items, or fail with the first that fails. Blocks until all are
	 * processed. A failure interrupts the items that run and keeps the others from
	 * running; it is thrown when all that ran have ended, the same object, with what they
	 * threw suppressed. What they threw for being interrupted is not a failure.
	 * @param <T> the type of the items
	 * @param <R> the type of the results
	 * @param <X> what the function throws
	 * @param items the items
	 * @param function what is done with each
	 * @return the results in the order of the items, unmodifiable; they may be
	 * {@code null}
	 * @throws X what the function threw first
	 * @throws io.github.penstock.LimitExceededException if an item was refused its permit
	 * or token
	 * @throws InterruptedException if the calling thread is interrupted, after all that
	 * ran was interrupted and has ended
	 */
	public <T extends @Nullable Object, R extends @Nullable Object, X extends Exception> List<R> processAll(
			Iterable<? extends T> items, ThrowingFunction<? super T, ? extends R, X> function)
			throws X, InterruptedException {
		return all(items, function, false);
	}

	/**
	 * Process all items, as {@link #processAll(Iterable, ThrowingFunction)} does.
	 * @param <T> the type of the items
	 * @param <R> the type of the results
	 * @param <X> what the function throws
	 * @param items the items
	 * @param function what is done with each
	 * @return the results in the order of the items, unmodifiable
	 * @throws X what the function threw first
	 * @throws InterruptedException if the calling thread is interrupted
	 */
	public <T extends @Nullable Object, R extends @Nullable Object, X extends Exception> List<R> processAll(
			Iterator<? extends T> items, ThrowingFunction<? super T, ? extends R, X> function)
			throws X, InterruptedException {
		return all(items, function, false);
	}

	/**
	 * Process all items, as {@link #processAll(Iterable, ThrowingFunction)} does.
	 * @param <T> the type of the items
	 * @param <R> the type of the results
	 * @param <X> what the function throws
	 * @param items the items; the stream is closed
	 * @param function what is done with each
	 * @return the results in the order of the items, unmodifiable
	 * @throws X what the function threw first
	 * @throws InterruptedException if the calling thread is interrupted
	 */
	public <T extends @Nullable Object, R extends @Nullable Object, X extends Exception> List<R> processAll(
			Stream<? extends T> items, ThrowingFunction<? super T, ? extends R, X> function)
			throws X, InterruptedException {
		return all(items, function, false);
	}

	/**
	 * Process all items, whether some fail or not. Blocks until all are processed.
	 * @param <T> the type of the items
	 * @param <R> the type of the results
	 * @param items the items
	 * @param function what is done with each
	 * @return how each ended, in the order of the items, unmodifiable
	 * @throws InterruptedException if the calling thread is interrupted, after all that
	 * ran was interrupted and has ended
	 */
	public <T extends @Nullable Object, R extends @Nullable Object> List<Outcome<R>> attemptAll(
			Iterable<? extends T> items, ThrowingFunction<? super T, ? extends R, ?> function)
			throws InterruptedException {
		return all(items, function, true);
	}

	/**
	 * Process all items, as {@link #attemptAll(Iterable, ThrowingFunction)} does.
	 * @param <T> the type of the items
	 * @param <R> the type of the results
	 * @param items the items
	 * @param function what is done with each
	 * @return how each ended, in the order of the items, unmodifiable
	 * @throws InterruptedException if the calling thread is interrupted
	 */
	public <T extends @Nullable Object, R extends @Nullable Object> List<Outcome<R>> attemptAll(
			Iterator<? extends T> items, ThrowingFunction<? super T, ? extends R, ?> function)
			throws InterruptedException {
		return all(items, function, true);
	}

	/**
	 * Process all items, as {@link #attemptAll(Iterable, ThrowingFunction)} does.
	 * @param <T> the type of the items
	 * @param <R> the type of the results
	 * @param items the items; the stream is closed
	 * @param function what is done with each
	 * @return how each ended, in the order of the items, unmodifiable
	 * @throws InterruptedException if the calling thread is interrupted
	 */
	public <T extends @Nullable Object, R extends @Nullable Object> List<Outcome<R>> attemptAll(
			Stream<? extends T> items, ThrowingFunction<? super T, ? extends R, ?> function)
			throws InterruptedException {
		return all(items, function, true);
	}

	/**
	 * Process items as their results are asked for, in order: for inputs that are large
	 * or have no end. The thread that takes the results reads the input, and is ahead of
	 * itself by at most the queue's window.
	 * @param <T> the type of the items
	 * @param <R> the type of the results
	 * @param items the items, read when the stream is
	 * @param function what is done with each
	 * @return the results in the order of the items, to be closed, which cancels what is
	 * not done. The first failure ends it: it is thrown as from {@link #processAll}, a
	 * checked exception as the cause of a
	 * {@link java.util.concurrent.CompletionException}. An interrupt of the thread that
	 * waits for a result is a {@link java.util.concurrent.CancellationException}, and its
	 * interrupt flag is set.
	 */
	public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> stream(Iterable<? extends T> items,
			ThrowingFunction<? super T, ? extends R, ?> function) {
		return results(items, function);
	}

	/**
	 * Process items as their results are asked for, as
	 * {@link #stream(Iterable, ThrowingFunction)} does.
	 * @param <T> the type of the items
	 * @param <R> the type of the results
	 * @param items the items, read when the stream is
	 * @param function what is done with each
	 * @return the results in the order of the items, to be closed
	 */
	public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> stream(Iterator<? extends T> items,
			ThrowingFunction<? super T, ? extends R, ?> function) {
		return results(items, function);
	}

	/**
	 * Process items as their results are asked for, as
	 * {@link #stream(Iterable, ThrowingFunction)} does.
	 * @param <T> the type of the items
	 * @param <R> the type of the results
	 * @param items the items, read when the stream is, and closed with it
	 * @param function what is done with each
	 * @return the results in the order of the items, to be closed
	 */
	public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> stream(Stream<? extends T> items,
			ThrowingFunction<? super T, ? extends R, ?> function) {
		return results(items, function);
	}

	private <T extends @Nullable Object, R extends @Nullable Object, E extends @Nullable Object> List<E> all(
			Object items, ThrowingFunction<? super T, ? extends R, ?> function, boolean collecting)
			throws InterruptedException {
		Objects.requireNonNull(function, "'function' must not be null");
		return new AllResults<T, R>(this.settings, function, collecting).of(new Source<>(items));
	}

	private <T extends @Nullable Object, R extends @Nullable Object> Stream<R> results(Object items,
			ThrowingFunction<? super T, ? extends R, ?> function) {
		Objects.requireNonNull(function, "'function' must not be null");
		return ResultStream.of(this.settings, function, new Source<T>(items));
	}

}
