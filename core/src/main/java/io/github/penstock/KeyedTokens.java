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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * What the calls of a rate limiter's keys are answered.
 * <p>
 * <b>The way of a call.</b> What its key has, see {@link TokenSupplies}, is a
 * {@link KeyBucket} or a {@link KeyLine}. A bucket lets it in or refuses it at once. If
 * it has to wait instead, a line takes the bucket's place, and the call goes on there;
 * with that everything that waits, for any reason and in any way, is the same as without
 * a key.
 * <p>
 * <b>Looking again.</b> A bucket answers nothing if it is frozen or goes by another rate
 * than the call, and neither does a line that is of no use any more. The call has it
 * replaced and looks what the key has now.
 */
final class KeyedTokens {

	final TokenSupplies supplies;

	private final TokenBucketLimiter limiter;

	private final TimeSource time;

	private final LimiterCounters counters;

	KeyedTokens(TokenBucketLimiter limiter) {
		this.supplies = new TokenSupplies(limiter);
		this.limiter = limiter;
		this.time = limiter.time;
		this.counters = limiter.counters;
	}

	/** Let a call of the current thread in, or have it wait or refused. */
	void enter(Object key, @Nullable String plan, long tokens, @Nullable UnaryOperator<Duration> timeout) {
		if (this.supplies.known(key) instanceof KeyBucket bucket && tokens > 0
				&& bucket.rate == this.supplies.rates().of(plan) && bucket.take(this.time, tokens) == KeyBucket.TAKEN) {
			taken(bucket, tokens);
			return;
		}
		enterLater(key, plan, tokens, timeout);
	}

	private void enterLater(Object key, @Nullable String plan, long tokens, @Nullable UnaryOperator<Duration> timeout) {
		Duration patience = LineLimiter.timeout(this.limiter.spec(), timeout);
		KeyLine<TokenBucketLimiter> line = lineFor(key, plan, tokens, Durations.toNanosSinceOver(patience));
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
			line = lineFor(key, plan, tokens, Durations.toNanosSinceOver(timeout));
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
			KeySupply supply = this.supplies.of(key, rate);
			if (supply instanceof KeyBucket bucket) {
				if (bucket.rate == rate && decide(key, bucket, tokens, timeoutNanos)) {
					return null;
				}
			}
			else {
				KeyLine<TokenBucketLimiter> line = this.supplies.use(key, supply, rate);
				if (line != null) {
					return line;
				}
			}
		}
	}

	/** A call was let in with tokens of a bucket. */
	private void taken(KeyBucket bucket, long tokens) {
		if (bucket.isFrozen()) {
			this.supplies.countLate(bucket);
		}
		this.limiter.countMore(tokens);
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
			this.supplies.renew(key, bucket);
			return false;
		}
		RateLimiterSpec spec = bucket.rate.spec;
		long wait = bucket.wait(this.time.nanoTime(), tokens);
		RefusalReason refusal = refusal(wait, timeoutNanos, spec);
		if (spec.enforce() != LimiterSpec.ENFORCED && !this.counters.isEnforced(spec.enforce())) {
			if (letIn(bucket, tokens, wouldRefuse(bucket, wait, timeoutNanos))) {
				return true;
			}
			this.supplies.renew(key, bucket);
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
		this.supplies.replaceByLine(key, bucket);
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
			KeySupply supply = this.supplies.of(key, rate);
			if (supply instanceof KeyBucket bucket) {
				if (bucket.rate == rate) {
					if (ofBucket.settle(bucket)) {
						return;
					}
					this.supplies.renew(key, bucket);
				}
				continue;
			}
			KeyLine<TokenBucketLimiter> line = this.supplies.use(key, supply, rate);
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
		KeySupply supply = this.supplies.now(key);
		if (supply instanceof KeyBucket bucket) {
			return bucket.stamp();
		}
		return (supply instanceof KeyLine<?> line) ? ((TokenBucketLimiter) line.limiter).stamp() : this.time.nanoTime();
	}

	/** See {@link Settling#stampOf}. */
	long stampOf(Object key, @Nullable String plan, long tokens) {
		KeySupply supply = this.supplies.now(key);
		if (supply instanceof KeyLine<?> line) {
			return ((TokenBucketLimiter) line.limiter).stampOf(tokens);
		}
		long now = this.time.nanoTime();
		return (supply instanceof KeyBucket bucket) ? bucket.stampOf(now, tokens)
				: this.supplies.rates().of(plan).untouched.stampOf(now, tokens);
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

	/** See {@link Settling#mustAsk}. */
	boolean mustAsk(Object key, long tokens, long timeoutNanos) {
		KeySupply supply = this.supplies.now(key);
		return (supply instanceof KeyLine<?> line) ? ((TokenBucketLimiter) line.limiter).mustAsk(tokens, timeoutNanos)
				: timeoutNanos > -this.limiter.graceNanos() && this.limiter.asksStore();
	}

	/** See {@link Settling#waitFor}. */
	long waitFor(Object key, @Nullable String plan, long tokens) {
		KeyRate rate = rate(plan);
		KeySupply supply = this.supplies.now(key);
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
		KeySupply supply = this.supplies.known(key);
		if (supply instanceof KeyBucket bucket) {
			bucket.countRefused();
		}
		else if (supply instanceof KeyLine<?> line) {
			line.limiter.countRefusedOfKey();
		}
		this.counters.refused(reason);
		Tokens values = this.supplies.rates().of(plan).untouched;
		return new RateLimitExceededException(this.limiter.name(), reason, retryAfterNanos, values.rate, values.burst,
				waiting(key), waitedNanos, tokens, key);
	}

	long available(Object key, @Nullable String plan) {
		KeySupply supply = this.supplies.now(key);
		long now = this.time.nanoTime();
		return (supply != null) ? supply.available(now) : this.supplies.rates().of(plan).untouched.available(now);
	}

	long debt(Object key) {
		KeySupply supply = this.supplies.now(key);
		if (supply instanceof KeyBucket bucket) {
			return bucket.debt(this.time.nanoTime());
		}
		return (supply instanceof KeyLine<?> line) ? ((TokenBucketLimiter) line.limiter).debt() : 0;
	}

	/** How many calls of a key stand in line. */
	int waiting(Object key) {
		return (this.supplies.now(key) instanceof KeyLine<?> line) ? line.limiter.waiting() : 0;
	}

	private KeyRate rate(@Nullable String plan) {
		Rates rates = this.supplies.rates();
		KeyRate rate = rates.of(plan);
		if (plan != null && rate == rates.own() && !rates.byPlan().containsKey(plan)) {
			this.counters.listeners().planUnknown(plan);
		}
		return rate;
	}

	/** Does something to a bucket; false if that is outdated. */
	private interface OfBucket {

		boolean settle(KeyBucket bucket);

	}

	private interface OfLine {

		void settle(TokenBucketLimiter line);

	}

}
