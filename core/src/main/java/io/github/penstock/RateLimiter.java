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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * A token bucket with one fair line of waiters and a rate that may change at any time. In
 * any window of length T it lets at most {@code burst + rate * T} calls in. The bucket is
 * full at the start. If its spec is {@link RateLimiterSpec#sliding() sliding}, it lets at
 * most {@code limit} calls in in any window of length {@code per} instead, and a token is
 * the place of a call that was {@code per} ago. Who comes first is served first, and
 * nobody waits for a token that would come after the timeout.
 */
public non-sealed interface RateLimiter extends Limiter {

	/**
	 * Return several rate limiters as one, of which a call gets its tokens from all or
	 * from none: a refused call has taken nothing, and its {@code retryAfter} is the
	 * latest of theirs. A call that waits for one of them holds up nobody in the others.
	 * Each has its own timeout where none is given. What is changed is changed in each of
	 * them by itself.
	 * @param limiters rate limiters of registries, or of their keys
	 * @return a limiter, which the refusals of a call are not from, but from one of those
	 * that it stands for
	 * @throws IllegalArgumentException if there are none, or one that is of no registry
	 */
	static RateLimiter allOf(RateLimiter... limiters) {
		if (limiters.length == 0) {
			throw new IllegalArgumentException("There must be at least one rate limiter");
		}
		return (limiters.length == 1) ? limiters[0] : new SeveralRateLimiters(limiters.clone());
	}

	/**
	 * Take a token, waiting in line for the configured timeout at most. Blocks.
	 * @throws RateLimitExceededException if the call was refused: at once if the token
	 * would come too late
	 * @throws InterruptedException if the thread was interrupted while it had to wait; it
	 * took no token then
	 */
	void acquire() throws InterruptedException;

	/**
	 * Take a token, waiting in line for the given time at most. Blocks.
	 * @param timeout how long to wait, zero for not at all
	 * @throws RateLimitExceededException if the call was refused: at once if the token
	 * would come too late
	 * @throws InterruptedException if the thread was interrupted while it had to wait; it
	 * took no token then
	 */
	void acquire(Duration timeout) throws InterruptedException;

	/**
	 * Take a token if there is one and nobody waits for it. Never blocks.
	 * @return whether there was one
	 */
	boolean tryAcquire();

	/**
	 * Take a token, waiting in line for the configured timeout at most. Never blocks.
	 * @return a future that is done already if there was a token; otherwise it completes
	 * on an executor. It fails with a {@link RateLimitExceededException} if the call was
	 * refused. Cancelling it, or completing it in any way, leaves the line at once.
	 */
	CompletableFuture<@Nullable Void> acquireAsync();

	/**
	 * Take a token. Never blocks.
	 * @param timeout how long to wait, zero for not at all
	 * @param executor what completes the future of a call that had to wait
	 * @return a future, see {@link #acquireAsync()}
	 */
	CompletableFuture<@Nullable Void> acquireAsync(Duration timeout, Executor executor);

	/**
	 * Take a token for a call that follows on the current thread, waiting in line for the
	 * configured timeout at most. Blocks; allocates nothing when it need not wait. For
	 * code that surrounds calls, as an interceptor does.
	 * @throws RateLimitExceededException if the call was refused; if that was because of
	 * an interrupt, the thread's interrupt flag is set
	 */
	void enter();

	/**
	 * Take a token for a call that follows on the current thread, as {@link #enter()}
	 * does, with a timeout of the caller's own. Blocks; allocates nothing when it need
	 * not wait.
	 * @param timeout makes how long to wait of the timeout in force; asked only if the
	 * call has to wait, {@code null} for the timeout in force
	 * @throws RateLimitExceededException if the call was refused; if that was because of
	 * an interrupt, the thread's interrupt flag is set
	 */
	void enter(@Nullable UnaryOperator<Duration> timeout);

	/**
	 * Take the tokens that a call costs, waiting in line for the configured timeout at
	 * most. Blocks.
	 * @param tokens what the call costs; 0 is free and takes nothing
	 * @throws RateLimitExceededException if the call was refused: at once if the tokens
	 * would come too late, or if the bucket never holds as many
	 * @throws InterruptedException if the thread was interrupted while it had to wait; it
	 * took no token then
	 * @throws IllegalArgumentException if {@code tokens} is negative
	 */
	void acquire(long tokens) throws InterruptedException;

	/**
	 * Take the tokens that a call costs, waiting in line for the given time at most.
	 * Blocks.
	 * @param tokens what the call costs; 0 is free and takes nothing
	 * @param timeout how long to wait, zero for not at all
	 * @throws RateLimitExceededException if the call was refused, see
	 * {@link #acquire(long)}
	 * @throws InterruptedException if the thread was interrupted while it had to wait; it
	 * took no token then
	 * @throws IllegalArgumentException if {@code tokens} is negative
	 */
	void acquire(long tokens, Duration timeout) throws InterruptedException;

	/**
	 * Take the tokens that a call costs if they are there and nobody waits. Never blocks.
	 * @param tokens what the call costs; 0 is free and takes nothing
	 * @return whether they were there
	 * @throws IllegalArgumentException if {@code tokens} is negative
	 */
	boolean tryAcquire(long tokens);

	/**
	 * Take the tokens that a call costs, waiting in line for the configured timeout at
	 * most. Never blocks.
	 * @param tokens what the call costs; 0 is free and takes nothing
	 * @return a future, see {@link #acquireAsync()}
	 * @throws IllegalArgumentException if {@code tokens} is negative
	 */
	CompletableFuture<@Nullable Void> acquireAsync(long tokens);

	/**
	 * Take the tokens that a call costs. Never blocks.
	 * @param tokens what the call costs; 0 is free and takes nothing
	 * @param timeout how long to wait, zero for not at all
	 * @param executor what completes the future of a call that had to wait
	 * @return a future, see {@link #acquireAsync()}
	 * @throws IllegalArgumentException if {@code tokens} is negative
	 */
	CompletableFuture<@Nullable Void> acquireAsync(long tokens, Duration timeout, Executor executor);

	/**
	 * Take the tokens that a call costs which follows on the current thread, as
	 * {@link #enter(UnaryOperator)} does. Blocks; allocates nothing when it need not
	 * wait.
	 * @param tokens what the call costs; 0 is free and takes nothing
	 * @param timeout makes how long to wait of the timeout in force; asked only if the
	 * call has to wait, {@code null} for the timeout in force
	 * @throws RateLimitExceededException if the call was refused; if that was because of
	 * an interrupt, the thread's interrupt flag is set
	 * @throws IllegalArgumentException if {@code tokens} is negative
	 */
	void enter(long tokens, @Nullable UnaryOperator<Duration> timeout);

	/**
	 * Take tokens whether they are there or not: work has cost more than was taken for
	 * it. What is not there is a debt, which later calls wait for. Never blocks.
	 * @param tokens how many to take
	 * @throws IllegalArgumentException if {@code tokens} is negative, or so many that the
	 * debt could not be counted; nothing was taken then
	 */
	void charge(long tokens);

	/**
	 * Put tokens back, as many as there is room for in the bucket: work has cost less
	 * than was taken for it. Those who wait are let in if that is enough. Never blocks.
	 * @param tokens how many to put back
	 * @throws IllegalArgumentException if {@code tokens} is negative
	 */
	void refund(long tokens);

	/**
	 * Return the tokens that were charged beyond those that were there, and are not paid
	 * for by the clock yet.
	 * @return tokens, rounded up; 0 if nothing is owed
	 */
	long debt();

	/**
	 * Return the limiter of one key, which has tokens of its own: as many as this limiter
	 * says, which goes on beside it for calls without a key. Nothing is kept of a key
	 * until it takes a token, nor once that would change nothing. Never blocks.
	 * @param key whose tokens: text, a number, a boolean, a {@code UUID}, an enum, an
	 * address, or a record or list of such
	 * @return the limiter; its {@code change}, {@code reset}, {@code stats} and the like
	 * are those of this one, which all keys share
	 * @throws IllegalArgumentException if the key is {@code null} or no such value
	 */
	default RateLimiter forKey(Object key) {
		return forKey(key, null);
	}

	/**
	 * Return the limiter of one key that has a plan.
	 * @param key whose tokens, see {@link #forKey(Object)}
	 * @param plan the name of one of {@link RateLimiterSpec#plans()}, {@code null} for
	 * none; a plan that there is not is as good as none
	 * @return the limiter
	 * @throws IllegalArgumentException if the key is {@code null} or no such value
	 */
	RateLimiter forKey(Object key, @Nullable String plan);

	/**
	 * Take the tokens of a key for a call that follows on the current thread, as
	 * {@code forKey(key, plan).enter(tokens, timeout)} does. Blocks; allocates nothing
	 * when the key is known and the call need not wait.
	 * @param key whose tokens, see {@link #forKey(Object)}
	 * @param plan the name of its plan, {@code null} for none
	 * @param tokens what the call costs; 0 is free and takes nothing
	 * @param timeout makes how long to wait of the timeout in force; asked only if the
	 * call has to wait, {@code null} for the timeout in force
	 * @throws RateLimitExceededException if the call was refused; if that was because of
	 * an interrupt, the thread's interrupt flag is set
	 * @throws IllegalArgumentException if {@code tokens} is negative, or the key no value
	 */
	void enter(Object key, @Nullable String plan, long tokens, @Nullable UnaryOperator<Duration> timeout);

	/**
	 * Return the tokens that could be taken now; 0 if calls wait in line.
	 * @return whole tokens
	 */
	long available();

	/**
	 * Return how long a call that came now would wait for so many tokens, the line being
	 * as it is. Takes nothing and never blocks.
	 * @param tokens what the call would cost
	 * @return zero if they are there, {@code null} if the bucket never holds as many
	 * @throws IllegalArgumentException if {@code tokens} is negative
	 */
	@Nullable Duration availableIn(long tokens);

	/**
	 * Return the values in force.
	 * @return the spec
	 */
	RateLimiterSpec spec();

	/**
	 * Return the values that {@link #reset} goes back to.
	 * @return the spec as configured
	 */
	RateLimiterSpec configured();

	/**
	 * Change values while calls wait. The tokens in the bucket stay, as many as the new
	 * capacity holds; the line is timed anew, and whoever would now get a token too late
	 * is refused at once. What was let in before counts in a sliding window; if it is not
	 * known when that was, it counts as late as it can have been.
	 * @param change makes the new values of those in force; may be called more than once
	 * when several threads change at the same time
	 * @return the values in force from now on
	 * @throws InvalidLimitException if a value is out of range; nothing was changed
	 */
	RateLimiterSpec change(UnaryOperator<RateLimiterSpec> change);

	/**
	 * Replace the configured values. Those in force follow, as by {@link #change}, each
	 * one unless it was changed before; where a rate and a burst would not go together,
	 * what is in force stays as it is. Not to be called by two threads at a time.
	 * @param configured the values that {@link #reset} goes back to from now on
	 */
	void configure(RateLimiterSpec configured);

}
