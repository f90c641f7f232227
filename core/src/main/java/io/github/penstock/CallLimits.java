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
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * What the calls of one place are limited by where that depends on the call: whose permit
 * and whose tokens it takes, and how many. {@link Limits} are what one call is limited
 * by.
 * <p>
 * Public for Penstock's own modules, and no API: it may change in any release.
 *
 * @param <C> what is known of a call
 */
public final class CallLimits<C> {

	private final @Nullable ConcurrencyLimiter permits;

	private final @Nullable Key<C> permitKey;

	private final @Nullable UnaryOperator<Duration> permitTimeout;

	private final List<Rate<C>> rates;

	/** The one of them, if there is one only. */
	private final @Nullable Rate<C> rate;

	private final boolean direct;

	/** The same for all calls, {@code null} if they differ. */
	private final @Nullable Limits constant;

	private CallLimits(@Nullable ConcurrencyLimiter permits, @Nullable Key<C> permitKey,
			@Nullable UnaryOperator<Duration> permitTimeout, List<Rate<C>> rates) {
		this.permits = permits;
		this.permitKey = permitKey;
		this.permitTimeout = permitTimeout;
		this.rates = List.copyOf(rates);
		this.rate = (rates.size() == 1) ? rates.get(0) : null;
		this.direct = rates.size() <= 1 && (this.rate == null || !this.rate.isSettled());
		boolean differ = permitKey != null;
		List<RateLimiter> limiters = new ArrayList<>();
		for (Rate<C> each : rates) {
			differ |= each.key() != null || each.cost() != null;
			limiters.add(each.limiter());
		}
		this.constant = differ ? null : limits(permits, limiters, null, null);
	}

	/**
	 * Create the limits of a place.
	 * @param <C> what is known of a call
	 * @param permits limits how many calls run at once, {@code null} for nothing
	 * @param permitKey tells whose permits a call takes, {@code null} for everybody's
	 * @param permitTimeout makes how long to wait for a permit of the timeout in force,
	 * {@code null} for that
	 * @param rates limit how many calls begin in a time, each one by itself; a call is
	 * let in by all of them or takes nothing
	 * @return the limits
	 */
	public static <C> CallLimits<C> of(@Nullable ConcurrencyLimiter permits, @Nullable Key<C> permitKey,
			@Nullable UnaryOperator<Duration> permitTimeout, List<Rate<C>> rates) {
		return new CallLimits<>(permits, permitKey, permitTimeout, rates);
	}

	/**
	 * Return what all calls are limited by.
	 * @return the limits, {@code null} if they differ from call to call
	 */
	public @Nullable Limits constant() {
		return this.constant;
	}

	/**
	 * Return whether a call of the current thread may {@link #enter} and {@link #exit}
	 * without limits of its own: it takes from one rate limiter at most, and its cost is
	 * known before.
	 * @return whether it may
	 */
	public boolean isDirect() {
		return this.direct;
	}

	/**
	 * Let the current thread in, waiting in line for the configured timeouts at most.
	 * Blocks; allocates nothing when the key is known and the call need not wait. To be
	 * called if it {@link #isDirect}.
	 * @param call what is known of the call
	 * @return what {@link #exit} wants
	 * @throws LimitExceededException if the call was refused; if that was because of an
	 * interrupt, the thread's interrupt flag is set
	 */
	public @Nullable Object enter(C call) {
		ConcurrencyLimiter permits = this.permits;
		Rate<C> rate = this.rate;
		if (rate == null) {
			return (permits != null) ? enter(permits, call) : null;
		}
		// First what may fail: a call that fails here has taken nothing.
		Key<C> key = rate.key();
		Object keyOf = (key != null) ? key.key(call) : null;
		String plan = (key != null) ? key.plan(call) : null;
		long cost = rate.costOf(call);
		Object entry = (permits != null) ? enter(permits, call) : null;
		try {
			if (keyOf != null) {
				rate.limiter().enter(keyOf, plan, cost, rate.timeout());
			}
			else {
				rate.limiter().enter(cost, rate.timeout());
			}
			return entry;
		}
		catch (Throwable ex) {
			exit(entry);
			throw ex;
		}
	}

	private Object enter(ConcurrencyLimiter permits, C call) {
		Key<C> key = this.permitKey;
		return (key != null) ? permits.enter(key.key(call), key.plan(call), this.permitTimeout)
				: permits.enter(this.permitTimeout);
	}

	/**
	 * Leave what the current thread has entered. Never blocks. To be called exactly once
	 * for each {@link #enter}, by the same thread.
	 * @param entry what {@link #enter} returned
	 */
	public void exit(@Nullable Object entry) {
		if (entry != null && this.permits != null) {
			this.permits.exit(entry);
		}
	}

