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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * A {@link RateLimiter} in this JVM: the {@link Tokens} of a bucket or of a sliding
 * window, and their successor after each change of the rate.
 */
final class TokenBucketLimiter extends LineLimiter implements Settling {

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

	/** What was asked for where it may not be in force, as there is a store. */
	private final @Nullable AtomicReference<RateLimiterSpec> values;

	private final @Nullable TokenBorrower borrower;

	private final AtomicReference<@Nullable KeyedTokens> keyed = new AtomicReference<>();

	TokenBucketLimiter(String name, RateLimiterSpec spec, TimeSource time) {
		this(name, spec, time, null);
	}

	TokenBucketLimiter(String name, RateLimiterSpec spec, TimeSource time, @Nullable StoreAccess access) {
		super(new Identity(name, time, access));
		this.configured = Objects.requireNonNull(spec, "'spec' must not be null");
		this.borrower = (access != null) ? new TokenBorrower(this, access) : null;
		this.values = (access != null) ? new AtomicReference<>(spec) : null;
		this.tokens = Tokens.full(spec, time.nanoTime());
		if (access != null) {
			access.onChange(this::outageChanged);
		}
	}

	/** The supply of a key that goes on with these tokens. */
	TokenBucketLimiter(Identity identity, Tokens tokens) {
		super(identity);
		this.configured = tokens.spec;
		this.borrower = (this.access != null) ? new TokenBorrower(this, this.access) : null;
		this.values = null;
		this.tokens = tokens;
	}

	@Override
	@Nullable TokenBorrower borrower() {
		return this.borrower;
	}

	@Override
	public int mostWaiting() {
		return (this.borrower != null && !this.borrower.isAsking()) ? this.tokens.spec.maxWaiting() : Integer.MAX_VALUE;
	}

	@Override
	boolean isInForce() {
		return isShut() || asksStore() == (stock() != null);
	}

	@Override
	boolean isShut() {
		return this.access != null && this.access.isShut(this.tokens.spec);
	}

	/** What a store has lent, {@code null} if there is a bucket here. */
	@Nullable Stock stock() {
		// Most limiters have no borrower, and no need of that class.
		return (this.borrower != null && this.tokens instanceof Stock stock) ? stock : null;
	}

	/**
	 * Have what the store has lent.
	 * @param lots the tokens
	 * @param fullAt the clock when its bucket will be full
	 * @param rate the values by which it was asked
	 * @param now the clock
	 */
	void receive(List<Stock.Lot> lots, long fullAt, RateLimiterSpec rate, long now) {
		for (Tokens tokens = this.tokens; tokens instanceof Stock stock && !isShut(); tokens = this.tokens) {
			boolean added;
			if (stock.isOfRate(rate)) {
				stock.know(fullAt, now);
				added = lots.isEmpty() || stock.add(lots);
			}
			else {
				added = lots.isEmpty() || stock.add(lots, rate, now);
			}
			if (added) {
				return;
			}
			succeed(tokens, tokens.spec);
		}
		// An outage has begun: they run out at the store.
	}

	@Override
	public boolean mustAsk(long tokens, long timeoutNanos) {
		return timeoutNanos > -graceNanos() && asksStore() && !isTooLong(tokens, timeoutNanos);
	}

	/** The values by which there are tokens here now. */
	RateLimiterSpec inForce() {
		return this.tokens.spec;
	}

	private void outageChanged() {
		putInForce(true);
		tellOfOutage();
	}

	/**
	 * Go by the values as they are now, and by whether the store answers. Each time by
	 * other tokens, even if their rate is the same: what somebody else has worked out
	 * from older values can then not come into force any more.
	 * @param soon whether many keys do so on another thread
	 */
	private void putInForce(boolean soon) {
		if (this.values == null || this.access == null) {
			return;
		}
		Tokens tokens;
		RateLimiterSpec values;
		boolean out;
		RateLimiterSpec inForce;
		do {
			this.line.serve();
			// First of all: it fails to be succeeded if anybody has newer values by then.
			tokens = this.tokens;
			values = this.values.get();
			out = this.access.isOut();
			inForce = this.access.inForce(values);
		}
		while (!succeed(tokens, tokens.spec.equals(inForce) ? tokens.spec : inForce) || this.values.get() != values
				|| this.access.isOut() != out);
		followOutage();
		KeyedTokens keyed = this.keyed.get();
		if (keyed != null) {
			keyed.supplies.followStore(soon);
		}
	}

