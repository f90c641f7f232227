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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * What happens to a call that is not let in at once: the same for every {@link Supply}.
 */
abstract class LineLimiter implements Supply {

	private final Identity identity;

	final TimeSource time;

	final WaitLine line;

	final LimiterCounters counters;

	/** Refused calls, if this is the supply of a key. */
	private final @Nullable LongAdder refusedOfKey;

	/** Who waits, if anybody wants to know. */
	private volatile @Nullable CallTracker waiters;

	/** What it borrows from, {@code null} if it has its own supply. */
	final @Nullable StoreAccess access;

	LineLimiter(Identity identity) {
		this.identity = identity;
		this.access = identity.access();
		this.time = identity.time();
		this.counters = identity.counters();
		this.line = new WaitLine(this, this.time);
		this.refusedOfKey = (key() != null) ? new LongAdder() : null;
	}

	public final String name() {
		return this.identity.name();
	}

	/** Whose supply this is, {@code null} if it is no single key's. */
	final @Nullable Object key() {
		Object key = this.identity.key();
		return (key != LimiterStore.OtherKeys.TOGETHER) ? key : null;
	}

	final Identity identity() {
		return this.identity;
	}

	public final void listen(LimiterListener listener) {
		this.counters.listeners().add(Objects.requireNonNull(listener, "'listener' must not be null"));
	}

	/** Know who waits, from now on. */
	final void trackWaiters(CallTracker waiters) {
		this.waiters = waiters;
		listen(new LimiterListener() {

			@Override
			public Wait waiting() {
				CallTracker.Entry entry = waiters.entry(null).enter();
				return (refusal) -> entry.leave();
			}

		});
	}

	public final boolean isTracked() {
		return this.waiters != null;
	}

	public final List<Holder> waiters(int most) {
		CallTracker waiters = this.waiters;
		return (waiters != null) ? waiters.oldest(most) : List.of();
	}

	/** Those of keys as well. */
	public abstract int waiting();

	/** What asks the store, {@code null} if there is none. */
	abstract @Nullable Borrower<?, ?> borrower();

	@Override
	public final boolean isShared() {
		return this.access != null;
	}

	@Override
	public final long graceNanos() {
		return (this.access != null) ? this.access.graceNanos() : 0;
	}

	@Override
	public final boolean hear() {
		Borrower<?, ?> borrower = borrower();
		return borrower != null && borrower.hear();
	}

	@Override
	public final boolean plan(@Nullable Waiter first) {
		Borrower<?, ?> borrower = borrower();
		return borrower != null && borrower.plan(first);
	}

	@Override
	public final boolean outlasts(Waiter waiter) {
		Borrower<?, ?> borrower = borrower();
		return borrower != null && borrower.outlasts(waiter);
	}

	@Override
	public final boolean isSettled() {
		Borrower<?, ?> borrower = borrower();
		return borrower == null || (!borrower.isLate() && isInForce());
	}

	@Override
	public final void act() {
		Borrower<?, ?> borrower = borrower();
		if (borrower != null) {
			borrower.ask();
		}
	}

	/** Whether only a store can tell whether a call need not wait. */
	final boolean asksStore() {
		return this.access != null && !this.access.isOut();
	}

	/** Tell whether there is an outage. */
	final void tellOfOutage() {
		if (this.access != null) {
			this.access.tell(this.counters.listeners()::outage);
		}
	}

	/**
	 * Check values that are to hold from now on.
	 * @throws InvalidLimitException if they are of another kind than this
	 */
	final <S extends LimiterSpec> S checked(S values) {
		boolean shared = values.sharing() != null;
		InvalidLimitException.check(shared == isShared(), "shared", shared,
				"it is decided once, when the limiter is made");
		return values;
	}

	/**
	 * How many may join the line, of whom it is not known yet whether they have to wait.
	 */
	private int mostJoining(int maxWaiting) {
		return asksStore() ? Integer.MAX_VALUE : maxWaiting;
	}

	/** What completes futures where the caller names no executor of its own. */
	static Executor defaultExecutor() {
		return LimiterThreads.INSTANCE;
	}

	public abstract void shutdown();

	/**
	 * Whether it is as if no call had ever come.
	 * @param untouched what a key has that took nothing, {@code null} if nothing can be
	 * taken for good
	 */
	abstract boolean isUntouched(@Nullable Tokens untouched, long now);

