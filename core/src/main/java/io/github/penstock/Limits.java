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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * What a place is limited by: a permit, a token, or both. The permit is taken first, then
 * the token while the permit is held; a refused token gives the permit back. For code
 * that surrounds calls, as an interceptor does. Immutable and thread-safe, also if it is
 * published by a data race.
 */
public final class Limits {

	/** Lets everybody in. */
	public static final Limits NONE = new Limits(null, null, null, null);

	/** Limits whose permit is taken before this one, {@code null} for none. */
	private final @Nullable Limits before;

	private final @Nullable ConcurrencyLimiter permits;

	private final @Nullable RateLimiter tokens;

	private final @Nullable UnaryOperator<Duration> permitTimeout;

	private final @Nullable UnaryOperator<Duration> tokenTimeout;

	/** How many tokens the call takes. */
	private final long cost;

	/** What is to be done when the work is, {@code null} for nothing. */
	private final @Nullable Settlement settlement;

	private Limits(@Nullable ConcurrencyLimiter permits, @Nullable RateLimiter tokens,
			@Nullable UnaryOperator<Duration> permitTimeout, @Nullable UnaryOperator<Duration> tokenTimeout) {
		this(null, permits, tokens, permitTimeout, tokenTimeout, 1, null);
	}

	private Limits(@Nullable Limits before, @Nullable ConcurrencyLimiter permits, @Nullable RateLimiter tokens,
			@Nullable UnaryOperator<Duration> permitTimeout, @Nullable UnaryOperator<Duration> tokenTimeout, long cost,
			@Nullable Settlement settlement) {
		this.before = before;
		this.cost = cost;
		this.settlement = settlement;
		this.permits = permits;
		this.tokens = tokens;
		this.permitTimeout = permitTimeout;
		this.tokenTimeout = tokenTimeout;
	}

	/**
	 * Create limits.
	 * @param permits limits how many calls run at once, {@code null} for nothing
	 * @param tokens limits how many calls begin in a time, {@code null} for nothing
	 * @return the limits
	 */
	public static Limits of(@Nullable ConcurrencyLimiter permits, @Nullable RateLimiter tokens) {
		return new Limits(permits, tokens, null, null);
	}

	/**
	 * Return several limits as one, all of which hold: their permits are taken one after
	 * the other, then all their tokens at once or none. A call that is refused has taken
	 * nothing from any of them.
	 * @param limits the limits; permits are taken in this order, which should be the same
	 * for all calls
	 * @return the limits
	 */
	public static Limits allOf(List<Limits> limits) {
		if (limits.size() == 1) {
			return limits.get(0);
		}
		Limits permits = null;
		Settlement settlement = null;
		List<SeveralRateLimiters.Share> shares = new ArrayList<>();
		for (Limits each : limits) {
			if (each.permits != null) {
				permits = new Limits(chain(permits, each.before), each.permits, null, each.permitTimeout, null, 1,
						null);
			}
			if (each.tokens instanceof SeveralRateLimiters several) {
				shares.addAll(several.shares());
			}
			else if (each.tokens != null) {
				shares.add(new SeveralRateLimiters.Share(each.tokens, each.cost, each.tokenTimeout));
			}
			// Of what takes no token here nothing may come back.
			if (each.settlement != null && each.tokens != null) {
				settlement = (settlement != null) ? settlement.and(each.settlement) : each.settlement;
			}
		}
		return of(permits, shares, settlement);
	}

	private static @Nullable Limits chain(@Nullable Limits first, @Nullable Limits then) {
		if (first == null || then == null) {
			return (first != null) ? first : then;
		}
		return new Limits(chain(first, then.before), then.permits, null, then.permitTimeout, null, 1, null);
	}

	private static Limits of(@Nullable Limits permits, List<SeveralRateLimiters.Share> shares,
			@Nullable Settlement settlement) {
		SeveralRateLimiters.Share only = (shares.size() == 1) ? shares.get(0) : null;
		RateLimiter tokens = (only != null) ? only.limiter()
				: (!shares.isEmpty()) ? SeveralRateLimiters.of(shares) : null;
		return new Limits((permits != null) ? permits.before : null, (permits != null) ? permits.permits : null, tokens,
				(permits != null) ? permits.permitTimeout : null, (only != null) ? only.timeout() : null,
				(only != null) ? only.cost() : 1, settlement);
	}

