package io.github.penstock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * A {@link RateLimiter} in this JVM: the {@link Tokens} of a bucket or of a sliding
 * window, and their successor after each change of the rate.
 */
final class TokenBucketLimiter extends LineLimiter implements RateLimiter {

	private static final VarHandle TOKENS;

	static {
		try {
			TOKENS = MethodHandles.lookup().findVarHandle(TokenBucketLimiter.class, "tokens", Tokens.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private volatile RateLimiterSpec configured;

	private final AtomicLong mostGranted = new AtomicLong();

	private volatile Tokens tokens;

	TokenBucketLimiter(String name, RateLimiterSpec spec, TimeSource time) {
		super(name, time);
		this.configured = Objects.requireNonNull(spec, "'spec' must not be null");
		this.tokens = Tokens.full(spec, time.nanoTime());
	}

	@Override
	public void enter() {
		enter(null);
	}

	@Override
	public void enter(@Nullable UnaryOperator<Duration> timeout) {
		if (!tryTake()) {
			takeLater(timeout(spec(), timeout));
		}
	}

	@Override
	public void acquire() throws InterruptedException {
		acquire(spec().timeout());
	}

	@Override
	public void acquire(Duration timeout) throws InterruptedException {
		if (tryTake()) {
			return;
		}
		try {
			takeLater(timeout);
		}
		catch (RateLimitExceededException ex) {
			throw interruptOr(ex);
		}
	}

	private void takeLater(Duration timeout) {
		await(Durations.toNanosSaturated(timeout), spec().maxWaiting());
	}

	@Override
	public boolean tryAcquire() {
		boolean taken = tryTake();
		if (!taken) {
			this.counters.refused(RefusalReason.FULL);
		}
		return taken;
	}

	@Override
	public CompletableFuture<@Nullable Void> acquireAsync() {
		return acquireAsync(spec().timeout(), defaultExecutor());
	}

	@Override
	public CompletableFuture<@Nullable Void> acquireAsync(Duration timeout, Executor executor) {
		if (tryTake()) {
			return CompletableFuture.completedFuture(null);
		}
		return joinAsync(Durations.toNanosSaturated(timeout), spec().maxWaiting(), executor, (waiter) -> null);
	}

	private boolean tryTake() {
		while (true) {
			Tokens tokens = this.tokens;
			long version = tokens.version();
			// The clock first: a token of later than the look at the line may be a
			// waiter's.
			long now = this.time.nanoTime();
			if (this.line.waiting() != 0) {
				return false;
			}
			if (take(now, now) == 0) {
				return true;
			}
			if (this.tokens == tokens && tokens.version() == version) {
				return false;
			}
			// Others have moved on since this thread read the clock.
		}
	}

	private long take(long now, long arrived) {
		while (true) {
			Tokens tokens = this.tokens;
			long wait = tokens.take(now, arrived);
			if (wait != Tokens.SUCCEED) {
				return wait;
			}
			succeed(tokens, tokens.spec);
		}
	}

	/** Put the successor in its place; false if another one is there already. */
	private boolean succeed(Tokens tokens, RateLimiterSpec spec) {
		tokens.freeze();
		return TOKENS.compareAndSet(this, tokens, tokens.successor(spec, this.time.nanoTime()));
	}

	@Override
	public long takeFor(Waiter first) {
		long now = this.time.nanoTime();
		if (take(now, first.arrivedAt) != 0) {
			return expectedFor(first, first, 0);
		}
		Tokens tokens = this.tokens;
		first.grantedBy = tokens.spec;
		first.stamp = tokens.stamp(now);
		return 0;
	}

	@Override
	public void untake(Waiter waiter) {
		this.counters.undone();
		Tokens tokens = this.tokens;
		while (tokens.spec == waiter.grantedBy && !tokens.untake(this.time.nanoTime(), waiter.stamp)) {
			tokens.freeze();
			if (TOKENS.compareAndSet(this, tokens, tokens.successorWithout(this.time.nanoTime(), waiter.stamp))) {
				break;
			}
			tokens = this.tokens;
		}
	}

	@Override
	public long expectedFor(Waiter waiter, Waiter first, int ahead) {
		return this.tokens.expected(waiter.arrivedAt, first.arrivedAt, ahead);
	}

	@Override
	public long available() {
		return (this.line.waiting() != 0) ? 0 : this.tokens.available(this.time.nanoTime());
	}

	@Override
	public LimiterStats stats() {
		// Between a grant and its carry the count is 8 short for a moment.
		long granted = granted();
		return this.counters.toStats(this.mostGranted.accumulateAndGet(granted, Math::max));
	}

	private long granted() {
		while (true) {
			Tokens tokens = this.tokens;
			long granted = tokens.granted();
			if (!tokens.isFrozen()) {
				return granted;
			}
			succeed(tokens, tokens.spec);
		}
	}

	@Override
	public RateLimiterSpec spec() {
		return this.tokens.spec;
	}

	@Override
	public RateLimiterSpec configured() {
		return this.configured;
	}

	@Override
	public RateLimiterSpec change(UnaryOperator<RateLimiterSpec> change) {
		return change(change, LimiterListener.Cause.CHANGED);
	}

	private RateLimiterSpec change(UnaryOperator<RateLimiterSpec> change, LimiterListener.Cause cause) {
		while (true) {
			// Who is due already gets the tokens of the old rate.
			this.line.serve();
			Tokens tokens = this.tokens;
			RateLimiterSpec after = Objects.requireNonNull(change.apply(tokens.spec),
					"The new values must not be null");
			if (after.equals(tokens.spec)) {
				return tokens.spec;
			}
			if (succeed(tokens, after)) {
				this.line.serveAnew();
				this.counters.listeners().changed(cause, tokens.spec, after);
				return after;
			}
		}
	}

	@Override
	public void reset() {
		change((before) -> this.configured, LimiterListener.Cause.RESET);
	}

	@Override
	public void configure(RateLimiterSpec configured) {
		RateLimiterSpec before = this.configured;
		this.configured = configured;
		change((current) -> current.following(before, configured), LimiterListener.Cause.CONFIGURED);
	}

	@Override
	LimitExceededException refusal(RefusalReason reason, long retryAfterNanos, long waitedNanos) {
		Tokens tokens = this.tokens;
		int waiting = waiting();
		long now = this.time.nanoTime();
		long retryAfter = (retryAfterNanos > 0) ? retryAfterNanos : tokens.expected(now, now, waiting);
		return new RateLimitExceededException(name(), reason, retryAfter, tokens.rate, tokens.burst, waiting,
				waitedNanos);
	}

}