	/** The calls of its key that it has let in. */
	abstract long grantedOfKey();

	/** What there is for its key now. */
	abstract long availableOfKey();

	/** The calls of its key that it has refused. */
	final long refusedOfKey() {
		return (this.refusedOfKey != null) ? this.refusedOfKey.sum() : 0;
	}

	final void countRefused(RefusalReason reason) {
		countRefusedOfKey();
		this.counters.refused(reason);
	}

	final void countRefusedOfKey() {
		if (this.refusedOfKey != null) {
			this.refusedOfKey.increment();
		}
	}

	/** How long a call may wait that has a timeout of its own, or none. */
	static Duration timeout(LimiterSpec spec, @Nullable UnaryOperator<Duration> own) {
		return (own != null) ? own.apply(spec.timeout()) : spec.timeout();
	}

	/**
	 * Stand in line with the current thread.
	 * @return the waiter, who was granted what it waited for
	 * @throws LimitExceededException if it was refused; after an interrupt the flag is
	 * set
	 */
	final ParkedWaiter await(long timeoutNanos, int maxWaiting, long tokens) {
		if (timeoutNanos <= 0 && !asksStore()) {
			throw refuse(RefusalReason.FULL, 0, 0, tokens);
		}
		if (this.line.isClosed()) {
			throw refuse(RefusalReason.SHUT_DOWN, 0, 0, tokens);
		}
		StackRoom.check();
		ParkedWaiter waiter = new ParkedWaiter(this.line, this.time, timeoutNanos, tokens);
		LimiterListener.Wait wait = null;
		RefusalReason ended = RefusalReason.CANCELLED;
		boolean joined = true;
		boolean granted = false;
		try {
			joined = this.line.join(waiter, mostJoining(maxWaiting));
			if (!joined) {
				throw refuse(RefusalReason.LINE_FULL, 0, 0, tokens);
			}
			wait = this.counters.listeners().waiting();
			waiter.await();
			if (waiter.state() != Waiter.State.GRANTED) {
				ended = reason(waiter);
				throw refuse(ended, waiter.retryAfterNanos, waiter.waitedNanos(), tokens);
			}
			this.counters.waited(waiter.waitedNanos());
			granted = true;
			return waiter;
		}
		finally {
			if (joined && !granted) {
				withdraw(waiter);
			}
			if (wait != null) {
				end(wait, granted ? null : ended);
			}
		}
	}

	/** Throws nothing: the call may have what it waited for. */
	private static void end(LimiterListener.Wait wait, @Nullable RefusalReason refusal) {
		try {
			wait.ended(refusal);
		}
		catch (Throwable ex) {
			// Its listener hears nothing.
		}
	}

	/** Stand in line with a future. */
	final <T extends @Nullable Object> CompletableFuture<T> joinAsync(long timeoutNanos, int maxWaiting, long tokens,
			Executor executor, Function<Waiter, T> granted) {
		return joinAsync(timeoutNanos, maxWaiting, tokens, executor, granted, this::untake);
	}

	/**
	 * Stand in line with a future.
	 * @param ungranted undoes the grant and what {@code granted} did, which may not have
	 * been called
	 */
	final <T extends @Nullable Object> CompletableFuture<T> joinAsync(long timeoutNanos, int maxWaiting, long tokens,
			Executor executor, Function<Waiter, T> granted, Consumer<Waiter> ungranted) {
		Objects.requireNonNull(executor, "'executor' must not be null");
		if (timeoutNanos <= 0 && !asksStore()) {
			return CompletableFuture.failedFuture(refuse(RefusalReason.FULL, 0, 0, tokens));
		}
		if (this.line.isClosed()) {
			return CompletableFuture.failedFuture(refuse(RefusalReason.SHUT_DOWN, 0, 0, tokens));
		}
		StackRoom.check();
		Desk<T> desk = new Desk<>(granted, ungranted);
		FutureWaiter<T> waiter = new FutureWaiter<>(this.line, this.time, timeoutNanos, tokens, executor, desk);
		boolean joined = true;
		boolean awaited = false;
		try {
			joined = this.line.join(waiter, mostJoining(maxWaiting));
			if (!joined) {
				return CompletableFuture.failedFuture(refuse(RefusalReason.LINE_FULL, 0, 0, tokens));
			}
			// Nobody tells the outcome before the caller has come for its future.
			desk.wait = this.counters.listeners().waiting();
			CompletableFuture<T> future = waiter.await();
			awaited = true;
			return future;
		}
		finally {
			if (joined && !awaited) {
				waiter.withdraw();
			}
		}
	}

