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
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * Several rate limiters of which a call needs tokens, all or nothing.
 * <p>
 * <b>At once.</b> The tokens are taken from one after the other; when one has none, what
 * was taken is put back as if it had not been taken.
 * <p>
 * <b>Waiting.</b> A call stands in one line at a time: that of the limiter whose tokens
 * come last, as far as can be told. It holds nothing of the others meanwhile, and stands
 * in nobody's way there. When it has the tokens that it has waited for, it takes the
 * others at once; if that fails, it puts back what it has and waits anew. So all tokens
 * are taken at the moment when the call begins, and each limiter's bound holds for these
 * moments. A call whose time would be over before the last of its tokens comes is refused
 * at once.
 * <p>
 * <b>Going on.</b> Who has put back what it waited for does not wait for the same again
 * next: others that wait there do the same, and would hand it to and fro. Where that goes
 * round over several limiters, a call that has waited in vain a few times pauses before
 * it waits anew, and holds nothing meanwhile.
 */
final class SeveralRateLimiters implements RateLimiter {

	private static final int TAKEN = -1;

	private static final int ROUNDS_WITHOUT_PAUSE = 4;

	private static final long PAUSE = 1_000_000;

	private static final int LONGEST_PAUSE = 10;

	private final Settling[] limiters;

	/** What a call costs of each one, {@code null} for what it says itself. */
	private final long @Nullable [] costs;

	/** The patience of each one's calls, {@code null} for what its limiter says. */
	private final @Nullable UnaryOperator<Duration>[] timeouts;

	private final String name;

	@SuppressWarnings("unchecked")
	SeveralRateLimiters(RateLimiter[] limiters) {
		this(limiters, null, new UnaryOperator[limiters.length]);
	}

	SeveralRateLimiters(RateLimiter[] limiters, long @Nullable [] costs, @Nullable UnaryOperator<Duration>[] timeouts) {
		this.limiters = Arrays.stream(limiters).map(Settling::of).toArray(Settling[]::new);
		this.costs = costs;
		this.timeouts = timeouts;
		this.name = Arrays.stream(limiters).map(Limiter::name).collect(Collectors.joining("+"));
	}

	/** Of each one what a call costs there, and how long it waits for that. */
	@SuppressWarnings("unchecked")
	static SeveralRateLimiters of(List<Share> shares) {
		return new SeveralRateLimiters(shares.stream().map(Share::limiter).toArray(RateLimiter[]::new),
				shares.stream().mapToLong(Share::cost).toArray(),
				shares.stream().map(Share::timeout).toArray(UnaryOperator[]::new));
	}

	/** What calls take of each one. */
	List<Share> shares() {
		return IntStream.range(0, this.limiters.length)
			.mapToObj((index) -> new Share(this.limiters[index], cost(index, 1), this.timeouts[index]))
			.toList();
	}

	private long cost(int index, long tokens) {
		return (this.costs != null) ? this.costs[index] : tokens;
	}

	/**
	 * Take from all but one, or from none, whatever is thrown.
	 * @param except whose tokens the call has already, -1 for nobody's
	 * @return {@link #TAKEN}, or who has none
	 */
	private int tryTake(long tokens, int except, Taken taken) {
		int missing = 0;
		try {
			missing = tryTakeEach(tokens, except, taken);
			return missing;
		}
		finally {
			if (missing != TAKEN) {
				taken.putBack();
			}
		}
	}

	private int tryTakeEach(long tokens, int except, Taken taken) {
		boolean[] letIn = null;
		for (int i = 0; i < this.limiters.length; i++) {
			if (i == except) {
				continue;
			}
			Settling limiter = this.limiters[i];
			long cost = cost(i, tokens);
			// Before they are taken: what others take in between is not to come back.
			long stamp = limiter.stampOf(cost);
			if (limiter.tryTake(cost)) {
				taken.add(i, cost, stamp);
			}
			else if (limiter.isUnenforced()) {
				letIn = (letIn != null) ? letIn : new boolean[this.limiters.length];
				letIn[i] = true;
			}
			else {
				return i;
			}
		}
		for (int i = 0; letIn != null && i < letIn.length; i++) {
			if (letIn[i]) {
				this.limiters[i].letIn(cost(i, tokens), timeout(i, null));
			}
		}
		return TAKEN;
	}