	/**
	 * Return these limits for a place whose calls have a patience of their own. Each
	 * operator makes how long to wait of the timeout in force; one that is {@code null}
	 * keeps to that.
	 * @param permitTimeout for permits
	 * @param tokenTimeout for tokens
	 * @return the limits
	 */
	public Limits withTimeouts(@Nullable UnaryOperator<Duration> permitTimeout,
			@Nullable UnaryOperator<Duration> tokenTimeout) {
		return new Limits(this.before, this.permits, this.tokens, permitTimeout, tokenTimeout, this.cost,
				this.settlement);
	}

	Limits withCost(long cost, @Nullable Settlement settlement) {
		return new Limits(this.before, this.permits, this.tokens, this.permitTimeout, this.tokenTimeout, cost,
				settlement);
	}

	/**
	 * The work of the call is done, so that its cost is known: what was too much comes
	 * back, what was too little is charged. Never blocks and never fails; does nothing
	 * where the cost is known before, nor when called again, nor before the call was let
	 * in. {@link #callAsync} does so by itself.
	 * @param result what the work has resulted in
	 * @param error what it has failed with, {@code null} if it has not
	 */
	public void settle(@Nullable Object result, @Nullable Throwable error) {
		if (this.settlement != null) {
			this.settlement.settle(result, error);
		}
	}

	/**
	 * Return whether {@link #settle} has something to do when the work is done.
	 * @return whether the cost is known late
	 */
	public boolean isSettled() {
		return this.settlement != null;
	}

	/**
	 * Return what runs calls that had to wait, unless they name an executor: virtual
	 * threads where the JDK has them, else daemon threads, as many as are needed. For
	 * other waits of a call between its limiters. To execute a task does not block.
	 * @return the executor, which all limiters share
	 */
	public static Executor executor() {
		return LimiterThreads.INSTANCE;
	}

	/**
	 * Refuse a call whose tokens are there, and are kept for others that may need them.
	 * Counted as all refusals of the limiter are.
	 * @param tokens the limiter
	 * @param reason why the call is refused
	 * @param waited how long it has waited
	 * @return the refusal
	 */
	public static LimitExceededException refusal(RateLimiter tokens, RefusalReason reason, Duration waited) {
		Duration more = tokens.availableIn(1);
		Duration retryAfter = (more != null) ? more : Duration.ZERO;
		return (tokens instanceof Settling settling)
				? settling.refuse(reason, Math.max(1, Durations.toNanosSaturated(retryAfter)),
						Durations.toNanosSaturated(waited), 1)
				: new RateLimitExceededException(tokens.name(), reason, retryAfter, tokens.spec().rate(),
						tokens.spec().capacity(), 0, waited);
	}

	/**
	 * Return these limits without the token, for calls that have taken theirs.
	 * @return the limit of how many calls run at once
	 */
	public Limits withoutTokens() {
		return (this.tokens != null)
				? new Limits(this.before, this.permits, null, this.permitTimeout, null, 1, this.settlement) : this;
	}

	/**
	 * Return these limits without the permit, for calls that take theirs otherwise.
	 * @return the limit of how many calls begin in a time
	 */
	public Limits withoutPermits() {
		return (this.permits != null)
				? new Limits(null, null, this.tokens, null, this.tokenTimeout, this.cost, this.settlement) : this;
	}

	/**
	 * Let the current thread in, waiting in line for the configured timeouts at most.
	 * Blocks; allocates nothing when it need not wait.
	 * @return what {@link #exit} wants
	 * @throws LimitExceededException if the call was refused; if that was because of an
	 * interrupt, the thread's interrupt flag is set
	 */
	public @Nullable Object enter() {
		Object entry = (this.before == null) ? enterOwn() : enterAll(this.before);
		if (this.tokens != null) {
			enter(this.tokens, entry);
		}
		return entry;
	}

	/**
	 * Let the current thread in, as {@link #enter} does. Blocks.
	 * @return what {@link #exit} wants
	 * @throws LimitExceededException if the call was refused
	 * @throws InterruptedException if the thread was interrupted while it had to wait; it
	 * has taken nothing then
	 */
	public @Nullable Object enterInterruptibly() throws InterruptedException {
		try {
			return enter();
		}
		catch (LimitExceededException ex) {
			throw LineLimiter.interruptOr(ex);
		}
	}