	/**
	 * Take a waiter out whose call does not go on, and give back what it was granted.
	 */
	private void withdraw(ParkedWaiter waiter) {
		if (!waiter.isSettled() && !this.line.leave(waiter)) {
			waiter.awaitSettled();
		}
		if (waiter.state() == Waiter.State.GRANTED) {
			untake(waiter);
			this.line.serveNow();
		}
	}

	private LimitExceededException refusal(Waiter waiter) {
		return refuse(reason(waiter), waiter.retryAfterNanos, waiter.waitedNanos(), waiter.tokens);
	}

	private RefusalReason reason(Waiter waiter) {
		if (waiter.state() != Waiter.State.REFUSED || this.access == null) {
			return waiter.state().refusal;
		}
		if (isShut()) {
			return RefusalReason.UNAVAILABLE;
		}
		return (waiter.timeoutNanos <= 0) ? RefusalReason.FULL : RefusalReason.WAIT_TOO_LONG;
	}

	/** Whether it goes by what holds as long as the store does, or does not, answer. */
	abstract boolean isInForce();

	/** Whether nobody is let in, as there is an outage. */
	abstract boolean isShut();

	/** Count a refusal and make its exception. */
	public final LimitExceededException refuse(RefusalReason reason, long retryAfterNanos, long waitedNanos,
			long tokens) {
		LimitExceededException refusal = refusal(reason, retryAfterNanos, waitedNanos, tokens);
		countRefused(refusal.reason());
		return refusal;
	}

	/**
	 * Make the exception of a refusal.
	 * @param retryAfterNanos when to try again, 0 to find out
	 * @param tokens how many were wanted
	 */
	abstract LimitExceededException refusal(RefusalReason reason, long retryAfterNanos, long waitedNanos, long tokens);

	/** What an interruptible method throws instead of a refusal that enter() throws. */
	static <E extends LimitExceededException> E interruptOr(E refusal) throws InterruptedException {
		if (refusal.reason() == RefusalReason.INTERRUPTED && Thread.interrupted()) {
			throw new InterruptedException(refusal.getMessage());
		}
		return refusal;
	}

	/** Serves those who wait with a future. */
	private final class Desk<T extends @Nullable Object> implements FutureWaiter.Desk<T> {

		private final Function<Waiter, T> granted;

		private final Consumer<Waiter> ungranted;

		/** Set before anybody is served here. */
		private LimiterListener.@Nullable Wait wait;

		private Desk(Function<Waiter, T> granted, Consumer<Waiter> ungranted) {
			this.granted = granted;
			this.ungranted = ungranted;
		}

		private void end(@Nullable RefusalReason refusal) {
			if (this.wait != null) {
				LineLimiter.end(this.wait, refusal);
			}
		}

		@Override
		public T granted(Waiter waiter) {
			T value = this.granted.apply(waiter);
			LineLimiter.this.counters.waited(waiter.waitedNanos());
			end(null);
			return value;
		}

		@Override
		public LimitExceededException refused(Waiter waiter) {
			LimitExceededException refusal = refusal(waiter);
			end(refusal.reason());
			return refusal;
		}

		@Override
		public void left(Waiter waiter) {
			countRefused(RefusalReason.CANCELLED);
			end(RefusalReason.CANCELLED);
		}

		@Override
		public void abandoned(Waiter waiter) {
			try {
				this.ungranted.accept(waiter);
			}
			finally {
				LineLimiter.this.line.serveNow();
			}
			countRefused(RefusalReason.CANCELLED);
			end(RefusalReason.CANCELLED);
		}

		@Override
		public void takeBack(Waiter waiter) {
			untake(waiter);
			LineLimiter.this.line.serveNow();
		}

		@Override
		public LimitExceededException tookBack(Waiter waiter) {
			LimitExceededException refusal = refuse(RefusalReason.TIMED_OUT, 0, waiter.waitedNanos(), waiter.tokens);
			end(refusal.reason());
			return refusal;
		}

	}

}