	/** Have those in line look at what holds now, which is nothing if all is shut. */
	void followOutage() {
		this.line.serveAnew();
		Stock stock = stock();
		if (isShut() && stock != null) {
			stock.takeSurplus(0, this.time.nanoTime());
		}
	}

	@Override
	public void enter() {
		enter(null);
	}

	@Override
	public void enter(@Nullable UnaryOperator<Duration> timeout) {
		if (!tryTakeNow(1)) {
			takeLater(1, timeout(spec(), timeout));
		}
	}

	@Override
	public void enter(long tokens, @Nullable UnaryOperator<Duration> timeout) {
		if (!tryTakeCounted(tokens)) {
			takeLater(tokens, timeout(spec(), timeout));
		}
	}

	@Override
	public void acquire() throws InterruptedException {
		acquire(1, spec().timeout());
	}

	@Override
	public void acquire(Duration timeout) throws InterruptedException {
		acquire(1, timeout);
	}

	@Override
	public void acquire(long tokens) throws InterruptedException {
		acquire(tokens, spec().timeout());
	}

	@Override
	public void acquire(long tokens, Duration timeout) throws InterruptedException {
		if (tryTakeCounted(tokens)) {
			return;
		}
		try {
			takeLater(tokens, timeout);
		}
		catch (RateLimitExceededException ex) {
			throw interruptOr(ex);
		}
	}

	private void takeLater(long tokens, Duration timeout) {
		long timeoutNanos = Durations.toNanosSinceOver(timeout);
		if (takeUnenforced(tokens, timeoutNanos)) {
			return;
		}
		if (tokens > this.tokens.burst) {
			throw refuse(RefusalReason.TOO_COSTLY, 0, 0, tokens);
		}
		if (isTooLong(tokens, timeoutNanos)) {
			throw refuse(tooLong(timeoutNanos), 0, 0, tokens);
		}
		await(timeoutNanos, spec().maxWaiting(), tokens);
	}

	/** Whether the store has said that the tokens are not there in time. */
	private boolean isTooLong(long tokens, long timeoutNanos) {
		Stock stock = stock();
		return stock != null && stock.isTooLong(this.time.nanoTime(), tokens, timeoutNanos);
	}

	private static RefusalReason tooLong(long timeoutNanos) {
		return (timeoutNanos <= 0) ? RefusalReason.FULL : RefusalReason.WAIT_TOO_LONG;
	}

	@Override
	public boolean tryAcquire() {
		return tryAcquire(1);
	}

	@Override
	public boolean tryAcquire(long tokens) {
		boolean taken = tryTakeCounted(tokens) || takeUnenforced(tokens, 0);
		if (!taken && mustAsk(tokens, 0) && tokens <= this.tokens.burst) {
			return takeIfLent(tokens);
		}
		if (!taken) {
			countRefused((tokens > this.tokens.burst) ? RefusalReason.TOO_COSTLY : RefusalReason.FULL);
		}
		return taken;
	}

	/** Wait for the store to answer, and not for tokens. */
	private boolean takeIfLent(long tokens) {
		try {
			await(0, this.tokens.spec.maxWaiting(), tokens);
			return true;
		}
		catch (RateLimitExceededException ex) {
			return false;
		}
	}

	@Override
	public CompletableFuture<@Nullable Void> acquireAsync() {
		return acquireAsync(1, spec().timeout(), defaultExecutor());
	}