	private @Nullable Object enterOwn() {
		ConcurrencyLimiter permits = this.permits;
		return (permits != null) ? permits.enter(this.permitTimeout) : null;
	}

	private Object enterAll(Limits before) {
		Object first = (before.before == null) ? before.enterOwn() : before.enterAll(before.before);
		try {
			return new Entries(first, enterOwn());
		}
		catch (Throwable ex) {
			before.exit(first);
			throw ex;
		}
	}

	private void enter(RateLimiter tokens, @Nullable Object entry) {
		try {
			if (this.cost == 1) {
				tokens.enter(this.tokenTimeout);
			}
			else {
				tokens.enter(this.cost, this.tokenTimeout);
			}
			if (this.settlement != null) {
				this.settlement.begin();
			}
		}
		catch (Throwable ex) {
			exit(entry);
			throw ex;
		}
	}

	/**
	 * Leave what the current thread has entered. Never blocks. To be called exactly once
	 * for each {@link #enter}, by the same thread.
	 * @param entry what {@link #enter} returned
	 */
	public void exit(@Nullable Object entry) {
		if (entry instanceof Entries entries && this.before != null) {
			try {
				exitOwn(entries.own);
			}
			finally {
				this.before.exit(entries.before);
			}
		}
		else {
			exitOwn(entry);
		}
	}

	private void exitOwn(@Nullable Object entry) {
		if (entry != null && this.permits != null) {
			this.permits.exit(entry);
		}
	}

	/**
	 * Share the permit that the current thread has entered with, for work that goes on
	 * after it has left. Never blocks.
	 * @return the share, to be closed once
	 */
	public Permit share() {
		Permit share = (this.permits != null) ? this.permits.tryAcquire() : null;
		Permit own = (share != null) ? share : NoPermit.INSTANCE;
		return (this.before != null) ? new BothPermits(this.before.share(), own) : own;
	}

	/**
	 * Ask for a permit and a token. Never blocks.
	 * @param executor what completes the future of a call that had to wait, {@code null}
	 * for threads of the limiters' own
	 * @return a future that is done already if the call need not wait; to complete it in
	 * any way leaves the line
	 */
	public CompletableFuture<Permit> acquireAsync(@Nullable Executor executor) {
		CompletableFuture<Permit> permit = acquirePermits(executor);
		if (this.tokens == null) {
			return permit;
		}
		return Acquisition.start(permit, () -> acquireTokens(this.tokens, executor), this::begin);
	}

	/**
	 * Ask for a permit and, once it is there, for what the call needs while it holds the
	 * permit, then for a token. Never blocks.
	 * @param between asks for what the call needs; to cancel its future gives that up
	 * @return a future, see {@link #acquireAsync(Executor)}; the permit is back if it
	 * fails or is completed from outside, whatever it was waiting for
	 */
	public CompletableFuture<Permit> acquireAsyncWith(Supplier<CompletableFuture<?>> between) {
		CompletableFuture<Permit> permit = Acquisition.start(acquirePermits(null), between, () -> {
		});
		return (this.tokens == null) ? permit
				: Acquisition.start(permit, () -> acquireTokens(this.tokens, null), this::begin);
	}

	private CompletableFuture<Permit> acquirePermits(@Nullable Executor executor) {
		return (this.before == null) ? acquirePermit(executor)
				: Acquisition.start(this.before.acquirePermits(executor), () -> acquirePermit(executor), () -> {
				});
	}

	private CompletableFuture<?> acquireTokens(RateLimiter tokens, @Nullable Executor executor) {
		CompletableFuture<?> acquired;
		if (tokens instanceof SeveralRateLimiters several) {
			acquired = several.acquireAsync(executor);
		}
		else if (executor == null && this.tokenTimeout == null) {
			acquired = tokens.acquireAsync(this.cost);
		}
		else {
			acquired = tokens.acquireAsync(this.cost, LineLimiter.timeout(tokens.spec(), this.tokenTimeout),
					(executor != null) ? executor : LineLimiter.defaultExecutor());
		}
		return acquired;
	}

	/** The tokens were taken just now. */
	private void begin() {
		if (this.settlement != null) {
			this.settlement.begin();
		}
	}

