package io.github.penstock;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

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
 */
final class SeveralRateLimiters implements RateLimiter {

	private static final int TAKEN = -1;

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

	private long cost(int index, long tokens) {
		return (this.costs != null) ? this.costs[index] : tokens;
	}

	/**
	 * Take from all but one, or from none.
	 * @param except whose tokens the call has already, -1 for nobody's
	 * @return {@link #TAKEN}, or who has none
	 */
	private int tryTake(long tokens, int except) {
		int count = this.limiters.length;
		long[] stamps = new long[count];
		boolean[] letIn = null;
		for (int i = 0; i < count; i++) {
			if (i == except) {
				continue;
			}
			Settling limiter = this.limiters[i];
			boolean taken = limiter.tryTake(cost(i, tokens));
			if (!taken && limiter.isUnenforced()) {
				letIn = (letIn != null) ? letIn : new boolean[count];
				letIn[i] = true;
			}
			else if (!taken) {
				putBack(tokens, stamps, i, except, letIn);
				return i;
			}
			else if (i < count - 1) {
				stamps[i] = limiter.stamp();
			}
		}
		for (int i = 0; letIn != null && i < count; i++) {
			if (letIn[i]) {
				this.limiters[i].letIn(cost(i, tokens), timeout(i, null));
			}
		}
		return TAKEN;
	}

	private void putBack(long tokens, long[] stamps, int count, int except, boolean @Nullable [] letIn) {
		for (int i = count - 1; i >= 0; i--) {
			if (i != except && (letIn == null || !letIn[i])) {
				this.limiters[i].untake(cost(i, tokens), stamps[i]);
			}
		}
	}

	private long timeout(int index, @Nullable Duration own) {
		Duration timeout = (own != null) ? own : LineLimiter.timeout(this.limiters[index].spec(), this.timeouts[index]);
		return Durations.toNanosSaturated(timeout);
	}

	/**
	 * Who to wait for; throws the refusal if that would take too long.
	 * @param missing who had no tokens a moment ago
	 */
	private int next(long tokens, int missing, @Nullable Duration timeout, long waited) {
		long longest = 0;
		int last = missing;
		int refusing = -1;
		boolean never = false;
		for (int i = 0; i < this.limiters.length; i++) {
			long wait = this.limiters[i].waitFor(cost(i, tokens));
			if (wait > longest) {
				longest = wait;
				last = i;
			}
			boolean tooLate = wait == Tokens.NEVER || (wait > 1 && wait > timeout(i, timeout) - waited);
			// Who has none now has nothing for those who may not wait.
			if ((tooLate || (i == missing && timeout(i, timeout) - waited <= 0))
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

	private Duration left(int index, @Nullable Duration timeout, long waited) {
		return Duration.ofNanos(Math.max(0, timeout(index, timeout) - waited));
	}

	private void takeAll(long tokens, @Nullable Duration timeout) {
		int missing = tryTake(tokens, -1);
		long arrived = (missing != TAKEN) ? now() : 0;
		while (missing != TAKEN) {
			long waited = now() - arrived;
			int next = next(tokens, missing, timeout, waited);
			Settling limiter = this.limiters[next];
			Duration left = left(next, timeout, waited);
			limiter.enter(cost(next, tokens), (configured) -> left);
			long stamp = limiter.stamp();
			missing = tryTake(tokens, next);
			if (missing != TAKEN) {
				limiter.untake(cost(next, tokens), stamp);
			}
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
		int missing = tryTake(tokens, -1);
		if (missing != TAKEN) {
			Settling limiter = this.limiters[missing];
			long cost = cost(missing, tokens);
			limiter.refuse((limiter.waitFor(cost) == Tokens.NEVER) ? RefusalReason.TOO_COSTLY : RefusalReason.FULL, 1,
					0, cost);
		}
		return missing == TAKEN;
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

		Waiting(long tokens, @Nullable Duration timeout, Executor executor) {
			this.tokens = tokens;
			this.timeout = timeout;
			this.executor = executor;
		}

		Waiting start() {
			int missing = tryTake(this.tokens, -1);
			if (missing == TAKEN) {
				complete(null);
				return this;
			}
			whenComplete((done, failure) -> leave());
			await(missing, 0);
			return this;
		}

		private void leave() {
			CompletableFuture<?> pending = this.pending;
			if (pending != null) {
				pending.cancel(false);
			}
		}

		/** Stand in line, once or, where there is no wait, again and again. */
		private void await(int missingFirst, long waitedFirst) {
			int missing = missingFirst;
			long waited = waitedFirst;
			try {
				while (missing != TAKEN && !isDone()) {
					int next = next(this.tokens, missing, this.timeout, waited);
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
					waited = now() - this.arrived;
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
			int missing = takeOthers(index);
			if (missing != TAKEN) {
				await(missing, now() - this.arrived);
			}
		}

		/** Take the rest; what it has goes back if that fails or nobody wants it. */
		private int takeOthers(int index) {
			Settling limiter = SeveralRateLimiters.this.limiters[index];
			long stamp = limiter.stamp();
			int missing = isDone() ? index : tryTake(this.tokens, index);
			if (missing == TAKEN && !complete(null)) {
				for (int i = 0; i < SeveralRateLimiters.this.limiters.length; i++) {
					if (i != index) {
						Settling other = SeveralRateLimiters.this.limiters[i];
						other.untake(cost(i, this.tokens), other.stamp());
					}
				}
				missing = index;
			}
			if (missing != TAKEN) {
				limiter.untake(cost(index, this.tokens), stamp);
			}
			return missing;
		}

	}

}