	/**
	 * Take from all others, for a call that has waited for one; what it has of that one
	 * goes back if the others have none.
	 */
	private int tryTakeOthers(long tokens, int index, Taken taken) {
		Settling limiter = this.limiters[index];
		long stamp = limiter.stamp();
		int missing = index;
		try {
			missing = tryTake(tokens, index, taken);
		}
		finally {
			if (missing != TAKEN) {
				limiter.untake(cost(index, tokens), stamp);
			}
			else {
				taken.add(index, cost(index, tokens), stamp);
			}
		}
		return missing;
	}

	private long timeout(int index, @Nullable Duration own) {
		Duration timeout = (own != null) ? own : LineLimiter.timeout(this.limiters[index].spec(), this.timeouts[index]);
		return Durations.toNanosSaturated(timeout);
	}

	/**
	 * Who to wait for; throws the refusal if that would take too long.
	 * @param missing who had no tokens a moment ago
	 * @param had whose tokens the call has just put back for that, -1 for nobody's
	 */
	private int next(long tokens, int missing, int had, @Nullable Duration timeout, long waited) {
		long longest = 0;
		int last = missing;
		int refusing = -1;
		boolean never = false;
		for (int i = 0; i < this.limiters.length; i++) {
			if (i != missing && this.limiters[i].spec().enforce() == 0) {
				// It lets everybody in, and so has nobody wait.
				continue;
			}
			long wait = this.limiters[i].waitFor(cost(i, tokens));
			// Where all have tokens by now, whoever had none may still have a line.
			if (i != had && wait > Math.max(1, longest)) {
				last = i;
			}
			longest = Math.max(longest, wait);
			boolean tooLate = wait == Tokens.NEVER || (wait > 1 && wait > timeout(i, timeout) - waited);
			// Who has none now has nothing for those who may not wait.
			boolean refused = i == missing && timeout(i, timeout) - waited <= 0
					&& !this.limiters[i].mustAsk(cost(i, tokens), timeout(i, timeout) - waited);
			if ((tooLate || refused)
					&& (refusing < 0 || wait >= this.limiters[refusing].waitFor(cost(refusing, tokens)))) {
				refusing = i;
				never = wait == Tokens.NEVER;
			}
		}
		if (refusing < 0) {
			return last;
		}
		RefusalReason reason = never ? RefusalReason.TOO_COSTLY
				: (timeout(refusing, timeout) <= 0) ? RefusalReason.FULL
						: (waited > 0 && timeout(refusing, timeout) <= waited) ? RefusalReason.TIMED_OUT
								: RefusalReason.WAIT_TOO_LONG;
		throw this.limiters[refusing].refuse(reason, (longest != Tokens.NEVER) ? longest : 0, waited,
				cost(refusing, tokens));
	}

	private long now() {
		return this.limiters[0].time().nanoTime();
	}

	/** How long a call may wait; less than nothing if it has waited to be answered. */
	private Duration left(int index, @Nullable Duration timeout, long waited) {
		return Duration.ofNanos(timeout(index, timeout) - waited);
	}

	/** How long a call pauses that has waited in vain so often. */
	private long pause(int rounds, int missing, @Nullable Duration timeout, long waited) {
		long nanos = PAUSE * Math.max(0, Math.min(rounds - ROUNDS_WITHOUT_PAUSE, LONGEST_PAUSE));
		return Math.min(nanos, Math.max(0, timeout(missing, timeout) - waited));
	}

	private void takeAll(long tokens, @Nullable Duration timeout) {
		int missing = tryTake(tokens, -1, new Taken());
		long arrived = (missing != TAKEN) ? now() : 0;
		int had = -1;
		for (int rounds = 0; missing != TAKEN; rounds++) {
			long pause = pause(rounds, missing, timeout, now() - arrived);
			if (pause > 0) {
				this.limiters[missing].time().parkNanos(this, pause);
			}
			long waited = now() - arrived;
			int next = next(tokens, missing, had, timeout, waited);
			Settling limiter = this.limiters[next];
			Duration left = left(next, timeout, waited);
			limiter.enter(cost(next, tokens), (configured) -> left);
			missing = tryTakeOthers(tokens, next, new Taken());
			had = next;
		}
	}

	@Override
	public void enter() {
		takeAll(1, null);
	}

	@Override
	public void enter(@Nullable UnaryOperator<Duration> timeout) {
		enter(1, timeout);
	}