	private CompletableFuture<Permit> acquirePermit(@Nullable Executor executor) {
		ConcurrencyLimiter permits = this.permits;
		if (permits == null) {
			return CompletableFuture.completedFuture(NoPermit.INSTANCE);
		}
		if (executor == null && this.permitTimeout == null) {
			return permits.acquireAsync();
		}
		return permits.acquireAsync(LineLimiter.timeout(permits.spec(), this.permitTimeout),
				(executor != null) ? executor : LineLimiter.defaultExecutor());
	}

	/**
	 * Begin work that goes on until its stage is completed. Never blocks: a call that is
	 * let in begins at once and its own stage is returned; of one that must wait, a
	 * future is returned, and the work begins on a thread of the limiters' own when it is
	 * let in. The permit is back when the work has begun, which is when its method has
	 * returned, and its stage is completed, or the future is.
	 * @param <T> the type of the result
	 * @param call the work
	 * @return the stage; {@code null} only if the work has begun and has none
	 * @throws Throwable what beginning the work throws, if that need not wait
	 */
	public <T extends @Nullable Object> @Nullable CompletionStage<T> callAsync(AsyncCall<T> call) throws Throwable {
		CompletableFuture<Permit> acquired = acquireAsync(null);
		if (!acquired.isDone()) {
			try {
				return WaitingCall.start(this, call, acquired);
			}
			catch (Throwable ex) {
				// The end of the stack, for one: nobody else knows of the place in line.
				Acquisition.giveUp(acquired);
				throw ex;
			}
		}
		if (acquired.isCompletedExceptionally()) {
			return call.refused(refusal(acquired));
		}
		return begin(call, acquired.join());
	}

	private static LimitExceededException refusal(CompletableFuture<?> acquired) throws Throwable {
		Throwable failure = Acquisition.failure(acquired);
		if (failure instanceof LimitExceededException refusal) {
			return refusal;
		}
		throw failure;
	}

	/** Begin the work, and give the permit back when its stage is completed. */
	private <T extends @Nullable Object> @Nullable CompletionStage<T> begin(AsyncCall<T> call, Permit permit)
			throws Throwable {
		boolean goesOn = false;
		try {
			CompletionStage<T> stage = beginIn(call, permit);
			if (stage == null) {
				settle(null, null);
			}
			else if (this.settlement == null) {
				stage.whenComplete((value, failure) -> permit.close());
				goesOn = true;
			}
			else {
				stage.whenComplete((value, failure) -> {
					settle(value, (failure != null) ? Acquisition.cause(failure) : null);
					permit.close();
				});
				goesOn = true;
			}
			return stage;
		}
		catch (Throwable ex) {
			settle(null, ex);
			throw ex;
		}
		finally {
			if (!goesOn) {
				permit.close();
			}
		}
	}

	/** Begin the work in the permit's scope. */
	static <T extends @Nullable Object> @Nullable CompletionStage<T> beginIn(AsyncCall<T> call, Permit permit)
			throws Throwable {
		Permit.Scope scope = permit.makeCurrent();
		try {
			return call.begin();
		}
		finally {
			scope.close();
		}
	}

	/**
	 * Work that goes on until its stage is completed.
	 *
	 * @param <T> the type of the result
	 */
	public interface AsyncCall<T extends @Nullable Object> {

		/**
		 * Begin the work.
		 * @return its stage, {@code null} if it has ended already
		 * @throws Throwable if it cannot begin
		 */
		@Nullable CompletionStage<T> begin() throws Throwable;

		/**
		 * Return what to begin if the call has to wait. Called on the caller's thread,
		 * while what belongs to that is still there.
		 * @return the work, which another thread will begin
		 */
		default AsyncCall<T> later() {
			return this;
		}

		/**
		 * Answer the call if it was refused.
		 * @param refusal why
		 * @return a stage
		 * @throws Throwable if there is none
		 */
		default @Nullable CompletionStage<T> refused(LimitExceededException refusal) throws Throwable {
			return CompletableFuture.failedFuture(refusal);
		}

	}

	/** What {@link #exit} wants of limits that others stand before. */
	private record Entries(@Nullable Object before, @Nullable Object own) {
	}

	/** The permit of a call that needs none. */
	enum NoPermit implements Permit, Permit.Scope {

		INSTANCE;

		@Override
		public void close() {
		}

		@Override
		public Scope makeCurrent() {
			return this;
		}

	}

}
