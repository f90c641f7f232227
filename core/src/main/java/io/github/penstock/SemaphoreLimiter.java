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
 * <b>Shared by several instances.</b> A limiter whose permits a {@link LimiterStore}
 * lends goes by {@code values} with as many permits as are lent (see
 * {@link PermitBorrower}). Each of its permits has the generation in its stamp that was
 * current when it was taken; the bits of {@code returned} that do not count have the
 * current one. When all permits that are out are lost, they are counted as returned and
 * the next generation begins, in one step; so each of them comes back once, when it is
 * lost or when it is given back.
 * <p>
 * <b>Hold times.</b> Reading the clock costs more than the whole of the above, so that it
 * is read for the first of each {@value #MEASURED_EACH} permits only. A <i>stamp</i>
 * tells how a permit was taken: even numbers are the constants below, odd ones the time.
 */
final class SemaphoreLimiter extends PaddingAfterCounters implements ConcurrencyLimiter {

	private static final int EPOCH_BITS = 10;

	private static final long EPOCH = 1L << (Long.SIZE - EPOCH_BITS);

	private static final int MEASURED_EACH = 128;

	private static final long MOST_GENERATION = 127;

	/** How many bits of the time the stamp of a shared limiter's permit gives away. */
	private static final int GENERATION_BITS = 8;

	private static final long REFUSED = 0;

	static final long TAKEN = 2;

	/** Of a call that would have been refused, and has none of the permits. */
	private static final long NOTHING = 6;

	/** Checked out with the stamp {@link #TAKEN}. */
	private static final Object UNMEASURED = TAKEN;

	/** The entry of a call that holds a permit already. */
	static final Object NESTED = new long[4];

	private static final VarHandle SPEC;

	private static final VarHandle PEAK;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			SPEC = lookup.findVarHandle(SemaphoreLimiter.class, "spec", ConcurrencyLimiterSpec.class);
			PEAK = lookup.findVarHandle(SemaphoreLimiter.class, "peak", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final long number;

	private volatile ConcurrencyLimiterSpec configured;

	/** What it goes by. */
	private volatile ConcurrencyLimiterSpec spec;

	/** What was asked for where it may not be in force, as there is a store. */
	private final @Nullable AtomicReference<ConcurrencyLimiterSpec> values;

	private final @Nullable PermitBorrower borrower;

	private final AtomicReference<@Nullable KeyedPermits> keyed = new AtomicReference<>();

	/** See {@link StoreAccess#changes}, of what it goes by. */
	private volatile int outageChanges;

	/** Whether all permits that are out are being lost just now: nobody takes one. */
	private volatile boolean losing;

	/**
	 * The most permits that were out at once since it was asked for. Read by each call
	 * and hardly ever written, so that it stays on the cache lines of all processors.
	 */
	private int peak;

	/** Permits that were out when this took the place of something else. */
	private volatile int begunWith;

	SemaphoreLimiter(String name, ConcurrencyLimiterSpec spec, TimeSource time) {
		this(name, spec, time, null);
	}

	SemaphoreLimiter(String name, ConcurrencyLimiterSpec spec, TimeSource time, @Nullable StoreAccess access) {
		super(new Identity(name, time, access));
		this.configured = Objects.requireNonNull(spec, "'spec' must not be null");
		this.values = (access != null) ? new AtomicReference<>(spec) : null;
		this.borrower = (access != null) ? new PermitBorrower(this, access) : null;
		this.spec = inForce(spec);
		this.number = LimiterNumbers.number(this);
		if (access != null) {
			access.onChange(this::outageChanged);
		}
	}

	/** The permits of a key, which its scopes know by that number. */
	SemaphoreLimiter(Identity identity, ConcurrencyLimiterSpec spec, long number) {
		super(identity);
		this.configured = spec;
		this.values = (this.access != null) ? new AtomicReference<>(spec) : null;
		this.borrower = (this.access != null) ? new PermitBorrower(this, this.access) : null;
		this.spec = inForce(spec);
		this.number = number;
	}

	/** What was asked for. */
	private ConcurrencyLimiterSpec values() {
		return (this.values != null) ? this.values.get() : this.spec;
	}

	/** What it has to go by. */
	private ConcurrencyLimiterSpec inForce() {
		return inForce(values());
	}

	private ConcurrencyLimiterSpec inForce(ConcurrencyLimiterSpec values) {
		if (this.borrower == null || this.access == null) {
			return values;
		}
		// What was lent may have been by a limit of before.
		return values.withMax(
				this.access.isOut() ? this.access.permitsOf(values) : Math.min(values.max(), this.borrower.lent()));
	}

	private int outageChanges() {
		return (this.access != null) ? this.access.changes() : 0;
	}

	/**
	 * Go by what is lent now, and by the values as they are now. Each time by another
	 * object, even if it equals the one before: what somebody else has worked out from
	 * older values can then not come into force any more.
	 */
	void putInForce() {
		ConcurrencyLimiterSpec before;
		do {
			this.outageChanges = outageChanges();
			do {
				before = this.spec;
			}
			while (this.values != null && !SPEC.compareAndSet(this, before, inForce()));
		}
		while (!inForce().equals(this.spec));
		ISSUED.getAndAdd(this, EPOCH);
	}

	private void outageChanged() {
		KeyedPermits keyed = this.keyed.get();
		if (this.borrower != null) {
			this.borrower.outageChanged();
		}
		if (keyed != null) {
			keyed.outageChanged();
		}
		tellOfOutage();
	}

	/** Of a key: an outage has begun or ended. */
	void ofKeyOutageChanged() {
		if (this.borrower != null) {
			this.borrower.outageChanged();
		}
	}

	/**
	 * Do something when a permit that was taken now has been held for as long as may be.
	 * @return keeps it from being done, {@code null} if there is no such bound
	 */
	@Nullable Runnable expireLater(Runnable action) {
		Sharing sharing = values().sharing();
		Duration most = (sharing != null) ? sharing.maxHold() : null;
		return (most != null) ? this.time.schedule(action, Durations.toNanosSaturated(most)) : null;
	}

	/** Tell that permits were held for too long, or not renewed in time. */
	void tellOfLoss(int permits) {
		LimiterThreads.executeOffTimer(() -> this.counters.listeners().lost(permits), this.time);
	}

	/** Of a key that may have come when an outage had just begun or ended. */
	void catchUpOnOutage() {
		if (this.outageChanges != outageChanges()) {
			ofKeyOutageChanged();
		}
	}

	/**
	 * All permits that are out are somebody else's: they do not come back any more.
	 * @return how many that are
	 */
	int lose() {
		this.losing = true;
		try {
			// Whoever has looked before this takes none, and who looks after it waits.
			ISSUED.getAndAdd(this, EPOCH);
			long returned;
			int out;
			do {
				returned = this.returned;
				out = inUse(this.issued);
			}
			while (!RETURNED.compareAndSet(this, returned, returned + EPOCH + out));
			return out;
		}
		finally {
			this.losing = false;
		}
	}

	private long generation() {
		return (this.returned >>> (Long.SIZE - EPOCH_BITS)) & MOST_GENERATION;
	}

	/**
	 * Give a permit of a shared limiter back, unless it was lost, or came back before: to
	 * have fewer than none in use would let somebody in with a permit that nobody lent.
	 */
	private void giveBackShared(long stamp) {
		long returned;
		do {
			returned = this.returned;
			// Read in that order: whoever takes one meanwhile makes it more.
			if (inUse(this.issued, returned) <= 0 || isLost(stamp)) {
				return;
			}
		}
		while (!RETURNED.compareAndSet(this, returned, returned + 1));
	}

	private boolean isLost(long stamp) {
		return (stamp & 1) != 0 && ((stamp >> 1) & MOST_GENERATION) != generation();
	}

	/** Whether a permit with that stamp is still one. */
	boolean isValid(long stamp) {
		return this.borrower == null || (!isLost(stamp) && this.borrower.isValid(this.time.nanoTime()));
	}

	@Override
	@Nullable PermitBorrower borrower() {
		return this.borrower;
	}

	@Override
	public int mostWaiting() {
		return (this.borrower != null && !this.borrower.isAsking()) ? values().maxWaiting() : Integer.MAX_VALUE;
	}

	@Override
	boolean isInForce() {
		return inForce().equals(this.spec);
	}

	@Override
	boolean isShut() {
		return this.access != null && this.access.isShut(values());
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
		long[] open = Scopes.currentOrNone();
		if (open[0] == 0 && open != Scopes.NONE) {
			long stamp = tryTake();
			if (stamp != REFUSED) {
				open[0] = this.number;
				open[1] = stamp;
				return open;
			}
		}
		return enterDeeperOrLater(open, timeout);
	}

	private Object enterDeeperOrLater(long[] open, @Nullable UnaryOperator<Duration> timeout) {
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
			// As takeLater() does, without its frame: a parked thread keeps its stack.
			long timeoutNanos = Durations.toNanosSaturated(timeout(this.spec, timeout));
			stamp = takeUnlessEnforced(timeoutNanos);
			if (stamp == REFUSED) {
				stamp = await(timeoutNanos, values().maxWaiting(), 1).stamp;
			}
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
		else if (entry instanceof long[] || entry instanceof SemaphorePermit) {
			// Asked first, as the classes of keys need not be there.
			if (entry != NESTED) {
				exitDeeper(entry);
			}
		}
		else if (entry instanceof KeyPermits ofKey) {
			ofKey.exit();
		}
		else if (entry instanceof KeyedPermits.LineEntry ofKey) {
			ofKey.exit();
		}
		else {
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
			ConcurrencyLimiterSpec spec = values();
			long stamp = takeUnenforced(spec, 0);
			if (stamp == REFUSED && asksStore() && spec.max() != 0) {
				stamp = takeIfLent();
			}
			else if (stamp == REFUSED) {
				countRefused((spec.max() == 0) ? RefusalReason.CLOSED
						: isShut() ? RefusalReason.UNAVAILABLE : RefusalReason.FULL);
			}
			return (stamp != REFUSED) ? permit(stamp) : null;
		}
		return permit;
	}

	/** Wait for the store to answer, and not for a permit. */
	private long takeIfLent() {
		try {
			return await(0, values().maxWaiting(), 1).stamp;
		}
		catch (LimitExceededException ex) {
			return REFUSED;
		}
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
		ConcurrencyLimiterSpec spec = values();
		long timeoutNanos = (spec.max() == 0) ? 0 : Durations.toNanosSaturated(timeout);
		long stamp = takeUnenforced(spec, timeoutNanos);
		if (stamp == REFUSED && spec.max() == 0) {
			return CompletableFuture.failedFuture(refuse(RefusalReason.CLOSED, 0, 0, 1));
		}
		if (stamp != REFUSED) {
			SemaphorePermit permit = permit(stamp);
			return ((caller != null) ? permit.hold(caller.enter()) : permit).asFuture();
		}
		if (caller == null) {
			return joinAsync(timeoutNanos, spec.maxWaiting(), 1, executor,
					(waiter) -> new SemaphorePermit(this, waiter.stamp));
		}
		AtomicReference<@Nullable SemaphorePermit> made = new AtomicReference<>();
		return joinAsync(timeoutNanos, spec.maxWaiting(), 1, executor, (waiter) -> {
			SemaphorePermit granted = new SemaphorePermit(this, waiter.stamp);
			// First: whatever fails after it, the permit expires for nobody.
			made.set(granted);
			return granted.hold(caller.enter());
		}, (waiter) -> ungrant(waiter, made.get(), caller));
	}

	/** Take a permit back that its call did not get. */
	private void ungrant(Waiter waiter, @Nullable SemaphorePermit permit, CallTracker.Entry caller) {
		try {
			if (permit == null || permit.forget()) {
				untake(waiter);
			}
			else {
				// It has expired meanwhile, and come back by that.
				this.counters.undone();
			}
		}
		finally {
			caller.leave();
		}
	}

	@Override
	public boolean isHeldByCurrentThread() {
		return SemaphorePermit.isInScope(this);
	}

	private long takeLater(long timeoutNanos) {
		long stamp = takeUnlessEnforced(timeoutNanos);
		return (stamp != REFUSED) ? stamp : await(timeoutNanos, values().maxWaiting(), 1).stamp;
	}

	/**
	 * Let a call in for which the limit does not hold.
	 * @return {@link #REFUSED} if it has to wait
	 */
	private long takeUnlessEnforced(long timeoutNanos) {
		ConcurrencyLimiterSpec spec = values();
		long stamp = takeUnenforced(spec, (spec.max() == 0) ? 0 : timeoutNanos);
		if (stamp == REFUSED && spec.max() == 0) {
			throw refuse(RefusalReason.CLOSED, 0, 0, 1);
		}
		return stamp;
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
		RefusalReason refusal = isFreeAtStore(spec) ? null : wouldRefuse(spec, timeoutNanos);
		if (refusal != null) {
			this.counters.wouldRefuse(refusal);
			return NOTHING;
		}
		if (this.borrower != null) {
			return takeBeyondLent();
		}
		peaked(inUse() + 1);
		return stamp((long) ISSUED.getAndAdd(this, 1L));
	}

	private @Nullable RefusalReason wouldRefuse(ConcurrencyLimiterSpec spec, long timeoutNanos) {
		if (timeoutNanos <= 0) {
			return (spec.max() == 0) ? RefusalReason.CLOSED : RefusalReason.FULL;
		}
		int ahead = Math.max(0, inUse() - spec.max());
		if (ahead >= spec.maxWaiting()) {
			return RefusalReason.LINE_FULL;
		}
		return (this.counters.expectedWaitNanos(spec.max(), ahead) > timeoutNanos) ? RefusalReason.TIMED_OUT : null;
	}

	/** Whether there is a permit that a call for which the limit holds would get. */
	private boolean isFreeAtStore(ConcurrencyLimiterSpec spec) {
		return this.borrower != null && asksStore() && inUse() < spec.max() && !this.borrower.isShort();
	}

	/** Take a permit though none may be lent, and have the store hear of it. */
	private long takeBeyondLent() {
		long issued;
		long stamp;
		do {
			issued = this.issued;
			if (this.losing) {
				this.counters.uncounted();
				return NOTHING;
			}
			stamp = sharedStamp(this.time.nanoTime());
			peaked(inUse(issued) + 1);
		}
		while (!ISSUED.compareAndSet(this, issued, issued + 1));
		this.line.serveNow();
		return stamp;
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
			stamp = takeUnenforced(values(), 0);
		}
		if (stamp == REFUSED && asksStore()) {
			stamp = takeIfLent();
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
		int inUse = inUse(issued);
		while (inUse < this.spec.max() && this.line.waiting() == 0) {
			long stamp = stamp(issued);
			if (stamp == REFUSED) {
				return REFUSED;
			}
			peaked(inUse + 1);
			long seen = (long) ISSUED.compareAndExchange(this, issued, issued + 1);
			if (seen == issued) {
				return stamp;
			}
			// This processor has the cache line now; to read again might mean to wait.
			issued = seen;
			inUse = inUse(issued);
		}
		return REFUSED;
	}

	/**
	 * So many permits are out as soon as the next one is. Before it is, so that nothing
	 * can fail once it is; if it is not, another one was, or the limit has changed.
	 */
	private void peaked(int inUse) {
		int peak = this.peak;
		while (inUse > peak && !PEAK.compareAndSet(this, peak, inUse)) {
			peak = this.peak;
		}
	}

	void giveBack(long stamp) {
		if (stamp == NOTHING) {
			return;
		}
		// First of all: whatever fails after it, the permit is back.
		if (this.borrower == null) {
			RETURNED.getAndAdd(this, 1L);
		}
		else {
			giveBackShared(stamp);
		}
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
			int inUse = inUse(issued);
			if (inUse >= this.spec.max()) {
				return expectedFor(first, first, 0);
			}
			first.stamp = stamp(issued);
			if (first.stamp == REFUSED) {
				return UNKNOWN;
			}
			peaked(inUse + 1);
			if (ISSUED.compareAndSet(this, issued, issued + 1)) {
				return 0;
			}
		}
	}

	@Override
	public void untake(Waiter waiter) {
		// First of all, and once: the line tries again what has thrown.
		if (this.borrower == null) {
			RETURNED.getAndAdd(this, 1L);
		}
		else {
			giveBackShared(waiter.stamp);
		}
		this.counters.undone();
	}

	@Override
	public long expectedFor(Waiter waiter, Waiter first, long ahead) {
		boolean refused = isShut() || (this.borrower != null && this.borrower.isHopeless(waiter));
		return refused ? Supply.tooLate(0) : UNKNOWN;
	}

	private long stamp(long issued) {
		if (this.borrower != null) {
			long now = this.time.nanoTime();
			return (this.borrower.isValid(now) && !this.losing) ? sharedStamp(now) : REFUSED;
		}
		return ((issued & (MEASURED_EACH - 1)) == 0) ? this.time.nanoTime() | 1 : TAKEN;
	}

	private long sharedStamp(long now) {
		return ((now >> GENERATION_BITS) << GENERATION_BITS) | (generation() << 1) | 1;
	}

	private int inUse(long issued) {
		return inUse(issued, this.returned);
	}

	private static int inUse(long issued, long returned) {
		return (int) (((issued - returned) << EPOCH_BITS) >> EPOCH_BITS);
	}

	@Override
	public int max() {
		return values().max();
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
	public int peakThenReset() {
		int inUse = inUse();
		return Math.max((int) PEAK.getAndSet(this, inUse), inUse);
	}

	@Override
	public int available() {
		int elsewhere = (this.borrower != null) ? this.borrower.elsewhere() : 0;
		return Math.max(0, values().max() - elsewhere - inUse());
	}

	@Override
	public @Nullable SharedStatus sharedStatus() {
		return (this.access != null && this.borrower != null) ? this.access.status(this.borrower.elsewhere() + inUse())
				: null;
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
			EngineClasses.initializeForKeys();
			keyed = makeKeyed();
		}
		return keyed;
	}

	KeyedPermits makeKeyed() {
		this.keyed.compareAndSet(null, new KeyedPermits(this));
		return Objects.requireNonNull(this.keyed.get());
	}

	@Override
	public Object enter(Object key, @Nullable String plan, @Nullable UnaryOperator<Duration> timeout) {
		return keyed().enter(Keys.of(key), plan, timeout);
	}

	@Override
	public ConcurrencyLimiter forKey(Object key, @Nullable String plan) {
		EngineClasses.initializeForKeys();
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
		return inUse() == 0 && (this.borrower == null || this.borrower.isIdle());
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
		return values();
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
			before = values();
			after = checked(Objects.requireNonNull(change.apply(before), "The new values must not be null"));
		}
		while (!replace(before, after));
		putValuesInForce();
		KeyedPermits keyed = this.keyed.get();
		if (keyed != null) {
			keyed.adopt();
		}
		this.counters.listeners().changed(cause, before, after);
		return after;
	}

	private boolean replace(ConcurrencyLimiterSpec before, ConcurrencyLimiterSpec after) {
		return (this.values != null) ? this.values.compareAndSet(before, after)
				: SPEC.compareAndSet(this, before, after);
	}

	/**
	 * Have the values that all keys of a plan have, of which nobody needs to hear, if the
	 * present ones are those that they were looked up for.
	 */
	void adopt(ConcurrencyLimiterSpec before, ConcurrencyLimiterSpec after) {
		if (replace(before, after)) {
			putValuesInForce();
		}
	}

	private void putValuesInForce() {
		if (this.borrower != null) {
			this.borrower.valuesChanged();
		}
		putInForce();
		this.line.serve();
	}

	@Override
	public void reset() {
		change((before) -> this.configured, LimiterListener.Cause.RESET);
	}

	@Override
	public void configure(ConcurrencyLimiterSpec configured) {
		ConcurrencyLimiterSpec before = this.configured;
		this.configured = checked(configured);
		change((current) -> current.following(before, configured), LimiterListener.Cause.CONFIGURED);
	}

	@Override
	LimitExceededException refusal(RefusalReason reason, long retryAfterNanos, long waitedNanos, long tokens) {
		int max = values().max();
		int waiting = this.line.waiting();
		RefusalReason actual = (isShut() && reason == RefusalReason.FULL) ? RefusalReason.UNAVAILABLE : reason;
		return new BulkheadFullException(name(), actual, this.counters.expectedWaitNanos(max, waiting), max, inUse(),
				waiting, waitedNanos, Scopes.describe(), key());
	}

	@Override
	public String toString() {
		return name();
	}

}
