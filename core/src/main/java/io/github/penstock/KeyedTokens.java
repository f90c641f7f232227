package io.github.penstock;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * The keys of a rate limiter: one rule and many supplies.
 * <p>
 * <b>What a key has.</b> A {@link KeyBucket}, which is one word, as long as nobody waits:
 * that is enough to let calls in and to refuse them. When the first call has to wait, a
 * {@link KeyLine} takes its place, which is a {@link TokenBucketLimiter} of the key's
 * own; with that everything that waits, for any reason and in any way, is the same as
 * without a key. The keys of a sliding window have a line from the beginning.
 * <p>
 * <b>What takes the place of what.</b> A bucket is frozen first, so that nobody takes
 * from it any more; then what is left of it goes into what takes its place in the
 * {@link KeyTable}, and whoever had the frozen one in hand looks there again. A line is
 * only ever replaced by nothing, when the key has as much as one that nobody knows.
 * <p>
 * <b>Changes</b> put a new {@link KeyRate} in force and then go over all keys; who comes
 * meanwhile helps. One that is not in force any more knows what came after it, so that a
 * key may be behind by several.
 */
final class KeyedTokens {

	private final TokenBucketLimiter limiter;

	private final TimeSource time;

	private final LimiterCounters counters;

	private final KeyTable table;

	private final AtomicReference<Rates> rates;

	private final LongAdder overflowed = new LongAdder();

	/** What keys share that are not known, when there is no room for them. */
	private final AtomicReference<@Nullable KeyLine<TokenBucketLimiter>> overflow = new AtomicReference<>();

	KeyedTokens(TokenBucketLimiter limiter) {
		this.limiter = limiter;
		this.time = limiter.time;
		this.counters = limiter.counters;
		this.table = new KeyTable(limiter.time);
		this.rates = new AtomicReference<>(Rates.of(limiter.spec(), limiter.time.nanoTime()));
	}

	/** Let a call of the current thread in, or have it wait or refused. */
	void enter(Object key, @Nullable String plan, long tokens, @Nullable UnaryOperator<Duration> timeout) {
		if (this.table.get(key) instanceof KeyBucket bucket && tokens > 0 && bucket.rate == this.rates.get().of(plan)
				&& bucket.take(this.time, tokens) == KeyBucket.TAKEN) {
			taken(bucket, tokens);
			return;
		}
		enterLater(key, plan, tokens, timeout);
	}

	private void enterLater(Object key, @Nullable String plan, long tokens, @Nullable UnaryOperator<Duration> timeout) {
		Duration patience = LineLimiter.timeout(this.limiter.spec(), timeout);
		KeyLine<TokenBucketLimiter> line = lineFor(key, plan, tokens, Durations.toNanosSaturated(patience));
		if (line != null) {
			try {
				line.limiter.enter(tokens, (configured) -> patience);
			}
			finally {
				line.leave();
			}
		}
	}

	boolean tryAcquire(Object key, @Nullable String plan, long tokens) {
		KeyLine<TokenBucketLimiter> line;
		try {
			line = lineFor(key, plan, tokens, 0);
		}
		catch (RateLimitExceededException ex) {
			return false;
		}
		if (line == null) {
			return true;
		}
		try {
			return line.limiter.tryAcquire(tokens);
		}
		finally {
			line.leave();
		}
	}

