package io.github.penstock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * A {@link ConcurrencyLimiter} in this JVM.
 * <p>
 * <b>Two counters that only grow.</b> {@code issued} counts the permits handed out,
 * {@code returned} those that came back; their difference is in use. To take one is a
 * compare-and-set of {@code issued}, to give it back an addition to {@code returned}:
 * nothing else happens while nobody waits, and the number of grants is counted for free.
 * <p>
 * <b>Why it is safe.</b> A taker reads {@code issued}, then {@code returned}, the line
 * and the limit. If its compare-and-set succeeds nobody was let in since, and more may
 * have come back, so that at most {@code max} are in use. What it read as full was full
 * at the moment when it read {@code returned}.
 * <p>
 * <b>Changing the limit.</b> The upper {@value #EPOCH_BITS} bits of {@code issued} number
 * the changes. A change publishes the new limit and then adds one there, which fails
 * every taker that still has the old limit in hand: once a shrink has returned, nobody is
 * let in by the limit of before.
 * <p>
 * <b>Hold times.</b> Reading the clock costs more than the whole of the above, so that it
 * is read for the first of each {@value #MEASURED_EACH} permits only. A <i>stamp</i>
 * tells how a permit was taken: even numbers are the constants below, odd ones the time.
 */
final class SemaphoreLimiter extends LineLimiter implements ConcurrencyLimiter {

	private static final int EPOCH_BITS = 10;

	private static final long EPOCH = 1L << (Long.SIZE - EPOCH_BITS);

	private static final int MEASURED_EACH = 64;

	private static final long REFUSED = 0;

	private static final long TAKEN = 2;

	private static final long NESTED = 4;

	private static final long LONGEST_ESTIMATE = TimeUnit.MINUTES.toNanos(1);

	private static final VarHandle ISSUED;

	private static final VarHandle RETURNED;

	private static final VarHandle SPEC;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			ISSUED = lookup.findVarHandle(SemaphoreLimiter.class, "issued", long.class);
			RETURNED = lookup.findVarHandle(SemaphoreLimiter.class, "returned", long.class);
			SPEC = lookup.findVarHandle(SemaphoreLimiter.class, "spec", ConcurrencyLimiterSpec.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private volatile ConcurrencyLimiterSpec configured;

	private volatile ConcurrencyLimiterSpec spec;

	private volatile long issued;

	private volatile long returned;

	SemaphoreLimiter(String name, ConcurrencyLimiterSpec spec, TimeSource time) {
		super(name, time);
		this.configured = Objects.requireNonNull(spec, "'spec' must not be null");
		this.spec = spec;
	}

	@Override
	public long enter() {
		@Nullable Object[] scopes = Scopes.current();
		int depth = 0;
		for (Object scope; (scope = scopes[depth]) != null; depth++) {
			if (scope == this) {
				return NESTED;
			}
			if (scope instanceof SemaphorePermit permit && permit.isOf(this)) {
				SemaphorePermit share = permit.share();
				if (share != null) {
					scopes[Scopes.size(scopes)] = share;
					return TAKEN;
				}
			}
		}
		long stamp = tryTake();
		if (stamp == REFUSED) {
			stamp = takeLater(Durations.toNanosSaturated(this.spec.timeout()));
			// Whoever waits may serve others, whose executors may run code on this
			// thread.
			scopes = Scopes.current();
			depth = Scopes.size(scopes);
		}
		scopes[depth] = this;
		return stamp;
	}

	@Override
	public void exit(long stamp) {
		if (stamp == NESTED) {
			return;
		}
		Object scope = Scopes.closeLast(this);
		if (scope == this) {
			giveBack(stamp);
		}
		else if (scope instanceof SemaphorePermit permit) {
			permit.close(stamp);
		}
		else {
			throw new IllegalStateException("This thread is in no scope of bulkhead '" + name() + "'");
		}
	}

	@Override
	public Permit acquire() throws InterruptedException {
		return acquire(this.spec.timeout());
	}

	@Override
	public Permit acquire(Duration timeout) throws InterruptedException {
		Permit permit = shareOrTake();
		if (permit != null) {
			return permit;
		}
		try {
			return new SemaphorePermit(this, takeLater(Durations.toNanosSaturated(timeout)));
		}
		catch (BulkheadFullException ex) {
			throw interruptOr(ex);
		}
	}

	@Override
	public @Nullable Permit tryAcquire() {
		Permit permit = shareOrTake();
		if (permit == null) {
			this.tallies.refused((this.spec.max() == 0) ? RefusalReason.CLOSED : RefusalReason.FULL);
		}
		return permit;
	}

	@Override
	public CompletableFuture<Permit> acquireAsync() {
		return acquireAsync(this.spec.timeout(), defaultExecutor());
	}

	@Override
	public CompletableFuture<Permit> acquireAsync(Duration timeout, Executor executor) {
		Permit permit = shareOrTake();
		if (permit != null) {
			return CompletableFuture.completedFuture(permit);
		}
		ConcurrencyLimiterSpec spec = this.spec;
		long timeoutNanos = (spec.max() == 0) ? 0 : Durations.toNanosSaturated(timeout);
		return joinAsync(timeoutNanos, spec.maxWaiting(), executor,
				(waiter) -> new SemaphorePermit(this, waiter.stamp));
	}

	private long takeLater(long timeoutNanos) {
		ConcurrencyLimiterSpec spec = this.spec;
		return await((spec.max() == 0) ? 0 : timeoutNanos, spec.maxWaiting()).stamp;
	}

	private @Nullable SemaphorePermit shareOrTake() {
		@Nullable Object[] scopes = Scopes.current();
		int depth = 0;
		for (Object scope; (scope = scopes[depth]) != null; depth++) {
			if (scope == this) {
				scope = new SemaphorePermit(this, TAKEN);
				scopes[depth] = scope;
			}
			if (scope instanceof SemaphorePermit permit && permit.isOf(this)) {
				SemaphorePermit share = permit.share();
				if (share != null) {
					return share;
				}
			}
		}
		long stamp = tryTake();
		return (stamp != REFUSED) ? new SemaphorePermit(this, stamp) : null;
	}

	private long tryTake() {
		while (true) {
			long issued = this.issued;
			if (inUse(issued) >= this.spec.max() || this.line.waiting() != 0) {
				return REFUSED;
			}
			long stamp = stamp(issued);
			if (ISSUED.compareAndSet(this, issued, issued + 1)) {
				return stamp;
			}
		}
	}

	void giveBack(long stamp) {
		if ((stamp & 1) != 0) {
			this.tallies.held(Math.max(0, this.time.nanoTime() - stamp));
		}
		RETURNED.getAndAdd(this, 1L);
		this.line.serve();
	}

	@Override
	public long takeFor(Waiter first) {
		while (true) {
			long issued = this.issued;
			if (inUse(issued) >= this.spec.max()) {
				return UNKNOWN;
			}
			first.stamp = stamp(issued);
			if (ISSUED.compareAndSet(this, issued, issued + 1)) {
				return 0;
			}
		}
	}

	@Override
	public void untake(Waiter waiter) {
		this.tallies.undone();
		RETURNED.getAndAdd(this, 1L);
	}

	@Override
	public long expectedFor(Waiter waiter, Waiter first, int ahead) {
		return UNKNOWN;
	}

	private long stamp(long issued) {
		return ((issued & (MEASURED_EACH - 1)) == 0) ? this.time.nanoTime() | 1 : TAKEN;
	}

	private int inUse(long issued) {
		return (int) (((issued - this.returned) << EPOCH_BITS) >> EPOCH_BITS);
	}

	@Override
	public int max() {
		return this.spec.max();
	}

	@Override
	public int inUse() {
		long issued = this.issued;
		int inUse = inUse(issued);
		for (long again = this.issued; again != issued; again = this.issued) {
			issued = again;
			inUse = inUse(issued);
		}
		return inUse;
	}

	@Override
	public int available() {
		return Math.max(0, this.spec.max() - inUse());
	}

	@Override
	public LimiterStats stats() {
		return this.tallies.toStats(this.issued & (EPOCH - 1));
	}

	@Override
	public ConcurrencyLimiterSpec spec() {
		return this.spec;
	}

	@Override
	public ConcurrencyLimiterSpec configured() {
		return this.configured;
	}

	@Override
	public ConcurrencyLimiterSpec change(UnaryOperator<ConcurrencyLimiterSpec> change) {
		ConcurrencyLimiterSpec before;
		ConcurrencyLimiterSpec after;
		do {
			before = this.spec;
			after = Objects.requireNonNull(change.apply(before), "The new values must not be null");
		}
		while (!SPEC.compareAndSet(this, before, after));
		ISSUED.getAndAdd(this, EPOCH);
		this.line.serve();
		return after;
	}

	@Override
	public void reset() {
		change((before) -> this.configured);
	}

	@Override
	public void configure(ConcurrencyLimiterSpec configured) {
		ConcurrencyLimiterSpec before = this.configured;
		this.configured = configured;
		change((current) -> current.equals(before) ? configured : current);
	}

	@Override
	LimitExceededException refusal(RefusalReason reason, long retryAfterNanos, long waitedNanos) {
		int max = this.spec.max();
		int waiting = waiting();
		RefusalReason actual = (max == 0 && reason == RefusalReason.FULL) ? RefusalReason.CLOSED : reason;
		return new BulkheadFullException(name(), actual, estimateNanos(max, waiting), max, inUse(), waiting,
				waitedNanos, Scopes.describe());
	}

	/**
	 * When a newcomer would be served if each permit were held for the mean hold time.
	 */
	private long estimateNanos(int max, int waiting) {
		double turns = (waiting + 1.0) / Math.max(1, max);
		return (long) Math.min(this.tallies.meanHoldNanos() * turns, LONGEST_ESTIMATE);
	}

	@Override
	public String toString() {
		return name();
	}

}