	/**
	 * Return what one call is limited by. Takes nothing.
	 * @param call what is known of the call
	 * @return the limits of this call alone
	 */
	public Limits of(C call) {
		if (this.constant != null) {
			return this.constant;
		}
		ConcurrencyLimiter permits = this.permits;
		if (permits != null && this.permitKey != null) {
			permits = permits.forKey(this.permitKey.key(call), this.permitKey.plan(call));
		}
		List<RateLimiter> ofCall = this.rates.stream().map((rate) -> rate.limiterOf(call)).toList();
		long[] costs = this.rates.stream().mapToLong((rate) -> rate.costOf(call)).toArray();
		return limits(permits, ofCall, costs, settlement(call, ofCall, costs));
	}

	private @Nullable Settlement settlement(C call, List<RateLimiter> limiters, long[] costs) {
		boolean settled = this.rates.stream().anyMatch(Rate::isSettled);
		return settled ? new Settlement(limiters, costs, (index, result, error) -> {
			Cost<C> cost = this.rates.get(index).cost();
			return (cost != null && cost.isSettled()) ? cost.actual(call, result, error) : Cost.UNKNOWN;
		}, (index, failure) -> {
			Cost<C> cost = this.rates.get(index).cost();
			if (cost != null) {
				cost.failed(failure);
			}
		}) : null;
	}

	@SuppressWarnings("unchecked")
	private Limits limits(@Nullable ConcurrencyLimiter permits, List<RateLimiter> limiters, long @Nullable [] costs,
			@Nullable Settlement settlement) {
		if (limiters.size() <= 1) {
			return Limits.of(permits, limiters.isEmpty() ? null : limiters.get(0))
				.withTimeouts(this.permitTimeout, this.rates.isEmpty() ? null : this.rates.get(0).timeout())
				.withCost((costs != null && costs.length > 0) ? costs[0] : 1, settlement);
		}
		@Nullable UnaryOperator<Duration>[] timeouts = this.rates.stream().map(Rate::timeout).toArray(UnaryOperator[]::new);
		return Limits.of(permits, new SeveralRateLimiters(limiters.toArray(RateLimiter[]::new), costs, timeouts))
			.withTimeouts(this.permitTimeout, null)
			.withCost(1, settlement);
	}

	/**
	 * Tells whose permits or tokens a call takes.
	 *
	 * @param <C> what is known of a call
	 */
	public interface Key<C> {

		/**
		 * Return the key of a call.
		 * @param call what is known of the call
		 * @return a value, see {@link RateLimiter#forKey(Object)}
		 */
		Object key(C call);

		/**
		 * Return the plan of the key.
		 * @param call what is known of the call
		 * @return the name of the plan, {@code null} for none
		 */
		default @Nullable String plan(C call) {
			return null;
		}

	}

	/**
	 * Tells what a call costs.
	 *
	 * @param <C> what is known of a call
	 */
	public interface Cost<C> {

		/** The answer of {@link #actual} if nobody knows: what was taken stands. */
		long UNKNOWN = -1;

		/**
		 * Return how many tokens a call takes before it begins.
		 * @param call what is known of the call
		 * @return the number of tokens, 0 for a call that is free
		 */
		long cost(C call);

		/**
		 * Return whether more is known of the cost when the work is done.
		 * @return whether {@link #actual} is to be asked
		 */
		default boolean isSettled() {
			return false;
		}

		/**
		 * Return how many tokens a call should have taken.
		 * @param call what is known of the call
		 * @param result what the work has resulted in
		 * @param error what it has failed with, {@code null} if it has not
		 * @return the number of tokens, or {@link #UNKNOWN}
		 */
		default long actual(C call, @Nullable Object result, @Nullable Throwable error) {
			return UNKNOWN;
		}

		/**
		 * Hear that the cost could not be settled, so that what was taken stands.
		 * @param failure why
		 */
		default void failed(Throwable failure) {
		}

	}

	/**
	 * A rate limiter, and what a call takes of it.
	 *
	 * @param <C> what is known of a call
	 * @param limiter the limiter
	 * @param key tells whose tokens, {@code null} for everybody's
	 * @param cost tells how many, {@code null} for one
	 * @param timeout makes how long to wait of the timeout in force, {@code null} for
	 * that
	 */
	public record Rate<C>(RateLimiter limiter, @Nullable Key<C> key, @Nullable Cost<C> cost,
			@Nullable UnaryOperator<Duration> timeout) {

		private boolean isSettled() {
			return this.cost != null && this.cost.isSettled();
		}

		private long costOf(C call) {
			return (this.cost != null) ? this.cost.cost(call) : 1;
		}

		private RateLimiter limiterOf(C call) {
			return (this.key != null) ? this.limiter.forKey(this.key.key(call), this.key.plan(call)) : this.limiter;
		}

	}

}
