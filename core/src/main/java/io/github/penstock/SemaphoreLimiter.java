package io.github.penstock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
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
final class SemaphoreLimiter extends PaddingAfterCounters implements ConcurrencyLimiter {

	private static final int EPOCH_BITS = 10;

	private static final long EPOCH = 1L << (Long.SIZE - EPOCH_BITS);

	private static final int MEASURED_EACH = 128;

	private static final long REFUSED = 0;

	static final long TAKEN = 2;

	/** Of a call that would have been refused, and has none of the permits. */
	private static final long NOTHING = 6;

	/** Checked out with the stamp {@link #TAKEN}. */
	private static final Object UNMEASURED = TAKEN;

	/** The entry of a call that holds a permit already. */
	static final Object NESTED = new long[4];

	private static final VarHandle SPEC;

	static {
		try {
			SPEC = MethodHandles.lookup().findVarHandle(SemaphoreLimiter.class, "spec", ConcurrencyLimiterSpec.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final long number;

	private volatile ConcurrencyLimiterSpec configured;

	private volatile ConcurrencyLimiterSpec spec;

	private final AtomicReference<@Nullable KeyedPermits> keyed = new AtomicReference<>();

	/** Permits that were out when this took the place of something else. */
	private volatile int begunWith;

	SemaphoreLimiter(String name, ConcurrencyLimiterSpec spec, TimeSource time) {
		super(new Identity(name, time));
		this.configured = Objects.requireNonNull(spec, "'spec' must not be null");
		this.spec = spec;
		this.number = LimiterNumbers.number(this);
	}

	/** The permits of a key, which its scopes know by that number. */
	SemaphoreLimiter(Identity identity, ConcurrencyLimiterSpec spec, long number) {
		super(identity);
		this.configured = spec;
		this.spec = spec;
		this.number = number;
	}

	/** Have so many permits out, unless that was said before. */
	void beginWith(int inUse) {
		if (inUse > 0 && this.issued == 0 && ISSUED.compareAndSet(this, 0L, (long) inUse)) {
			this.begunWith = inUse;
		}
	}

	/** What the scopes of a thread know this limiter by. */
	long number() {
		return this.number;
	}

	@Override
	public Object enter() {
		return enter((UnaryOperator<Duration>) null);
	}

	@Override
	public Object enter(@Nullable UnaryOperator<Duration> timeout) {
		long[] open = Scopes.current();
		if (open[0] == 0) {
			long stamp = tryTake();
			if (stamp != REFUSED) {
				open[0] = this.number;
				open[1] = stamp;
				return open;
			}
		}
		return enterDeeperOrLater(timeout);
	}

	private Object enterDeeperOrLater(@Nullable UnaryOperator<Duration> timeout) {
		long[] open = Scopes.current();
		for (int scope = 0; open[2 * scope] != 0; scope++) {
			if (open[2 * scope] == this.number) {
				return NESTED;
			}
			SemaphorePermit share = SemaphorePermit.share(this, open, scope);
			if (share != null) {
				return enter(share);
			}
		}
		long stamp = tryTake();
		if (stamp == REFUSED) {
			stamp = takeLater(Durations.toNanosSaturated(timeout(this.spec, timeout)));
		}
		try {
			return Scopes.push(this.number, stamp);
		}
		catch (Throwable ex) {
			giveBack(stamp);
			throw ex;
		}
	}

	private static Object enter(SemaphorePermit share) {
		try {
			Scopes.push(share);
			return share;
		}
		catch (Throwable ex) {
			share.close();
			throw ex;
		}
	}

	@Override
	public void exit(Object entry) {
		if (entry instanceof long[] open && open[0] == this.number && open[2] == 0) {
			open[0] = 0;
			giveBack(open[1]);
		}
		else if (entry instanceof KeyPermits ofKey) {
			ofKey.exit();
		}
		else if (entry instanceof KeyedPermits.LineEntry ofKey) {
			ofKey.exit();
		}
		else if (entry != NESTED) {
			exitDeeper(entry);
		}
	}

	private void exitDeeper(Object entry) {
		int scope = (entry instanceof SemaphorePermit share) ? Scopes.find(share) : Scopes.findEntered(this.number);
		if (scope < 0) {
			throw new IllegalStateException("This thread is in no scope of bulkhead '" + name() + "'");
		}
		SemaphorePermit permit = Scopes.permit(scope);
		long stamp = Scopes.current()[2 * scope + 1];
		Scopes.exit(scope);
		if (permit != null) {
			permit.close();
		}
		else {
			giveBack(stamp);
		}
	}

	@Override
	public Permit acquire() throws InterruptedException {
		return acquire(this.spec.timeout());
	}

	@Override
	public Permit acquire(Duration timeout) throws InterruptedException {
		try {
			return take(timeout);
		}
		catch (BulkheadFullException ex) {
			throw interruptOr(ex);
		}
	}

	/** Take a permit as {@link #enter} does, which opens no scope. */
	SemaphorePermit take(@Nullable UnaryOperator<Duration> timeout) {
		SemaphorePermit permit = shareOrTake();
		return (permit != null) ? permit : permit(takeLater(Durations.toNanosSaturated(timeout(this.spec, timeout))));
	}

	private SemaphorePermit take(Duration timeout) {
		SemaphorePermit permit = shareOrTake();
		return (permit != null) ? permit : permit(takeLater(Durations.toNanosSaturated(timeout)));
	}

	@Override
	public @Nullable Permit tryAcquire() {
		Permit permit = shareOrTake();
		if (permit == null) {
			ConcurrencyLimiterSpec spec = this.spec;
			long stamp = takeUnenforced(spec, 0);
			if (stamp != REFUSED) {
				return permit(stamp);
			}
			countRefused((spec.max() == 0) ? RefusalReason.CLOSED : RefusalReason.FULL);
		}
		return permit;
	}

	@Override
	public CompletableFuture<Permit> acquireAsync() {
		return acquireAsync(this.spec.timeout(), defaultExecutor());
	}

	@Override
	public CompletableFuture<Permit> acquireAsync(Duration timeout, Executor executor) {
		SemaphorePermit permit = shareOrTake();
		return (permit != null) ? permit.asFuture() : acquireLater(timeout, executor, null);
	}

	/** Stand in line for a permit of a caller, if anybody wants to know who that is. */
	CompletableFuture<Permit> acquireLater(Duration timeout, Executor executor, CallTracker.@Nullable Entry caller) {
		ConcurrencyLimiterSpec spec = this.spec;
		long timeoutNanos = (spec.max() == 0) ? 0 : Durations.toNanosSaturated(timeout);
		long stamp = takeUnenforced(spec, timeoutNanos);
		if (stamp != REFUSED) {
			SemaphorePermit permit = permit(stamp);
			return ((caller != null) ? permit.hold(caller.enter()) : permit).asFuture();
		}
		if (caller == null) {
			return joinAsync(timeoutNanos, spec.maxWaiting(), 1, executor,
					(waiter) -> new SemaphorePermit(this, waiter.stamp));
		}
		return joinAsync(timeoutNanos, spec.maxWaiting(), 1, executor,
				(waiter) -> new SemaphorePermit(this, waiter.stamp).hold(caller.enter()), caller::leave);
	}

	@Override
	public boolean isHeldByCurrentThread() {
		return SemaphorePermit.isInScope(this);
	}

	private long takeLater(long timeoutNanos) {
		ConcurrencyLimiterSpec spec = this.spec;
		long waitNanos = (spec.max() == 0) ? 0 : timeoutNanos;
		long stamp = takeUnenforced(spec, waitNanos);
		return (stamp != REFUSED) ? stamp : await(waitNanos, spec.maxWaiting(), 1).stamp;
	}

	/**
	 * Let a call in for which the limit does not hold, and find out what would have
	 * become of it. One that would have waited is counted as running; so those beyond the
	 * limit are the line that there would be.
	 */
	private long takeUnenforced(ConcurrencyLimiterSpec spec, long timeoutNanos) {
		if (spec.enforce() == LimiterSpec.ENFORCED || this.counters.isEnforced(spec.enforce())) {
			return REFUSED;
		}
		int ahead = Math.max(0, inUse() - spec.max());
		RefusalReason refusal = null;
		if (timeoutNanos <= 0) {
			refusal = (spec.max() == 0) ? RefusalReason.CLOSED : RefusalReason.FULL;
		}
		else if (ahead >= spec.maxWaiting()) {
			refusal = RefusalReason.LINE_FULL;
		}
		else if (this.counters.expectedWaitNanos(spec.max(), ahead) > timeoutNanos) {
			refusal = RefusalReason.TIMED_OUT;
		}
		if (refusal != null) {
			this.counters.wouldRefuse(refusal);
			return NOTHING;
		}
		long issued = (long) ISSUED.getAndAdd(this, 1L);
		return stamp(issued);
	}

	@Override
	public @Nullable Permit tryShare() {
		SemaphorePermit permit = SemaphorePermit.ofScope(this);
		return (permit != null) ? permit.lend() : null;
	}

	@Nullable SemaphorePermit shareOrTake() {
		SemaphorePermit share = SemaphorePermit.shareOfScope(this);
		if (share != null) {
			return share;
		}
		long stamp = tryTake();
		return (stamp != REFUSED) ? permit(stamp) : null;
	}

	private SemaphorePermit permit(long stamp) {
		try {
			return new SemaphorePermit(this, stamp);
		}
		catch (Throwable ex) {
			giveBack(stamp);
			throw ex;
		}
	}

	@Override
	public @Nullable Object tryCheckOut() {
		long stamp = tryTake();
		if (stamp == REFUSED) {
			stamp = takeUnenforced(this.spec, 0);
		}
		return (stamp != REFUSED) ? entry(stamp) : null;
	}

	@Override
	public Object checkOut() {
		long stamp = tryTake();
		return entry((stamp != REFUSED) ? stamp : takeLater(Durations.toNanosSaturated(this.spec.timeout())));
	}

	private Object entry(long stamp) {
		try {
			return (stamp != TAKEN) ? (Object) stamp : UNMEASURED;
		}
		catch (Throwable ex) {
			giveBack(stamp);
			throw ex;
		}
	}

	@Override
	public void checkIn(Object permit) {
		giveBack((permit instanceof Long stamp) ? stamp : TAKEN);
	}

	private long tryTake() {
		StackRoom.touch();
		long issued = this.issued;
		while (inUse(issued) < this.spec.max() && this.line.waiting() == 0) {
			long stamp = stamp(issued);
			long seen = (long) ISSUED.compareAndExchange(this, issued, issued + 1);
			if (seen == issued) {
				return stamp;
			}
			// This processor has the cache line now; to read again might mean to wait.
			issued = seen;
		}
		return REFUSED;
	}

	void giveBack(long stamp) {
		if (stamp == NOTHING) {
			return;
		}
		// First of all: whatever fails after it, the permit is back.
		RETURNED.getAndAdd(this, 1L);
		if ((stamp & 1) != 0) {
			measure(stamp);
		}
		this.line.serveNow();
	}

	private void measure(long stamp) {
		try {
			this.counters.held(Math.max(0, this.time.nanoTime() - stamp));
		}
		catch (Throwable ex) {
			// One of very many measurements.
		}
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
		// First of all, and once: the line tries again what has thrown.
		RETURNED.getAndAdd(this, 1L);
		this.counters.undone();
	}

	@Override
	public long expectedFor(Waiter waiter, Waiter first, long ahead) {
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
		KeyedPermits keyed = this.keyed.get();
		return this.counters.toStats((this.issued & (EPOCH - 1)) + ((keyed != null) ? keyed.granted() : 0));
	}

	/** What is there for keys, from now on. */
	KeyedPermits keyed() {
		KeyedPermits keyed = this.keyed.get();
		if (keyed == null) {
			this.keyed.compareAndSet(null, new KeyedPermits(this));
			keyed = Objects.requireNonNull(this.keyed.get());
		}
		return keyed;
	}

	@Override
	public Object enter(Object key, @Nullable String plan, @Nullable UnaryOperator<Duration> timeout) {
		return keyed().enter(Keys.of(key), plan, timeout);
	}

	@Override
	public ConcurrencyLimiter forKey(Object key, @Nullable String plan) {
		return new KeyConcurrencyLimiter(this, null, Keys.of(key), plan);
	}

	@Override
	public LimiterKeys keys(int most) {
		KeyedPermits keyed = this.keyed.get();
		return (keyed != null) ? keyed.keys(most) : new LimiterKeys(0, 0, List.of(), List.of());
	}

	@Override
	public int waiting() {
		KeyedPermits keyed = this.keyed.get();
		return this.line.waiting() + ((keyed != null) ? keyed.waiting() : 0);
	}

	@Override
	public void shutdown() {
		this.line.close();
		KeyedPermits keyed = this.keyed.get();
		if (keyed != null) {
			keyed.shutdown();
		}
	}

	@Override
	boolean isUntouched(@Nullable Tokens untouched, long now) {
		return inUse() == 0;
	}

	@Override
	long grantedOfKey() {
		return (this.issued & (EPOCH - 1)) - this.begunWith;
	}

	@Override
	long availableOfKey() {
		return available();
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
		return change(change, LimiterListener.Cause.CHANGED);
	}

	private ConcurrencyLimiterSpec change(UnaryOperator<ConcurrencyLimiterSpec> change, LimiterListener.Cause cause) {
		ConcurrencyLimiterSpec before;
		ConcurrencyLimiterSpec after;
		do {
			before = this.spec;
			after = Objects.requireNonNull(change.apply(before), "The new values must not be null");
		}
		while (!SPEC.compareAndSet(this, before, after));
		ISSUED.getAndAdd(this, EPOCH);
		this.line.serve();
		KeyedPermits keyed = this.keyed.get();
		if (keyed != null) {
			keyed.adopt();
		}
		this.counters.listeners().changed(cause, before, after);
		return after;
	}

	/** Have the values that all keys of a plan have, of which nobody needs to hear. */
	void adopt(ConcurrencyLimiterSpec spec) {
		this.spec = spec;
		ISSUED.getAndAdd(this, EPOCH);
		this.line.serve();
	}

	@Override
	public void reset() {
		change((before) -> this.configured, LimiterListener.Cause.RESET);
	}

	@Override
	public void configure(ConcurrencyLimiterSpec configured) {
		ConcurrencyLimiterSpec before = this.configured;
		this.configured = configured;
		change((current) -> current.following(before, configured), LimiterListener.Cause.CONFIGURED);
	}

	@Override
	LimitExceededException refusal(RefusalReason reason, long retryAfterNanos, long waitedNanos, long tokens) {
		int max = this.spec.max();
		int waiting = this.line.waiting();
		RefusalReason actual = (max == 0 && reason == RefusalReason.FULL) ? RefusalReason.CLOSED : reason;
		return new BulkheadFullException(name(), actual, this.counters.expectedWaitNanos(max, waiting), max, inUse(),
				waiting, waitedNanos, Scopes.describe(), key());
	}

	@Override
	public String toString() {
		return name();
	}

}
