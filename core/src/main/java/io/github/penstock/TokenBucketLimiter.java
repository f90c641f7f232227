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
 * A {@link RateLimiter} in this JVM: a {@link TokenBucket}, and its successor after each
 * change of the rate.
 */
final class TokenBucketLimiter extends LineLimiter implements RateLimiter {

	private static final VarHandle BUCKET;

	static {
		try {
			BUCKET = MethodHandles.lookup().findVarHandle(TokenBucketLimiter.class, "bucket", TokenBucket.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private volatile RateLimiterSpec configured;

	private final AtomicLong mostGranted = new AtomicLong();

	private volatile TokenBucket bucket;

	TokenBucketLimiter(String name, RateLimiterSpec spec, TimeSource time) {
		super(name, time);
		this.configured = Objects.requireNonNull(spec, "'spec' must not be null");
		this.bucket = new TokenBucket(spec, time.nanoTime(), new AtomicLong());
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
			TokenBucket bucket = this.bucket;
			long version = bucket.version();
			// The clock first: a token of later than the look at the line may be a
			// waiter's.
			long now = this.time.nanoTime();
			if (this.line.waiting() != 0) {
				return false;
			}
			if (take(now, now) == 0) {
				return true;
			}
			if (this.bucket == bucket && bucket.version() == version) {
				return false;
			}
			// Others have moved on since this thread read the clock.
		}
	}

	private long take(long now, long arrived) {
		while (true) {
			TokenBucket bucket = this.bucket;
			long wait = bucket.take(now, arrived);
			if (wait != TokenBucket.SUCCEED) {
				return wait;
			}
			succeed(bucket, bucket.spec);
		}
	}

	/** Put the bucket's successor in its place; false if another one is there already. */
	private boolean succeed(TokenBucket bucket, RateLimiterSpec spec) {
		bucket.freeze();
		return BUCKET.compareAndSet(this, bucket, bucket.successor(spec, this.time.nanoTime()));
	}

	@Override
	public long takeFor(Waiter first) {
		if (take(this.time.nanoTime(), first.arrivedAt) != 0) {
			return expectedFor(first, first, 0);
		}
		TokenBucket bucket = this.bucket;
		first.grantedBy = bucket.spec;
		first.stamp = bucket.fullAt();
		return 0;
	}

	@Override
	public void untake(Waiter waiter) {
		this.counters.undone();
		TokenBucket bucket = this.bucket;
		while (bucket.spec == waiter.grantedBy && !bucket.untake(this.time.nanoTime(), waiter.stamp)) {
			succeed(bucket, bucket.spec);
			bucket = this.bucket;
		}
	}

	@Override
	public long expectedFor(Waiter waiter, Waiter first, int ahead) {
		return this.bucket.expected(waiter.arrivedAt, first.arrivedAt, ahead);
	}

	@Override
	public long available() {
		return (this.line.waiting() != 0) ? 0 : this.bucket.available(this.time.nanoTime());
	}

	@Override
	public LimiterStats stats() {
		// Between a grant and its carry the count is 8 short for a moment.
		long granted = granted();
		return this.counters.toStats(this.mostGranted.accumulateAndGet(granted, Math::max));
	}

	private long granted() {
		while (true) {
			TokenBucket bucket = this.bucket;
			long granted = bucket.granted();
			if (!bucket.isFrozen()) {
				return granted;
			}
			succeed(bucket, bucket.spec);
		}
	}

	@Override
	public RateLimiterSpec spec() {
		return this.bucket.spec;
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
			TokenBucket bucket = this.bucket;
			RateLimiterSpec after = Objects.requireNonNull(change.apply(bucket.spec),
					"The new values must not be null");
			if (after.equals(bucket.spec)) {
				return bucket.spec;
			}
			if (succeed(bucket, after)) {
				this.line.serveAnew();
				this.counters.listeners().changed(cause, bucket.spec, after);
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
		TokenBucket bucket = this.bucket;
		int waiting = waiting();
		long now = this.time.nanoTime();
		long retryAfter = (retryAfterNanos > 0) ? retryAfterNanos : bucket.expected(now, now, waiting);
		return new RateLimitExceededException(name(), reason, retryAfter, bucket.rate, bucket.burst, waiting,
				waitedNanos);
	}

}