	@Override
	public void enter(long tokens, @Nullable UnaryOperator<Duration> timeout) {
		takeAll(tokens, (timeout != null) ? timeout.apply(spec().timeout()) : null);
	}

	@Override
	public void enter(Object key, @Nullable String plan, long tokens, @Nullable UnaryOperator<Duration> timeout) {
		forKey(key, plan).enter(tokens, timeout);
	}

	@Override
	public void acquire() throws InterruptedException {
		acquire(1);
	}

	@Override
	public void acquire(Duration timeout) throws InterruptedException {
		acquire(1, timeout);
	}

	@Override
	public void acquire(long tokens) throws InterruptedException {
		acquireOrInterrupt(tokens, null);
	}

	@Override
	public void acquire(long tokens, Duration timeout) throws InterruptedException {
		acquireOrInterrupt(tokens, Objects.requireNonNull(timeout, "'timeout' must not be null"));
	}

	private void acquireOrInterrupt(long tokens, @Nullable Duration timeout) throws InterruptedException {
		try {
			takeAll(tokens, timeout);
		}
		catch (RateLimitExceededException ex) {
			throw LineLimiter.interruptOr(ex);
		}
	}

	@Override
	public boolean tryAcquire() {
		return tryAcquire(1);
	}

	@Override
	public boolean tryAcquire(long tokens) {
		int missing = tryTake(tokens, -1, new Taken());
		if (missing != TAKEN && this.limiters[missing].mustAsk(cost(missing, tokens), 0)) {
			return tryTakeAsking(tokens);
		}
		if (missing != TAKEN) {
			Settling limiter = this.limiters[missing];
			long cost = cost(missing, tokens);
			limiter.refuse((limiter.waitFor(cost) == Tokens.NEVER) ? RefusalReason.TOO_COSTLY : RefusalReason.FULL, 1,
					0, cost);
		}
		return missing == TAKEN;
	}

	private boolean tryTakeAsking(long tokens) {
		try {
			takeAll(tokens, Duration.ZERO);
			return true;
		}
		catch (RateLimitExceededException ex) {
			return false;
		}
	}

	@Override
	public CompletableFuture<@Nullable Void> acquireAsync() {
		return acquireAsync(1);
	}

	@Override
	public CompletableFuture<@Nullable Void> acquireAsync(Duration timeout, Executor executor) {
		return acquireAsync(1, timeout, executor);
	}

	@Override
	public CompletableFuture<@Nullable Void> acquireAsync(long tokens) {
		return new Waiting(tokens, null, LineLimiter.defaultExecutor()).start();
	}

	@Override
	public CompletableFuture<@Nullable Void> acquireAsync(long tokens, Duration timeout, Executor executor) {
		return new Waiting(tokens, Objects.requireNonNull(timeout, "'timeout' must not be null"),
				Objects.requireNonNull(executor, "'executor' must not be null"))
			.start();
	}

	/** The same with each one's own timeout. */
	CompletableFuture<@Nullable Void> acquireAsync(@Nullable Executor executor) {
		return new Waiting(1, null, (executor != null) ? executor : LineLimiter.defaultExecutor()).start();
	}

	@Override
	public void charge(long tokens) {
		for (int i = 0; i < this.limiters.length; i++) {
			this.limiters[i].charge(cost(i, tokens));
		}
	}

	@Override
	public void refund(long tokens) {
		for (int i = 0; i < this.limiters.length; i++) {
			this.limiters[i].refund(cost(i, tokens));
		}
	}

	@Override
	public long debt() {
		return most(RateLimiter::debt);
	}

	@Override
	public long available() {
		return -most((limiter) -> -limiter.available());
	}

	@Override
	public @Nullable Duration availableIn(long tokens) {
		TokenBucketLimiter.checkTokens(tokens);
		Duration longest = Duration.ZERO;
		for (int i = 0; i < this.limiters.length; i++) {
			Duration wait = this.limiters[i].availableIn(cost(i, tokens));
			if (wait == null) {
				return null;
			}
			longest = (wait.compareTo(longest) > 0) ? wait : longest;
		}
		return longest;
	}

	@Override
	public int waiting() {
		return (int) most(RateLimiter::waiting);
	}

	private long most(ToLongFunction<RateLimiter> number) {
		return Arrays.stream(this.limiters).mapToLong(number).max().orElse(0);
	}