	@Override
	public CompletableFuture<@Nullable Void> acquireAsync(Duration timeout, Executor executor) {
		return acquireAsync(1, timeout, executor);
	}

	@Override
	public CompletableFuture<@Nullable Void> acquireAsync(long tokens) {
		return acquireAsync(tokens, spec().timeout(), defaultExecutor());
	}

	@Override
	public CompletableFuture<@Nullable Void> acquireAsync(long tokens, Duration timeout, Executor executor) {
		long timeoutNanos = Durations.toNanosSinceOver(timeout);
		if (tryTakeCounted(tokens) || takeUnenforced(tokens, timeoutNanos)) {
			return CompletableFuture.completedFuture(null);
		}
		if (tokens > this.tokens.burst) {
			return CompletableFuture.failedFuture(refuse(RefusalReason.TOO_COSTLY, 0, 0, tokens));
		}
		if (isTooLong(tokens, timeoutNanos)) {
			return CompletableFuture.failedFuture(refuse(tooLong(timeoutNanos), 0, 0, tokens));
		}
		return joinAsync(timeoutNanos, spec().maxWaiting(), tokens, executor, (waiter) -> null);
	}

	void countMore(long tokens) {
		if (tokens != 1) {
			this.counters.moreTokens(tokens - 1);
		}
	}

	@Override
	public void charge(long tokens) {
		checkTokens(tokens);
		if (tokens == 0) {
			return;
		}
		take((current, now) -> current.charge(now, tokens), tokens, true);
		this.counters.moreTokens(tokens);
		this.line.serveAnew();
	}

	@Override
	public void refund(long tokens) {
		checkTokens(tokens);
		if (tokens == 0) {
			return;
		}
		putBack((current, now) -> current.refund(now, tokens), (current, now) -> current.successorMore(now, tokens));
		this.counters.moreTokens(-tokens);
		this.line.serveNow();
	}

	@Override
	public TimeSource time() {
		return this.time;
	}

	@Override
	public long stamp() {
		return this.tokens.latestStamp();
	}

	@Override
	public long stampOf(long tokens) {
		return this.tokens.stampOf(this.time.nanoTime(), tokens);
	}

	@Override
	public boolean tryTake(long tokens) {
		return tryTakeCounted(tokens);
	}

	@Override
	public long waitFor(long tokens) {
		long now = this.time.nanoTime();
		return (tokens == 0) ? 0 : this.tokens.expected(now, now, this.line.wanted(), tokens);
	}

	@Override
	public boolean isUnenforced() {
		int enforce = this.tokens.spec.enforce();
		return enforce != LimiterSpec.ENFORCED && !this.counters.isEnforced(enforce);
	}

	@Override
	public void putBack(long tokens, long stamp) {
		putBack((current, now) -> current.untake(now, stamp, tokens),
				(current, now) -> current.successorWithout(now, stamp, tokens));
		this.counters.moreTokens(-tokens);
		this.line.serveNow();
	}

	@Override
	public void untake(long tokens, long stamp) {
		if (tokens == 0) {
			this.counters.undone();
			this.counters.moreTokens(1);
			return;
		}
		putBack(tokens, stamp);
		this.counters.undone();
		this.counters.moreTokens(1);
	}

	private void putBack(PutBack putBack, Successor successor) {
		Tokens tokens = this.tokens;
		while (!putBack.putBack(tokens, this.time.nanoTime())) {
			tokens.freeze();
			if (TOKENS.compareAndSet(this, tokens, successor.of(tokens, this.time.nanoTime()))) {
				return;
			}
			tokens = this.tokens;
		}
	}

	static void checkTokens(long tokens) {
		if (tokens < 0) {
			throw new IllegalArgumentException("A call cannot cost " + tokens + " tokens: it must be 0 (free) or more");
		}
	}

	/**
	 * Let a call in for which the limit does not hold, and find out what would have
	 * become of it. One that would have waited takes its tokens at once; so what is owed
	 * is the line that there would be.
	 */
	private boolean takeUnenforced(long tokens, long timeoutNanos) {
		boolean unenforced = isUnenforced();
		if (unenforced) {
			letIn(tokens, timeoutNanos);
		}
		return unenforced;
	}

