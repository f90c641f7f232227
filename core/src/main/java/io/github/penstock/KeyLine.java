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

import org.jspecify.annotations.Nullable;

/**
 * What a key has of which calls wait, or have waited a moment ago: a limiter of its own.
 * <p>
 * Whoever uses it says so for as long as he does. The word that counts the users also
 * changes with each of them; so if it has not changed while somebody looked whether there
 * is anything to forget, nobody was here meanwhile.
 *
 * @param <L> the type of the limiter
 */
final class KeyLine<L extends LineLimiter> extends KeySupply {

	private static final long RETIRED = -1;

	private static final long USER = 1;

	private static final long USERS = (1L << 24) - 1;

	private static final long USE = 1L << 24;

	private static final VarHandle USED;

	private static final VarHandle KEPT_UNTIL;

	private static final VarHandle RATE;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			USED = lookup.findVarHandle(KeyLine.class, "used", long.class);
			KEPT_UNTIL = lookup.findVarHandle(KeyLine.class, "keptUntil", long.class);
			RATE = lookup.findVarHandle(KeyLine.class, "rate", KeyRate.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	final L limiter;

	/** By what rate a rate limiter goes. */
	private volatile @Nullable KeyRate rate;

	/** Whether it went by the rate of another plan before. */
	private volatile boolean moved;

	/** The clock until which what was taken by that counts, see {@link KeyBucket}. */
	private volatile long keptUntil;

	/** How many permits a concurrency limiter has. */
	volatile @Nullable KeyMax max;

	/** What the key had before, and has counted. */
	private final @Nullable KeySupply before;

	private volatile long used;

	/**
	 * Create the line of a key.
	 * @param limiter where calls wait
	 * @param before what the key had until now, {@code null} for nothing
	 */
	KeyLine(L limiter, @Nullable KeySupply before) {
		this.limiter = limiter;
		this.before = before;
		this.keptUntil = (before instanceof KeyBucket bucket) ? bucket.keptUntil() : limiter.time.nanoTime();
	}

	@Nullable KeyRate rate() {
		return this.rate;
	}

	/** Go by another rate from now on. */
	void rate(KeyRate rate) {
		KeyRate before = this.rate;
		if (before != null && before.latest() != rate.latest()) {
			this.moved = true;
		}
		this.rate = rate;
	}

	/** Go by what has taken the place of a rate, unless it goes by another one now. */
	void latestRate(KeyRate before) {
		RATE.compareAndSet(this, before, before.latest());
	}

	/** What was taken by the rate of another plan counts until then. */
	void keepUntil(long clock) {
		long before;
		do {
			before = this.keptUntil;
		}
		while (clock - before > 0 && !KEPT_UNTIL.compareAndSet(this, before, clock));
	}

	/** Whether it has gone by the rates of several plans. */
	boolean hasMoved() {
		return this.moved;
	}

	/** Begin to use the limiter; false if it is of no use any more. */
	boolean use() {
		long used;
		do {
			used = this.used;
			if (used == RETIRED) {
				return false;
			}
		}
		while (!USED.compareAndSet(this, used, ((used + USE) & Long.MAX_VALUE) + USER));
		return true;
	}

	/** End to use the limiter. */
	void leave() {
		USED.getAndAdd(this, -USER);
	}

	@Override
	boolean retire(long now) {
		long used = this.used;
		return used == RETIRED || ((used & USERS) == 0 && this.limiter.waiting() == 0 && isIdle(now)
				&& USED.compareAndSet(this, used, RETIRED));
	}

	/** Whether it is as if no call had ever come. */
	private boolean isIdle(long now) {
		KeyRate rate = this.rate;
		return (rate == null || rate.next == null) && now - this.keptUntil >= 0
				&& this.limiter.isUntouched((rate != null) ? rate.untouched : null, now);
	}

	@Override
	long granted() {
		return ((this.before != null) ? this.before.granted() : 0) + this.limiter.grantedOfKey();
	}

	@Override
	long takeGranted() {
		return ((this.before != null) ? this.before.takeGranted() : 0) + this.limiter.grantedOfKey();
	}

	@Override
	long refused() {
		return ((this.before != null) ? this.before.refused() : 0) + this.limiter.refusedOfKey();
	}

	@Override
	long available(long now) {
		return this.limiter.availableOfKey();
	}

}