	@Override
	public RateLimiter forKey(Object key, @Nullable String plan) {
		RateLimiter[] ofKey = Arrays.stream(this.limiters)
			.map((limiter) -> limiter.forKey(key, plan))
			.toArray(RateLimiter[]::new);
		return new SeveralRateLimiters(ofKey, this.costs, this.timeouts);
	}

	@Override
	public LimiterKeys keys(int most) {
		return new LimiterKeys(0, 0, List.of(), List.of());
	}

	/** The names of all, with a plus between them. */
	@Override
	public String name() {
		return this.name;
	}

	/** The values of the first. */
	@Override
	public RateLimiterSpec spec() {
		return this.limiters[0].spec();
	}

	@Override
	public RateLimiterSpec configured() {
		return this.limiters[0].configured();
	}

	@Override
	public RateLimiterSpec change(UnaryOperator<RateLimiterSpec> change) {
		throw new UnsupportedOperationException("'" + this.name + "' are several limiters: change one of them");
	}

	@Override
	public void configure(RateLimiterSpec configured) {
		throw new UnsupportedOperationException("'" + this.name + "' are several limiters: configure one of them");
	}

	@Override
	public LimiterStats stats() {
		throw new UnsupportedOperationException("'" + this.name + "' are several limiters: each has its own counts");
	}

	@Override
	public void listen(LimiterListener listener) {
		for (RateLimiter limiter : this.limiters) {
			limiter.listen(listener);
		}
	}

	@Override
	public void reset() {
		for (RateLimiter limiter : this.limiters) {
			limiter.reset();
		}
	}

	@Override
	public void shutdown() {
		for (RateLimiter limiter : this.limiters) {
			limiter.shutdown();
		}
	}

	@Override
	public String toString() {
		return this.name;
	}

	/**
	 * A call that waits without a thread. To complete it from outside leaves the line.
	 */
	private final class Waiting extends CompletableFuture<@Nullable Void> {

		private final long tokens;

		private final @Nullable Duration timeout;

		private final Executor executor;

		private final long arrived = now();

		/** What it waits for now. */
		private volatile @Nullable CompletableFuture<?> pending;

		// Only for the thread that was served last.
		private int rounds;

		private int had = -1;

		/** The pause that it makes now, or has made. */
		private volatile @Nullable Pause pause;

		private boolean paused;

		Waiting(long tokens, @Nullable Duration timeout, Executor executor) {
			this.tokens = tokens;
			this.timeout = timeout;
			this.executor = executor;
		}

		Waiting start() {
			int missing = tryTake(this.tokens, -1, new Taken());
			if (missing == TAKEN) {
				complete(null);
				return this;
			}
			whenComplete((done, failure) -> leave());
			await(missing);
			return this;
		}

		private void leave() {
			Pause pause = this.pause;
			if (pause != null) {
				pause.leave();
			}
			CompletableFuture<?> pending = this.pending;
			if (pending != null) {
				pending.cancel(false);
			}
		}

		/** Stand in line, once or, where there is no wait, again and again. */
		private void await(int missingFirst) {
			int missing = missingFirst;
			try {
				while (missing != TAKEN && !isDone()) {
					long waited = now() - this.arrived;
					long pause = this.paused ? 0 : pause(this.rounds++, missing, this.timeout, waited);
					if (pause > 0) {
						this.paused = true;
						new Pause(missing, waited).begin(pause);
						return;
					}
					this.paused = false;
					int next = next(this.tokens, missing, this.had, this.timeout, waited);
					Settling limiter = SeveralRateLimiters.this.limiters[next];
					CompletableFuture<@Nullable Void> pending = limiter.acquireAsync(cost(next, this.tokens),
							left(next, this.timeout, waited), this.executor);
					this.pending = pending;
					if (isDone()) {
						pending.cancel(false);
					}
					if (!pending.isDone()) {
						pending.whenComplete((granted, failure) -> served(next, failure));
						return;
					}
					pending.join();
					missing = takeOthers(next);
				}
			}
			catch (Throwable ex) {
				completeExceptionally(Acquisition.cause(ex));
			}
		}

		private void served(int index, @Nullable Throwable failure) {
			if (failure != null) {
				completeExceptionally(Acquisition.cause(failure));
				return;
			}
			try {
				int missing = takeOthers(index);
				if (missing != TAKEN) {
					await(missing);
				}
			}
			catch (Throwable ex) {
				completeExceptionally(ex);
			}
		}