	@Override
	public void letIn(long tokens, long timeoutNanos) {
		RateLimiterSpec spec = spec();
		Tokens current = this.tokens;
		long now = this.time.nanoTime();
		RefusalReason refusal = null;
		if (tokens > current.burst) {
			refusal = RefusalReason.TOO_COSTLY;
		}
		else if (timeoutNanos <= 0 && !mustAsk(tokens, 0)) {
			refusal = RefusalReason.FULL;
		}
		else if (current.debt(now) >= spec.maxWaiting()) {
			refusal = RefusalReason.LINE_FULL;
		}
		else if (current.expected(now, now, 0, tokens) > Math.max(1, timeoutNanos)) {
			refusal = RefusalReason.WAIT_TOO_LONG;
		}
		if (refusal == null && !tryCharge(tokens)) {
			refusal = RefusalReason.WAIT_TOO_LONG;
		}
		if (refusal != null) {
			this.counters.wouldRefuse(refusal);
		}
		else {
			this.counters.uncounted();
			countMore(tokens);
		}
	}

	/** Take tokens that may not be there; false if that is more than can be owed. */
	boolean tryCharge(long tokens) {
		try {
			take((current, now) -> current.charge(now, tokens), tokens, true);
			if (this.borrower != null) {
				this.line.serve();
			}
			return true;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	private boolean tryTakeCounted(long tokens) {
		if (tokens <= 0) {
			checkTokens(tokens);
			this.counters.uncounted();
			this.counters.moreTokens(-1);
			return true;
		}
		boolean taken = tryTakeNow(tokens);
		if (taken) {
			countMore(tokens);
		}
		return taken;
	}

	private boolean tryTakeNow(long tokensWanted) {
		while (true) {
			Tokens tokens = this.tokens;
			long version = tokens.version();
			// The clock first: a token of later than the look at the line may be a
			// waiter's.
			long now = this.time.nanoTime();
			if (this.line.waiting() != 0) {
				return false;
			}
			if (take(now, now, tokensWanted) == 0) {
				return true;
			}
			if (this.tokens == tokens && tokens.version() == version) {
				return false;
			}
			// Others have moved on since this thread read the clock.
		}
	}

	private long take(long now, long arrived, long tokensWanted) {
		while (true) {
			Tokens tokens = this.tokens;
			long wait = tokens.take(now, arrived, tokensWanted);
			if (wait >= 0) {
				return wait;
			}
			if (succeedLess(tokens, wait, tokensWanted, false)) {
				return 0;
			}
		}
	}

	private void take(Take take, long tokensWanted, boolean charged) {
		while (true) {
			Tokens tokens = this.tokens;
			long wait = take.take(tokens, this.time.nanoTime());
			if (wait == 0 || succeedLess(tokens, wait, tokensWanted, charged)) {
				return;
			}
		}
	}

	/** Put the successor in its place; true if tokens are taken with that. */
	private boolean succeedLess(Tokens tokens, long answer, long tokensWanted, boolean charged) {
		if (answer == Tokens.REWRITE) {
			tokens.freeze();
			Tokens successor = tokens.successorLess(this.time.nanoTime(), tokensWanted, charged);
			if (successor != null) {
				return TOKENS.compareAndSet(this, tokens, successor);
			}
		}
		succeed(tokens, tokens.spec);
		return false;
	}

	/** Put the successor in its place; false if another one is there already. */
	private boolean succeed(Tokens tokens, RateLimiterSpec spec) {
		tokens.freeze();
		return TOKENS.compareAndSet(this, tokens, tokens.successor(spec, this.time.nanoTime()));
	}

	@Override
	public long takeFor(Waiter first) {
		long now = this.time.nanoTime();
		if (take(now, first.arrivedAt, first.tokens) != 0) {
			return expectedFor(first, first, 0);
		}
		Tokens tokens = this.tokens;
		first.grantedBy = tokens.spec;
		first.stamp = tokens.stamp(now);
		countMore(first.tokens);
		return 0;
	}

	@Override
	public void untake(Waiter waiter) {
		this.counters.undone();
		countMore(2 - waiter.tokens);
		Tokens tokens = this.tokens;
		while (tokens.spec == waiter.grantedBy && !tokens.untake(this.time.nanoTime(), waiter.stamp, waiter.tokens)) {
			tokens.freeze();
			if (TOKENS.compareAndSet(this, tokens,
					tokens.successorWithout(this.time.nanoTime(), waiter.stamp, waiter.tokens))) {
				break;
			}
			tokens = this.tokens;
		}
	}

	@Override
	public long expectedFor(Waiter waiter, Waiter first, long ahead) {
		Stock stock = stock();
		if (stock != null) {
			return isShut() ? Supply.tooLate(0) : stock.expectedFor(waiter, ahead);
		}
		return this.tokens.expected(waiter.arrivedAt, first.arrivedAt, ahead, waiter.tokens);
	}

	@Override
	public @Nullable SharedStatus sharedStatus() {
		return (this.access != null) ? this.access.status(null) : null;
	}

	@Override
	public long debt() {
		return this.tokens.debt(this.time.nanoTime());
	}

	@Override
	public long available() {
		return (this.line.waiting() != 0) ? 0 : this.tokens.available(this.time.nanoTime());
	}

	@Override
	public LimiterStats stats() {
		// Between a grant and its carry the count is 8 short for a moment.
		KeyedTokens keyed = this.keyed.get();
		long granted = granted() + ((keyed != null) ? keyed.supplies.granted() : 0);
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
		return (this.values != null) ? this.values.get() : this.tokens.spec;
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
		if (this.values != null) {
			return changeShared(this.values, change, cause);
		}
		while (true) {
			// Who is due already gets the tokens of the old rate.
			this.line.serve();
			Tokens tokens = this.tokens;
			RateLimiterSpec after = checked(
					Objects.requireNonNull(change.apply(tokens.spec), "The new values must not be null"));
			if (after.equals(tokens.spec)) {
				putInForceForKeys();
				return tokens.spec;
			}
			if (succeed(tokens, after)) {
				this.line.serveAnew();
				changeKeys();
				this.counters.listeners().changed(cause, tokens.spec, after);
				return after;
			}
		}
	}

	private RateLimiterSpec changeShared(AtomicReference<RateLimiterSpec> values, UnaryOperator<RateLimiterSpec> change,
			LimiterListener.Cause cause) {
		RateLimiterSpec before;
		RateLimiterSpec after;
		do {
			before = values.get();
			after = checked(Objects.requireNonNull(change.apply(before), "The new values must not be null"));
			if (after.equals(before)) {
				// Whoever has said so may not have come to put them in force.
				putInForce(true);
				return before;
			}
		}
		while (!values.compareAndSet(before, after));
		putInForce(false);
		this.counters.listeners().changed(cause, before, after);
		return after;
	}

	/**
	 * Have the values that all keys of a plan have, of which nobody needs to hear.
	 * @param latest whether they are still the latest; if not, nothing is done
	 * @return the stamp of what was taken by the values of before
	 */
	long adopt(RateLimiterSpec spec, BooleanSupplier latest) {
		Tokens tokens;
		do {
			this.line.serve();
			// Before the question: it fails to be succeeded if anybody has newer values.
			tokens = this.tokens;
		}
		while (tokens.spec != spec && latest.getAsBoolean() && !succeed(tokens, spec));
		this.line.serveAnew();
		return tokens.latestStamp();
	}

	private void changeKeys() {
		KeyedTokens keyed = this.keyed.get();
		if (keyed != null) {
			keyed.supplies.adopt();
		}
	}

	/** Whoever has changed the values may not have come to the keys. */
	private void putInForceForKeys() {
		KeyedTokens keyed = this.keyed.get();
		if (keyed != null) {
			keyed.supplies.putInForce();
		}
	}

	/** What is there for keys, from now on. */
	KeyedTokens keyed() {
		KeyedTokens keyed = this.keyed.get();
		if (keyed == null) {
			EngineClasses.initializeForKeys();
			keyed = makeKeyed();
		}
		return keyed;
	}

	KeyedTokens makeKeyed() {
		this.keyed.compareAndSet(null, new KeyedTokens(this));
		KeyedTokens keyed = Objects.requireNonNull(this.keyed.get());
		// A change of the values may just have missed it.
		keyed.supplies.adopt();
		return keyed;
	}

	@Override
	public void enter(Object key, @Nullable String plan, long tokens, @Nullable UnaryOperator<Duration> timeout) {
		keyed().enter(Keys.of(key), plan, tokens, timeout);
	}

	@Override
	public RateLimiter forKey(Object key, @Nullable String plan) {
		EngineClasses.initializeForKeys();
		return new KeyRateLimiter(this, Keys.of(key), plan);
	}

	@Override
	public LimiterKeys keys(int most) {
		KeyedTokens keyed = this.keyed.get();
		return (keyed != null) ? keyed.supplies.keys(most) : new LimiterKeys(0, 0, List.of(), List.of());
	}

	@Override
	public int waiting() {
		KeyedTokens keyed = this.keyed.get();
		return this.line.waiting() + ((keyed != null) ? keyed.supplies.waiting() : 0);
	}

	@Override
	public void shutdown() {
		this.line.close();
		KeyedTokens keyed = this.keyed.get();
		if (keyed != null) {
			keyed.supplies.shutdown();
		}
	}

	@Override
	boolean isUntouched(@Nullable Tokens untouched, long now) {
		Tokens tokens = this.tokens;
		return untouched != null && tokens.isUntouched(untouched, now)
				&& (this.borrower == null || !this.borrower.isAsking());
	}

	@Override
	long grantedOfKey() {
		return this.tokens.granted();
	}

	@Override
	long availableOfKey() {
		return available();
	}

	@Override
	public void reset() {
		change((before) -> this.configured, LimiterListener.Cause.RESET);
	}

	@Override
	public void configure(RateLimiterSpec configured) {
		RateLimiterSpec before = this.configured;
		this.configured = checked(configured);
		change((current) -> current.following(before, configured), LimiterListener.Cause.CONFIGURED);
	}

	@Override
	LimitExceededException refusal(RefusalReason reason, long retryAfterNanos, long waitedNanos, long wanted) {
		Tokens tokens = this.tokens;
		int waiting = this.line.waiting();
		if (isShut() && (reason == RefusalReason.FULL || reason == RefusalReason.UNAVAILABLE)) {
			return new RateLimitExceededException(name(), RefusalReason.UNAVAILABLE, 0, tokens.rate, tokens.burst,
					waiting, waitedNanos, wanted, key());
		}
		RefusalReason actual = (wanted > tokens.burst && reason == RefusalReason.WAIT_TOO_LONG)
				? RefusalReason.TOO_COSTLY : reason;
		long retryAfter = retryAfterNanos;
		if (retryAfter <= 0 && wanted <= tokens.burst) {
			long now = this.time.nanoTime();
			retryAfter = tokens.expected(now, now, Math.max(waiting, this.line.wanted()), wanted);
		}
		return new RateLimitExceededException(name(), actual, retryAfter, tokens.rate, tokens.burst, waiting,
				waitedNanos, wanted, key());
	}

	/** Takes tokens, answering as {@link Tokens#charge} does. */
	private interface Take {

		long take(Tokens tokens, long now);

	}

	/** Puts tokens back; false if that takes a successor. */
	private interface PutBack {

		boolean putBack(Tokens tokens, long now);

	}

	private interface Successor {

		Tokens of(Tokens frozen, long now);

	}

}