	CompletableFuture<@Nullable Void> acquireAsync(Object key, @Nullable String plan, long tokens, Duration timeout,
			Executor executor) {
		KeyLine<TokenBucketLimiter> line;
		try {
			line = lineFor(key, plan, tokens, Durations.toNanosSaturated(timeout));
		}
		catch (RateLimitExceededException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		if (line == null) {
			return CompletableFuture.completedFuture(null);
		}
		try {
			return line.limiter.acquireAsync(tokens, timeout, executor);
		}
		finally {
			line.leave();
		}
	}

	/**
	 * Let a call in or refuse it, unless that has to be decided in a line.
	 * @return the line, in use; {@code null} if the call was let in
	 * @throws RateLimitExceededException if it was refused
	 */
	private @Nullable KeyLine<TokenBucketLimiter> lineFor(Object key, @Nullable String plan, long tokens,
			long timeoutNanos) {
		TokenBucketLimiter.checkTokens(tokens);
		if (tokens == 0) {
			this.counters.uncounted();
			this.counters.moreTokens(-1);
			return null;
		}
		while (true) {
			KeyRate rate = rate(plan);
			KeySupply supply = supply(key, rate);
			if (supply instanceof KeyBucket bucket) {
				if (bucket.rate == rate && decide(key, bucket, tokens, timeoutNanos)) {
					return null;
				}
			}
			else {
				KeyLine<TokenBucketLimiter> line = use(key, supply, rate);
				if (line != null) {
					return line;
				}
			}
		}
	}

	/** What a key has, of this rate unless others are changing it. */
	private KeySupply supply(Object key, KeyRate rate) {
		KeySupply supply = this.table.get(key);
		if (supply != null && rateOf(supply) != rate && supply.retire(this.time.nanoTime())) {
			// By another plan it has what nobody knows would have, also if it is not
			// forgotten yet.
			this.table.remove(key, supply);
			supply = null;
		}
		if (supply == null) {
			supply = this.table.add(key, newSupply(key, rate), this.limiter.spec().maxKeys());
			if (supply == null) {
				this.overflowed.increment();
				this.counters.listeners().keysExhausted(this.limiter.spec().maxKeys());
				return overflow();
			}
		}
		if (supply instanceof KeyBucket bucket && bucket.rate != rate) {
			replace(key, bucket, rate.latest());
		}
		return supply;
	}

	private static @Nullable KeyRate rateOf(KeySupply supply) {
		return (supply instanceof KeyBucket bucket) ? bucket.rate : ((KeyLine<?>) supply).rate();
	}

	/**
	 * What a key has, or shares for want of room; {@code null} if it has what nobody
	 * knows would have.
	 */
	private @Nullable KeySupply supplyNow(Object key) {
		KeySupply supply = this.table.get(key);
		return (supply == null && this.table.size() >= this.limiter.spec().maxKeys()) ? this.overflow.get() : supply;
	}

	/** A call was let in with tokens of a bucket. */
	private void taken(KeyBucket bucket, long tokens) {
		if (bucket.isFrozen()) {
			// What has taken its place may have looked before this was counted.
			this.table.countBefore(bucket.takeGranted());
		}
		this.limiter.countMore(tokens);
	}

	private KeySupply newSupply(Object key, KeyRate rate) {
		return (rate.bucket() != null) ? new KeyBucket(rate) : newLine(this.limiter.identity().of(key), rate);
	}

	private KeyLine<TokenBucketLimiter> newLine(Identity identity, KeyRate rate) {
		return lineOf(new TokenBucketLimiter(identity, rate.copy(this.time.nanoTime())), rate, null);
	}

	private static KeyLine<TokenBucketLimiter> lineOf(TokenBucketLimiter limiter, KeyRate rate,
			@Nullable KeySupply before) {
		KeyLine<TokenBucketLimiter> line = new KeyLine<>(limiter, before);
		line.rate(rate);
		return line;
	}

	/** What keys share that are not known, when there is no room for them. */
	private KeyLine<TokenBucketLimiter> overflow() {
		KeyLine<TokenBucketLimiter> overflow = this.overflow.get();
		if (overflow == null) {
			this.overflow.compareAndSet(null, newLine(this.limiter.identity(), this.rates.get().own()));
			overflow = Objects.requireNonNull(this.overflow.get());
		}
		return overflow;
	}

	/** Put what the key has by this rate in the place of a bucket. */
	private void replace(Object key, KeyBucket bucket, KeyRate rate) {
		bucket.freeze();
		if (rate.bucket() != null) {
			KeyBucket successor = bucket.successor(rate, this.time.nanoTime());
			if (this.table.replace(key, bucket, successor)) {
				successor.goOnFrom(bucket);
			}
		}
		else {
			putLine(key, bucket, rate);
		}
	}

	/** Put a line in the place of a frozen bucket. */
	private void putLine(Object key, KeyBucket frozen, KeyRate rate) {
		TokenBucketLimiter waiting = new TokenBucketLimiter(this.limiter.identity().of(key), frozen.bucket());
		if (rate != frozen.rate) {
			waiting.adopt(rate.spec);
		}
		this.table.replace(key, frozen, lineOf(waiting, rate, frozen));
	}

	/** Begin to use a line, by this rate; {@code null} if it is of no use any more. */
	@SuppressWarnings("unchecked")
	private @Nullable KeyLine<TokenBucketLimiter> use(Object key, KeySupply supply, KeyRate rate) {
		KeyLine<TokenBucketLimiter> line = (KeyLine<TokenBucketLimiter>) supply;
		if (!line.use()) {
			this.table.remove(key, line);
			return null;
		}
		bringTo(line, (line != this.overflow.get()) ? rate.latest() : this.rates.get().own());
		if (this.limiter.line.isClosed()) {
			line.limiter.shutdown();
		}
		return line;
	}

	private static void bringTo(KeyLine<TokenBucketLimiter> line, KeyRate rate) {
		if (line.rate() != rate) {
			line.rate(rate);
		}
		// Until nothing has changed meanwhile: calls of other plans do the same, and
		// whatever has the last word, the values are those of the rate.
		for (KeyRate now = line.rate(); now != null && !isBroughtTo(line, now); now = line.rate()) {
			if (now.next != null) {
				line.latestRate(now);
			}
			else {
				long fullAt = line.limiter.adopt(now.spec);
				if (line.hasMoved()) {
					line.keepUntil(fullAt);
				}
			}
		}
	}

	private static boolean isBroughtTo(KeyLine<TokenBucketLimiter> line, KeyRate rate) {
		return rate.next == null && line.limiter.spec() == rate.spec && line.rate() == rate;
	}

	/**
	 * Let a call in, or refuse it.
	 * @return whether it was let in; if not, look what the key has now
	 */
	private boolean decide(Object key, KeyBucket bucket, long tokens, long timeoutNanos) {
		int taken = bucket.take(this.time, tokens);
		if (taken == KeyBucket.TAKEN) {
			taken(bucket, tokens);
			return true;
		}
		if (taken == KeyBucket.OUTDATED) {
			renew(key, bucket);
			return false;
		}
		RateLimiterSpec spec = bucket.rate.spec;
		long wait = bucket.wait(this.time.nanoTime(), tokens);
		RefusalReason refusal = refusal(wait, timeoutNanos, spec);
		if (spec.enforce() != LimiterSpec.ENFORCED && !this.counters.isEnforced(spec.enforce())) {
			if (letIn(bucket, tokens, wouldRefuse(bucket, wait, timeoutNanos))) {
				return true;
			}
			renew(key, bucket);
			return false;
		}
		if (refusal == null && this.limiter.line.isClosed()) {
			refusal = RefusalReason.SHUT_DOWN;
		}
		if (refusal != null) {
			bucket.countRefused();
			this.counters.refused(refusal);
			Tokens values = bucket.rate.untouched;
			throw new RateLimitExceededException(this.limiter.name(), refusal, (wait != Tokens.NEVER) ? wait : 0,
					values.rate, values.burst, 0, 0, tokens, key);
		}
		bucket.freeze();
		putLine(key, bucket, bucket.rate);
		return false;
	}

	private static @Nullable RefusalReason refusal(long wait, long timeoutNanos, RateLimiterSpec spec) {
		if (wait == Tokens.NEVER) {
			return RefusalReason.TOO_COSTLY;
		}
		if (timeoutNanos <= 0) {
			return RefusalReason.FULL;
		}
		if (wait > timeoutNanos) {
			return RefusalReason.WAIT_TOO_LONG;
		}
		return (spec.maxWaiting() == 0) ? RefusalReason.LINE_FULL : null;
	}

	private @Nullable RefusalReason wouldRefuse(KeyBucket bucket, long wait, long timeoutNanos) {
		RateLimiterSpec spec = bucket.rate.spec;
		RefusalReason refusal = refusal(wait, timeoutNanos, spec);
		return (refusal == null && bucket.debt(this.time.nanoTime()) >= spec.maxWaiting()) ? RefusalReason.LINE_FULL
				: refusal;
	}

	/** Let a call in for which the limit does not hold; false if that is outdated. */
	private boolean letIn(KeyBucket bucket, long tokens, @Nullable RefusalReason refusal) {
		if (refusal != null) {
			this.counters.wouldRefuse(refusal);
			bucket.countRefused();
			return true;
		}
		try {
			if (!bucket.charge(this.time, tokens)) {
				return false;
			}
		}
		catch (IllegalArgumentException ex) {
			// More than can be owed, so that it would have had to wait for too long.
			return letIn(bucket, tokens, RefusalReason.WAIT_TOO_LONG);
		}
		bucket.countGranted();
		taken(bucket, tokens);
		return true;
	}

	/** See to it that something takes the place of a bucket that gives nothing more. */
	private void renew(Object key, KeyBucket bucket) {
		KeyRate rate = bucket.rate;
		// The clock has gone further than this bucket can count, or whoever changes the
		// values has not come to its end.
		while (rate.next == null && (rate.ending || rate.untouched.isOutdated(this.time.nanoTime()))) {
			putInForce(rate);
		}
		replace(key, bucket, rate.latest());
	}

	void charge(Object key, @Nullable String plan, long tokens) {
		settle(key, plan, tokens, (bucket) -> counted(bucket.charge(this.time, tokens), tokens),
				(line) -> line.charge(tokens));
	}

	void refund(Object key, @Nullable String plan, long tokens) {
		settle(key, plan, tokens, (bucket) -> counted(bucket.refund(this.time, tokens), -tokens),
				(line) -> line.refund(tokens));
	}

	void putBack(Object key, @Nullable String plan, long tokens, long stamp) {
		settle(key, plan, tokens, (bucket) -> counted(bucket.putBack(this.time, tokens, stamp), -tokens),
				(line) -> line.putBack(tokens, stamp));
	}

	private boolean counted(boolean done, long moreTokens) {
		if (done) {
			this.counters.moreTokens(moreTokens);
		}
		return done;
	}

	/** Undo what let a call in. */
	void untake(Object key, @Nullable String plan, long tokens, long stamp) {
		if (tokens == 0) {
			this.limiter.untake(0, 0);
			return;
		}
		settle(key, plan, tokens, (bucket) -> {
			boolean back = counted(bucket.putBack(this.time, tokens, stamp), 1 - tokens);
			if (back) {
				bucket.countUndone();
				taken(bucket, 1);
			}
			return back;
		}, (line) -> line.untake(tokens, stamp));
	}

	/** Do something to what a key has, for so many tokens. */
	private void settle(Object key, @Nullable String plan, long tokens, OfBucket ofBucket, OfLine ofLine) {
		TokenBucketLimiter.checkTokens(tokens);
		if (tokens == 0) {
			return;
		}
		while (true) {
			KeyRate rate = rate(plan);
			KeySupply supply = supply(key, rate);
			if (supply instanceof KeyBucket bucket) {
				if (bucket.rate == rate) {
					if (ofBucket.settle(bucket)) {
						return;
					}
					renew(key, bucket);
				}
				continue;
			}
			KeyLine<TokenBucketLimiter> line = use(key, supply, rate);
			if (line != null) {
				try {
					ofLine.settle(line.limiter);
					return;
				}
				finally {
					line.leave();
				}
			}
		}
	}

	/** What {@link #putBack} wants to know of tokens that were taken just now. */
	long stamp(Object key) {
		KeySupply supply = supplyNow(key);
		if (supply instanceof KeyBucket bucket) {
			return bucket.stamp();
		}
		return (supply instanceof KeyLine<?> line) ? ((TokenBucketLimiter) line.limiter).stamp() : this.time.nanoTime();
	}

	/** See {@link Settling#stampOf}. */
	long stampOf(Object key, @Nullable String plan, long tokens) {
		KeySupply supply = supplyNow(key);
		if (supply instanceof KeyLine<?> line) {
			return ((TokenBucketLimiter) line.limiter).stampOf(tokens);
		}
		long now = this.time.nanoTime();
		return (supply instanceof KeyBucket bucket) ? bucket.stampOf(now, tokens)
				: this.rates.get().of(plan).untouched.stampOf(now, tokens);
	}

	/** Take tokens if they are there; nothing is counted if not. */
	boolean tryTake(Object key, @Nullable String plan, long tokens) {
		boolean[] taken = new boolean[1];
		settle(key, plan, tokens, (bucket) -> {
			int answer = bucket.take(this.time, tokens);
			taken[0] = answer == KeyBucket.TAKEN;
			if (taken[0]) {
				taken(bucket, tokens);
			}
			return answer != KeyBucket.OUTDATED;
		}, (line) -> taken[0] = line.tryTake(tokens));
		if (tokens == 0) {
			this.counters.uncounted();
			this.counters.moreTokens(-1);
		}
		return taken[0] || tokens == 0;
	}

	/** See {@link Settling#waitFor}. */
	long waitFor(Object key, @Nullable String plan, long tokens) {
		KeyRate rate = rate(plan);
		KeySupply supply = supplyNow(key);
		long now = this.time.nanoTime();
		if (tokens == 0) {
			return 0;
		}
		if (supply instanceof KeyBucket bucket && bucket.rate == rate) {
			return bucket.wait(now, tokens);
		}
		return (supply instanceof KeyLine<?> line) ? ((TokenBucketLimiter) line.limiter).waitFor(tokens)
				: rate.untouched.expected(now, now, 0, tokens);
	}

	/** Let a call in for which the limit does not hold. */
	void letIn(Object key, @Nullable String plan, long tokens, long timeoutNanos) {
		settle(key, plan, tokens, (bucket) -> {
			long wait = bucket.wait(this.time.nanoTime(), tokens);
			return letIn(bucket, tokens, wouldRefuse(bucket, wait, timeoutNanos));
		}, (line) -> line.letIn(tokens, timeoutNanos));
	}

	/** Count a refusal and make its exception. */
	LimitExceededException refuse(Object key, @Nullable String plan, RefusalReason reason, long retryAfterNanos,
			long waitedNanos, long tokens) {
		KeySupply supply = this.table.get(key);
		if (supply instanceof KeyBucket bucket) {
			bucket.countRefused();
		}
		else if (supply instanceof KeyLine<?> line) {
			line.limiter.countRefusedOfKey();
		}
		this.counters.refused(reason);
		Tokens values = this.rates.get().of(plan).untouched;
		return new RateLimitExceededException(this.limiter.name(), reason, retryAfterNanos, values.rate, values.burst,
				waiting(key), waitedNanos, tokens, key);
	}

	long available(Object key, @Nullable String plan) {
		KeySupply supply = supplyNow(key);
		long now = this.time.nanoTime();
		return (supply != null) ? supply.available(now) : this.rates.get().of(plan).untouched.available(now);
	}

	long debt(Object key) {
		KeySupply supply = supplyNow(key);
		if (supply instanceof KeyBucket bucket) {
			return bucket.debt(this.time.nanoTime());
		}
		return (supply instanceof KeyLine<?> line) ? ((TokenBucketLimiter) line.limiter).debt() : 0;
	}

	/** How many calls of a key stand in line. */
	int waiting(Object key) {
		return (supplyNow(key) instanceof KeyLine<?> line) ? line.limiter.waiting() : 0;
	}

	private KeyRate rate(@Nullable String plan) {
		Rates rates = this.rates.get();
		KeyRate rate = rates.of(plan);
		if (plan != null && rate == rates.own() && !rates.byPlan().containsKey(plan)) {
			this.counters.listeners().planUnknown(plan);
		}
		return rate;
	}

	/** Put the limiter's values in force for all keys. */
	void adopt() {
		putInForce(null);
		this.table.forEach((key, supply) -> {
			if (supply instanceof KeyBucket bucket && bucket.rate.next != null) {
				renew(key, bucket);
			}
		});
		// Lines that are put in place of buckets meanwhile have the new rate.
		this.table.forEachLine(this::bringToLatest);
		KeyLine<TokenBucketLimiter> overflow = this.overflow.get();
		if (overflow != null) {
			bringToLatest(overflow);
		}
	}

	@SuppressWarnings("unchecked")
	private void bringToLatest(KeyLine<?> line) {
		KeyRate rate = line.rate();
		if (rate != null && rate.next != null && line.use()) {
			try {
				bringTo((KeyLine<TokenBucketLimiter>) line, rate.latest());
			}
			finally {
				line.leave();
			}
		}
	}

	/**
	 * Put the limiter's values in force, if they are not.
	 * @param outdated what is to be succeeded in any case, {@code null} for nothing
	 */
	private void putInForce(@Nullable KeyRate outdated) {
		while (true) {
			Rates before = this.rates.get();
			before.tellBefore();
			RateLimiterSpec spec = this.limiter.spec();
			boolean done = (outdated != null) ? outdated.next != null : before.spec() == spec && !before.isEnding();
			if (done) {
				return;
			}
			before.end();
			this.rates.compareAndSet(before, before.successor(spec, this.time.nanoTime()));
		}
	}

	void shutdown() {
		this.table.forEachLine((line) -> line.limiter.shutdown());
		KeyLine<TokenBucketLimiter> overflow = this.overflow.get();
		if (overflow != null) {
			overflow.limiter.shutdown();
		}
	}

	int waiting() {
		int[] waiting = new int[1];
		this.table.forEachLine((line) -> waiting[0] += line.limiter.waiting());
		KeyLine<TokenBucketLimiter> overflow = this.overflow.get();
		return waiting[0] + ((overflow != null) ? overflow.limiter.waiting() : 0);
	}

	long granted() {
		KeyLine<TokenBucketLimiter> overflow = this.overflow.get();
		return this.table.granted() + ((overflow != null) ? overflow.granted() : 0);
	}

	LimiterKeys keys(int most) {
		return this.table.keys(most, this.overflowed.sum());
	}

	/** Does something to a bucket; false if that is outdated. */
	private interface OfBucket {

		boolean settle(KeyBucket bucket);

	}

	private interface OfLine {

		void settle(TokenBucketLimiter line);

	}

}