		/** Take the rest; all goes back if that fails or nobody wants it. */
		private int takeOthers(int index) {
			Taken taken = new Taken();
			this.had = index;
			int missing = tryTakeOthers(this.tokens, index, taken);
			if (missing == TAKEN && !complete(null)) {
				taken.putBack();
				missing = index;
			}
			return missing;
		}

		/**
		 * A while in which it stands in no line. It goes on once ({@code over}): by its
		 * executor; or elsewhere if that rejects it; or, if the executor drops it, it is
		 * refused when its timeout is over, as if it had been granted what it waits for.
		 */
		private final class Pause {

			private final AtomicBoolean over = new AtomicBoolean();

			/** Who had no tokens, and so refuses it. */
			private final int missing;

			private final Settling limiter;

			private final long waited;

			private volatile @Nullable Runnable cancelEnd;

			private volatile @Nullable Runnable cancelTimeout;

			Pause(int missing, long waited) {
				this.missing = missing;
				this.limiter = SeveralRateLimiters.this.limiters[missing];
				this.waited = waited;
			}

			void begin(long nanos) {
				TimeSource time = this.limiter.time();
				long left = Math.max(0, timeout(this.missing, Waiting.this.timeout) - this.waited);
				Waiting.this.pause = this;
				this.cancelTimeout = time.schedule(this::timeOut,
						Math.min(left, Long.MAX_VALUE - FutureWaiter.GRACE_NANOS) + FutureWaiter.GRACE_NANOS);
				this.cancelEnd = time.schedule(this::end, nanos);
				if (isDone()) {
					leave();
				}
				if (this.over.get()) {
					cancelTimers();
				}
			}

			private void cancelTimers() {
				cancel(this.cancelEnd);
				cancel(this.cancelTimeout);
			}

			private void cancel(@Nullable Runnable cancel) {
				if (cancel != null) {
					cancel.run();
				}
			}

			private void end() {
				LimiterThreads.executeOffTimer(this::dispatch, this.limiter.time());
			}

			private void dispatch() {
				try {
					Waiting.this.executor.execute(this::goOn);
				}
				catch (Throwable ex) {
					// It is shut down, or broken; the caller must hear all the same.
					LimiterThreads.execute(this::goOn, this.limiter.time());
				}
			}

			/** Whether the caller of this method is to say what comes now. */
			private boolean claim() {
				boolean claimed = this.over.compareAndSet(false, true);
				if (claimed) {
					cancelTimers();
				}
				return claimed;
			}

			private void goOn() {
				if (claim()) {
					await(this.missing);
				}
			}

			/** The executor has not gone on in time. */
			private void timeOut() {
				if (claim()) {
					LimiterThreads.execute(this::refuse, this.limiter.time());
				}
			}

			private void refuse() {
				Throwable failure;
				try {
					failure = refuse(RefusalReason.TIMED_OUT);
				}
				catch (Throwable ex) {
					failure = ex;
				}
				completeExceptionally(failure);
			}

			/** The caller gives up. */
			void leave() {
				if (claim()) {
					refuse(RefusalReason.CANCELLED);
				}
			}

			private LimitExceededException refuse(RefusalReason reason) {
				return this.limiter.refuse(reason, 0, now() - Waiting.this.arrived,
						cost(this.missing, Waiting.this.tokens));
			}

		}

	}

	/**
	 * What a call takes of one of the limiters.
	 *
	 * @param limiter the limiter
	 * @param cost how many tokens
	 * @param timeout makes how long to wait of the timeout in force, {@code null} for
	 * that
	 */
	record Share(RateLimiter limiter, long cost, @Nullable UnaryOperator<Duration> timeout) {
	}

	/** What a call has taken and may have to put back. */
	private final class Taken {

		private final long[] costs = new long[SeveralRateLimiters.this.limiters.length];

		private final long[] stamps = new long[this.costs.length];

		private final boolean[] taken = new boolean[this.costs.length];

		void add(int index, long cost, long stamp) {
			this.costs[index] = cost;
			this.stamps[index] = stamp;
			this.taken[index] = true;
		}

		/** It is as if the call had not come. */
		void putBack() {
			for (int i = this.taken.length - 1; i >= 0; i--) {
				if (this.taken[i]) {
					this.taken[i] = false;
					SeveralRateLimiters.this.limiters[i].untake(this.costs[i], this.stamps[i]);
				}
			}
		}

	}

}
