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

package io.github.penstock;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * A semaphore with one fair line of waiters and a limit that may change at any time. At
 * most {@code max} permits are out at once; who comes first is served first, and no
 * newcomer passes a call that waits.
 * <p>
 * A thread that works in a scope of this limiter (in {@link #call}, {@link #run}, between
 * {@link #enter} and {@link #exit}, or in {@link Permit#makeCurrent}) holds a permit
 * already. Whatever it acquires from the same limiter meanwhile shares that permit, which
 * is back when the last of the sharers has given it back.
 * <p>
 * What a holder did before it gave its permit back <i>happens-before</i> what the next
 * holder of that permit does.
 */
public non-sealed interface ConcurrencyLimiter extends Limiter {

	/**
	 * Take a permit, waiting in line for the configured timeout at most. Blocks.
	 * @return the permit, to be closed when the work has ended
	 * @throws BulkheadFullException if the call was refused
	 * @throws InterruptedException if the thread was interrupted while it had to wait; it
	 * holds no permit then
	 */
	Permit acquire() throws InterruptedException;

	/**
	 * Take a permit, waiting in line for the given time at most. Blocks.
	 * @param timeout how long to wait, zero for not at all
	 * @return the permit, to be closed when the work has ended
	 * @throws BulkheadFullException if the call was refused
	 * @throws InterruptedException if the thread was interrupted while it had to wait; it
	 * holds no permit then
	 */
	Permit acquire(Duration timeout) throws InterruptedException;

	/**
	 * Take a permit if one is free and nobody waits for it. Never blocks.
	 * @return the permit, or {@code null} if the call was refused
	 */
	@Nullable Permit tryAcquire();

	/**
	 * Take a permit for work that goes on elsewhere, waiting in line for the configured
	 * timeout at most. Never blocks.
	 * @return a future that is done already if a permit was free; otherwise it completes
	 * on a thread of the limiters' own, never on the stack of the call that gave the
	 * permit back. It fails with a {@link BulkheadFullException} if the call was refused.
	 * Cancelling it, or completing it in any way, leaves the line at once.
	 * <p>
	 * That is true of this future and not of those that are made of it: when
	 * {@code acquireAsync().thenApply(...)} is cancelled or times out, this one does not
	 * hear of it, and the permit that comes later is nobody's. {@link #callAsync} has no
	 * such gap.
	 */
	CompletableFuture<Permit> acquireAsync();

	/**
	 * Take a permit for work that goes on elsewhere. Never blocks.
	 * @param timeout how long to wait, zero for not at all
	 * @param executor what completes the future of a call that had to wait
	 * @return a future, see {@link #acquireAsync()}
	 */
	CompletableFuture<Permit> acquireAsync(Duration timeout, Executor executor);

	/**
	 * Run the task with a permit, as {@link #enter} and {@link #exit} around it. Blocks
	 * while it waits for the permit.
	 * @param <T> the type of the result
	 * @param task the work
	 * @return the task's result
	 * @throws BulkheadFullException if the call was refused; the task was not run
	 * @throws Exception what the task throws, the same object
	 */
	default <T extends @Nullable Object> T call(Callable<T> task) throws Exception {
		Object entry = enter();
		try {
			return task.call();
		}
		finally {
			exit(entry);
		}
	}

	/**
	 * Run the task with a permit, as {@link #enter} and {@link #exit} around it. Blocks
	 * while it waits for the permit.
	 * @param task the work
	 * @throws BulkheadFullException if the call was refused; the task was not run
	 */
	default void run(Runnable task) {
		Object entry = enter();
		try {
			task.run();
		}
		finally {
			exit(entry);
		}
	}

	/**
	 * Begin work that goes on until its stage is completed, waiting in line for the
	 * configured timeout at most. Never blocks: if no permit is free, the work begins on
	 * a thread of the limiters' own when one is. The permit is back when the task has
	 * returned and its stage is completed.
	 * @param <T> the type of the result
	 * @param task begins the work and returns its stage
	 * @return what the work results in; what the task throws, and a
	 * {@link BulkheadFullException} if the call was refused, come as its failure. To
	 * complete it, as by cancelling it, leaves the line, or gives the permit back as soon
	 * as the task has returned; to cancel it cancels the stage as well
	 */
	default <T extends @Nullable Object> CompletableFuture<T> callAsync(Callable<? extends CompletionStage<T>> task) {
		Objects.requireNonNull(task, "'task' must not be null");
		try {
			CompletionStage<T> stage = Limits.of(this, null)
				.callAsync(() -> Objects.requireNonNull(task.call(), "'task' must not return null"));
			return Objects.requireNonNull(stage).toCompletableFuture();
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Enter a scope of this limiter on the current thread, waiting in line for the
	 * configured timeout at most. Blocks; allocates nothing when it need not wait. A
	 * thread in a scope of this limiter enters without a permit of its own. For code that
	 * surrounds calls, as an interceptor does; {@link #call} and {@link #run} are the
	 * ones for people.
	 * @return what {@link #exit} wants; it means nothing else
	 * @throws BulkheadFullException if the call was refused; if that was because of an
	 * interrupt, the thread's interrupt flag is set
	 */
	Object enter();

	/**
	 * Enter a scope of this limiter on the current thread, as {@link #enter()} does, with
	 * a timeout of the caller's own. Blocks; allocates nothing when it need not wait.
	 * @param timeout makes how long to wait of the timeout in force; asked only if the
	 * call has to wait, {@code null} for the timeout in force
	 * @return what {@link #exit} wants
	 * @throws BulkheadFullException if the call was refused; if that was because of an
	 * interrupt, the thread's interrupt flag is set
	 */
	Object enter(@Nullable UnaryOperator<Duration> timeout);

	/**
	 * Leave the scope that this thread entered last, and give its permit back. Never
	 * blocks. To be called exactly once for each {@link #enter}, by the same thread.
	 * @param entry what {@link #enter} returned
	 */
	void exit(Object entry);

	/**
	 * Return whether the current thread is in a scope of this limiter, so that what it
	 * acquires now shares a permit. Never blocks.
	 * @return whether it is
	 */
	boolean isHeldByCurrentThread();

	/**
	 * Take a permit for a thing that is handed out, such as a connection, if one is free
	 * and nobody waits for it. Opens no scope and shares no permit: a thread that does so
	 * twice has two. Never blocks.
	 * @return what {@link #checkIn} takes, {@code null} if there was none; that is not
	 * counted as a refusal
	 */
	@Nullable Object tryCheckOut();

	/**
	 * Take a permit for a thing that is handed out, as {@link #tryCheckOut} does, waiting
	 * in line for the configured timeout at most. Blocks.
	 * @return what {@link #checkIn} takes
	 * @throws BulkheadFullException if the call was refused; if that was because of an
	 * interrupt, the thread's interrupt flag is set
	 */
	Object checkOut();

	/**
	 * Give back what was checked out. Never blocks. To be called exactly once for each
	 * permit, by any thread.
	 * @param permit what {@link #checkOut} or {@link #tryCheckOut} returned
	 */
	void checkIn(Object permit);

	/**
	 * Share the permit under which this thread works, if it is in a scope of this limiter
	 * and has not handed that permit out this way already; nested calls do not matter. So
	 * that what is handed out to such a thread needs no second permit, but the second of
	 * two things does, and there are never more of them than permits. Never blocks.
	 * @return the share, to be closed once by any thread, or {@code null}
	 */
	@Nullable Permit tryShare();

	/**
	 * Return how many permits there are.
	 * @return the limit
	 */
	int max();

	/**
	 * Return how many permits are out. After a shrink this may be more than {@link #max}.
	 * @return the number of permits
	 */
	int inUse();

	/**
	 * Return the most permits that were out at once since this was asked last, and begin
	 * anew with those that are out now. For one observer: two would take it from each
	 * other. It is for charts: what comes and goes at the very moment at which it is
	 * asked may be missed. Permits of keys do not count. Never blocks.
	 * @return the number of permits; those that are out now where nobody keeps it
	 */
	default int peakThenReset() {
		return inUse();
	}

	/**
	 * Return how many permits could be taken now: {@link #max} less {@link #inUse}, and
	 * never below 0.
	 * @return the number of permits
	 */
	int available();

	/**
	 * Return this limiter for the use of one place, under whose name its calls are among
	 * the {@link #holders}. It is the same in everything else, and itself if it does not
	 * know its holders.
	 * @param what the place, such as {@code com.acme.Orders.place}
	 * @return the limiter
	 */
	default ConcurrencyLimiter calledBy(String what) {
		return this;
	}

	/**
	 * Return the calls that have held their permits longest. Calls that share a permit
	 * are one.
	 * @param most how many of them at most
	 * @return the oldest first; none if this limiter does not know
	 */
	default List<Holder> holders(int most) {
		return List.of();
	}

	/**
	 * Return the limiter of one key, which has permits of its own: as many as this
	 * limiter says, which goes on beside it for calls without a key. Nothing is kept of a
	 * key of which no permit is out and for which nobody waits. Never blocks.
	 * @param key whose permits: text, a number, a boolean, a {@code UUID}, an enum, an
	 * address, or a record or list of such
	 * @return the limiter; its {@code change}, {@code reset}, {@code stats} and the like
	 * are those of this one, which all keys share
	 * @throws IllegalArgumentException if the key is {@code null} or no such value
	 */
	default ConcurrencyLimiter forKey(Object key) {
		return forKey(key, null);
	}

	/**
	 * Return the limiter of one key that has a plan.
	 * @param key whose permits, see {@link #forKey(Object)}
	 * @param plan the name of one of {@link ConcurrencyLimiterSpec#plans()}, {@code null}
	 * for none; a plan that there is not is as good as none
	 * @return the limiter
	 * @throws IllegalArgumentException if the key is {@code null} or no such value
	 */
	ConcurrencyLimiter forKey(Object key, @Nullable String plan);

	/**
	 * Enter a scope of a key of this limiter on the current thread, as
	 * {@code forKey(key, plan).enter(timeout)} does. Blocks; allocates nothing when the
	 * key is known and the call need not wait. To be left by {@link #exit} of this
	 * limiter.
	 * @param key whose permit, see {@link #forKey(Object)}
	 * @param plan the name of its plan, {@code null} for none
	 * @param timeout makes how long to wait of the timeout in force; asked only if the
	 * call has to wait, {@code null} for the timeout in force
	 * @return what {@link #exit} wants
	 * @throws BulkheadFullException if the call was refused; if that was because of an
	 * interrupt, the thread's interrupt flag is set
	 * @throws IllegalArgumentException if the key is no value
	 */
	Object enter(Object key, @Nullable String plan, @Nullable UnaryOperator<Duration> timeout);

	/**
	 * Return the values in force.
	 * @return the spec
	 */
	ConcurrencyLimiterSpec spec();

	/**
	 * Return the values that {@link #reset} goes back to.
	 * @return the spec as configured
	 */
	ConcurrencyLimiterSpec configured();

	/**
	 * Change values while calls run and wait. Growing wakes waiters at once; shrinking
	 * returns at once and takes effect as permits come back; a {@code max} of 0 refuses
	 * new calls at once, while those who wait in line go on waiting for it to open.
	 * @param change makes the new values of those in force; may be called more than once
	 * when several threads change at the same time
	 * @return the values in force from now on
	 * @throws InvalidLimitException if a value is out of range; nothing was changed
	 */
	ConcurrencyLimiterSpec change(UnaryOperator<ConcurrencyLimiterSpec> change);

	/**
	 * Replace the configured values. Those in force follow, as by {@link #change}, each
	 * one unless it was changed before. Not to be called by two threads at a time.
	 * @param configured the values that {@link #reset} goes back to from now on
	 */
	void configure(ConcurrencyLimiterSpec configured);

}
