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

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongUnaryOperator;

/**
 * A token bucket of one rate, in one word.
 * <p>
 * <b>The algorithm</b> is GCRA, the generic cell rate algorithm of ITU-T I.371, which is
 * a token bucket that keeps no tokens: {@code fullAt} is the time at which the bucket
 * will be full again. A token moves it {@code cost} later; there is one as long as that
 * leaves it at most {@code capacity} ahead of the clock.
 * <p>
 * <b>Exact in integers.</b> Time is counted from {@code base} in units of which
 * {@code unitsPerNano} make a nanosecond, so chosen that a token costs a whole number of
 * them: three per second are 3 units a nanosecond at 1 000 000 000 units a token. A rate
 * of so many digits that this would leave no room for the time has its cost rounded up by
 * as little as fits, less than one part in 2<sup>30</sup> for all rates up to ten million
 * per second.
 * <p>
 * <b>Waiters are served by their due time.</b> A waiter is granted when its token is
 * there, as of the later of its arrival and that moment; if its thread wakes late, the
 * next token is counted from the due time and none is lost. GCRA keeps its bound for
 * grants in any order of their times.
 * <p>
 * <b>The word.</b> Bits 4 to 63 are {@code fullAt}, bits 1 to 3 count grants (every
 * eighth carries over to {@code eighths}, so that an exact count costs next to nothing,
 * and threads do not meet a second time to count), bit 0 says that the bucket is frozen:
 * it has a successor, or will have in a moment, and gives nothing any more. So a rate and
 * the tokens that it made change in one step. A bucket is also succeeded, by itself with
 * a later base, before {@code fullAt} can overflow.
 */
final class TokenBucket extends Tokens {

	private static final int SHIFT = 4;

	private static final long COUNT_ONE = 1 << 1;

	private static final long COUNT_MASK = 7 << 1;

	private final LongAdder eighths;

	private final Past past;

	private final long base;

	private final long unitsPerNano;

	private final long cost;

	private final long capacity;

	private final long span;

	/** A full bucket. */
	TokenBucket(RateLimiterSpec spec, long now) {
		this(spec, now, spec.capacity(), 0);
	}

	private TokenBucket(RateLimiterSpec spec, long now, long tokens, long granted) {
		this(spec, now, new LongAdder(), new Past(granted, granted, now),
				Scale.of(spec.limit(), spec.per(), spec.capacity()), spec.capacity() - tokens, 0);
	}

	/**
	 * A bucket after so many calls were granted.
	 * @param tokens what is in it at most, less than 0 if some are owed
	 */
	static TokenBucket after(RateLimiterSpec spec, long now, long tokens, long granted) {
		TokenBucket bucket = new TokenBucket(spec, now, Math.max(0, Math.min(tokens, spec.capacity())), granted);
		if (tokens < 0) {
			bucket.charge(now, Math.min(-tokens, (Scale.MOST - bucket.capacity) / bucket.cost));
		}
		return bucket;
	}

	private TokenBucket(RateLimiterSpec spec, long base, LongAdder eighths, Past past, Scale scale, long missing,
			long count) {
		this(spec, base, eighths, past, scale, ((missing * scale.cost) << SHIFT) | count);
	}

	private TokenBucket(RateLimiterSpec spec, long base, LongAdder eighths, Past past, Scale scale, long word) {
		super(spec);
		this.eighths = eighths;
		this.past = past;
		this.base = base;
		this.unitsPerNano = scale.unitsPerNano;
		this.cost = scale.cost;
		this.capacity = scale.capacity;
		this.span = Scale.MOST_ELAPSED / scale.unitsPerNano;
		this.word = word;
	}

	@Override
	long take(long now, long arrived, long tokens) {
		if (tokens > this.burst) {
			return NEVER;
		}
		long price = tokens * this.cost;
		long word = this.word;
		while (true) {
			long elapsed = now - this.base;
			if ((word & FROZEN) != 0 || elapsed > this.span) {
				return SUCCEED;
			}
			long units = units(elapsed);
			long came = (arrived == now) ? units : units(arrived - this.base);
			// The clock comes last into it, as its reading takes longest.
			long missing = (word >> SHIFT) + price - this.capacity - units;
			if (missing <= 0 && came > units) {
				missing = came + price - this.capacity - units;
			}
			if (missing > 0) {
				return nanos(missing);
			}
			long from = Math.max(word >> SHIFT, came);
			long next = ((from + price) << SHIFT) | ((word + COUNT_ONE) & COUNT_MASK);
			long seen = (long) WORD.compareAndExchange(this, word, next);
			if (seen == word) {
				if ((next & COUNT_MASK) == 0) {
					this.eighths.increment();
				}
				return 0;
			}
			word = seen;
		}
	}

	/**
	 * Put tokens back.
	 * <p>
	 * Without them the bucket would have been full their price before {@code fullAt}, and
	 * what the clock made from then on would have run over, which others may have taken
	 * since. So as much of them goes back as cannot have run over yet: all of it in the
	 * beginning, nothing from {@code fullAt} on.
	 * @param fullAt what {@link #stamp} was when they had been taken
	 */
	@Override
	boolean untake(long now, long fullAt, long tokens) {
		long word;
		do {
			word = this.word;
			if ((word & FROZEN) != 0) {
				return false;
			}
		}
		while (!WORD.compareAndSet(this, word, untaken(word, now, fullAt, tokens)));
		return true;
	}

	long untaken(long word, long now, long fullAt, long tokens) {
		long nanos = fullAt - now;
		if (nanos <= 0) {
			return word;
		}
		long price = price(tokens);
		long back = (nanos < price / this.unitsPerNano) ? nanos * this.unitsPerNano : price;
		return word - (back << SHIFT);
	}

	/** What tokens cost, or as much as a debt can be. */
	private long price(long tokens) {
		return (tokens <= Scale.MOST / this.cost) ? tokens * this.cost : Scale.MOST;
	}

	@Override
	long charge(long now, long tokens) {
		long word;
		long next;
		do {
			word = this.word;
			next = charged(word, now, tokens);
			if (next == SUCCEED) {
				return SUCCEED;
			}
		}
		while (!WORD.compareAndSet(this, word, next));
		return 0;
	}

	/** The word without tokens that may not be there, or {@link #SUCCEED}. */
	long charged(long word, long now, long tokens) {
		if (tokens > Scale.MOST / this.cost) {
			throw tooMuch(tokens);
		}
		long elapsed = now - this.base;
		if ((word & FROZEN) != 0 || elapsed > this.span) {
			return SUCCEED;
		}
		long fullAt = Math.max(word >> SHIFT, units(elapsed)) + tokens * this.cost;
		if (fullAt > Scale.MOST) {
			throw tooMuch(tokens);
		}
		return (fullAt << SHIFT) | (word & COUNT_MASK);
	}

	private IllegalArgumentException tooMuch(long tokens) {
		return new IllegalArgumentException(
				"A bucket of " + this.rate + " cannot owe " + tokens + " tokens more: that is more than it can count");
	}

	@Override
	boolean refund(long now, long tokens) {
		long word;
		do {
			word = this.word;
			if ((word & FROZEN) != 0) {
				return false;
			}
		}
		while (!WORD.compareAndSet(this, word, refunded(word, now, tokens)));
		return true;
	}

	long refunded(long word, long now, long tokens) {
		long fullAt = word >> SHIFT;
		long full = Math.min(fullAt, units(now - this.base));
		return (Math.max(full, fullAt - price(tokens)) << SHIFT) | (word & COUNT_MASK);
	}

	@Override
	long debt(long now) {
		return debt(this.word, now);
	}

	long debt(long word, long now) {
		long missing = -Math.min(0, levelAfter(word, now - this.base));
		return missing / this.cost + ((missing % this.cost != 0) ? 1 : 0);
	}

	@Override
	long expected(long arrived, long firstArrived, long ahead, long tokens) {
		if (tokens > this.burst) {
			return NEVER;
		}
		long all = ahead + tokens;
		long wholeNanos = this.cost / this.unitsPerNano;
		if (all < 0 || wholeNanos + 1 > NEVER / 4 / Math.max(1, all)) {
			return NEVER;
		}
		// As few units at a time as cannot overflow.
		long rest = this.cost % this.unitsPerNano;
		long nanos = wholeNanos * all + all / this.unitsPerNano * rest;
		long from = Math.max(this.word >> SHIFT, units(firstArrived - this.base));
		long units = from - this.capacity + all % this.unitsPerNano * rest;
		return Math.max(1, nanos + nanos(units) - (arrived - this.base));
	}

	@Override
	long stamp(long now) {
		return latestStamp();
	}

	@Override
	long latestStamp() {
		return stampOf(this.word);
	}

	/** The reading of the clock at which a bucket will be full if nothing is taken. */
	long stampOf(long word) {
		return this.base + Math.floorDiv(word >> SHIFT, this.unitsPerNano);
	}

	/** What {@link #stampOf} will be if tokens are taken of that word now. */
	long stampOf(long word, long now, long tokens) {
		long fullAt = Math.max(word >> SHIFT, units(now - this.base)) + price(tokens);
		return this.base + Math.floorDiv(fullAt, this.unitsPerNano);
	}

	@Override
	long stampOf(long now, long tokens) {
		return stampOf(this.word, now, tokens);
	}

	@Override
	long available(long now) {
		return available(this.word, now);
	}

	long available(long word, long now) {
		return Math.max(0, levelAfter(word, now - this.base)) / this.cost;
	}

	/**
	 * The word of a key without tokens that it has, {@link #NEVER} if it does not have
	 * them, or {@link #SUCCEED}.
	 */
	long less(long word, long now, long tokens) {
		long elapsed = now - this.base;
		if ((word & FROZEN) != 0 || elapsed > this.span) {
			return SUCCEED;
		}
		if (tokens > this.burst) {
			return NEVER;
		}
		long units = units(elapsed);
		long fullAt = Math.max(word >> SHIFT, units) + tokens * this.cost;
		return (fullAt - this.capacity > units) ? NEVER : fullAt << SHIFT;
	}

	/** Nanoseconds until a key has tokens, or {@link #NEVER}. */
	long waitFor(long word, long now, long tokens) {
		if (tokens > this.burst) {
			return NEVER;
		}
		long units = units(now - this.base);
		return Math.max(1, nanos(Math.max(word >> SHIFT, units) + tokens * this.cost - this.capacity - units));
	}

	/**
	 * Whether a key with that word has as much as one that took nothing, which is not
	 * full for a while when the burst has grown. It may have more, if it got tokens back.
	 */
	boolean isUntouched(long word, long now) {
		long full = units(now - this.base);
		return Math.max(word >> SHIFT, full) == Math.max(this.word >> SHIFT, full);
	}

	/** The word of a key by this bucket's values that had that one by others. */
	long wordOf(long word, TokenBucket before, long now) {
		// The later one of a clock that may wrap.
		long from = this.base + Math.max(0, now - this.base);
		long moved = from - before.base;
		if (before.spec.equals(this.spec)) {
			long fullAt = (moved > 2 * before.span) ? -Scale.MOST
					: (word >> SHIFT) - (this.base - before.base) * this.unitsPerNano;
			return Math.max(fullAt, -Scale.MOST) << SHIFT;
		}
		long missing = missing(before.levelAfter(word, moved), before.cost,
				new Scale(this.unitsPerNano, this.cost, this.capacity));
		return (units(from - this.base) + missing) << SHIFT;
	}

	/** The bucket of a key with that word, for those who wait. */
	TokenBucket withWord(long word) {
		return new TokenBucket(this.spec, this.base, new LongAdder(), new Past(0, 0, this.base),
				new Scale(this.unitsPerNano, this.cost, this.capacity), word & ~(FROZEN | COUNT_MASK));
	}

	/** The clock when these values came. */
	long since() {
		return this.base;
	}

	@Override
	boolean isUntouched(Tokens untouched, long now) {
		return untouched instanceof TokenBucket bucket && bucket.spec.equals(this.spec)
				&& bucket.isUntouched(bucket.wordOf(this.word, this, now), now);
	}

	@Override
	boolean isOutdated(long now) {
		return now - this.base > this.span;
	}

	@Override
	long granted() {
		return this.past.earlier + this.eighths.sum() * 8 + ((this.word & COUNT_MASK) >> 1);
	}

	@Override
	void freeze() {
		WORD.getAndBitwiseOr(this, FROZEN);
	}

	@Override
	Tokens successor(RateLimiterSpec spec, long now) {
		if (spec.sharing() != null) {
			return Stock.empty(spec, granted());
		}
		if (spec.sliding()) {
			return SlidingWindow.after(spec, now, granted(), latestTokens(now), latestGrants(now));
		}
		long word = this.word;
		long elapsed = Math.max(0, now - this.base);
		long count = word & COUNT_MASK;
		if (spec == this.spec) {
			long fullAt = (elapsed > 2 * this.span) ? -Scale.MOST : (word >> SHIFT) - elapsed * this.unitsPerNano;
			return new TokenBucket(spec, this.base + elapsed, this.eighths, this.past,
					new Scale(this.unitsPerNano, this.cost, this.capacity),
					(Math.max(fullAt, -Scale.MOST) << SHIFT) | count);
		}
		Scale scale = Scale.of(spec.limit(), spec.per(), spec.capacity());
		return new TokenBucket(spec, this.base + elapsed, this.eighths,
				new Past(this.past.earlier, granted(), this.base + elapsed), scale,
				(missing(levelAfter(word, elapsed), this.cost, scale) << SHIFT) | count);
	}

	/**
	 * What is missing in a bucket by another scale, where there was that level by the
	 * scale of before. A debt is carried on as well, as far as there is room for it.
	 */
	private static long missing(long level, long costBefore, Scale scale) {
		return scale.capacity - BigInteger.valueOf(level)
			.multiply(BigInteger.valueOf(scale.cost))
			.divide(BigInteger.valueOf(costBefore))
			.min(BigInteger.valueOf(scale.capacity))
			.max(BigInteger.valueOf(scale.capacity - Scale.MOST / 2))
			.longValueExact();
	}

	/** How many tokens were taken as far as that is known: one by each call, or more. */
	private long latestTokens(long now) {
		long missing = this.capacity - levelAfter(this.word, Math.max(0, now - this.base));
		return Math.max(granted(), missing / this.cost + ((missing % this.cost != 0) ? 1 : 0));
	}

	/**
	 * When the tokens were taken at the latest, from the last one back, in nanoseconds
	 * from {@code now}. Each of them moved {@code fullAt} on by {@code cost}, to at least
	 * that much behind its own time. Those of before the last change of the values were
	 * before that change.
	 */
	private LongUnaryOperator latestGrants(long now) {
		long elapsed = Math.min(Math.max(0, now - this.base), Long.MAX_VALUE / 4);
		long full = nanos(this.word >> SHIFT) - elapsed;
		long ownGrants = latestTokens(now) - this.past.grantedBefore;
		long changed = Math.min(0, this.past.since - now);
		long wholeNanos = this.cost / this.unitsPerNano;
		long rest = this.cost % this.unitsPerNano;
		return (back) -> {
			long tokens = back + 1;
			if (back >= ownGrants) {
				return changed;
			}
			if (wholeNanos > Long.MAX_VALUE / 4 / tokens) {
				return Long.MIN_VALUE;
			}
			return Math.min(0, full - wholeNanos * tokens - rest * tokens / this.unitsPerNano);
		};
	}

	private long levelAfter(long word, long elapsed) {
		if (elapsed > 2 * this.span) {
			return this.capacity;
		}
		return this.capacity - Math.max(0, (word >> SHIFT) - Math.max(elapsed, -this.span) * this.unitsPerNano);
	}

	private long units(long elapsed) {
		// By branches, which a processor foresees: all else waits for the clock to be
		// read.
		if (elapsed > this.span) {
			return this.span * this.unitsPerNano;
		}
		if (elapsed < -this.span) {
			return -this.span * this.unitsPerNano;
		}
		return (this.unitsPerNano == 1) ? elapsed : elapsed * this.unitsPerNano;
	}

	private long nanos(long units) {
		return (this.unitsPerNano == 1) ? units : -Math.floorDiv(-units, this.unitsPerNano);
	}

	/**
	 * What was before the values of this bucket came.
	 *
	 * @param earlier how often a call was let in by those who count in another way
	 * @param grantedBefore how often a call had been let in at all
	 * @param since the clock when the values came
	 */
	private record Past(long earlier, long grantedBefore, long since) {
	}

	/**
	 * How fine time is counted.
	 */
	record Scale(long unitsPerNano, long cost, long capacity) {

		/** The furthest that anything may be from the base: 60 bits with their sign. */
		static final long MOST = 1L << 58;

		static final long MOST_ELAPSED = 1L << 57;

		private static final BigInteger MOST_CAPACITY = BigInteger.ONE.shiftLeft(57);

		private static final BigInteger MOST_UNITS = BigInteger.ONE.shiftLeft(26);

		/** So many units a nanosecond leave room for 40 hours. */
		private static final BigInteger EVERYDAY_UNITS = BigInteger.valueOf(1_000);

		private static final BigInteger LEAST_ROUNDED_COST = BigInteger.ONE.shiftLeft(30);

		/**
		 * Rounding a cost of that many units up loses one token in 17 000 000 000 000.
		 */
		private static final BigInteger PRECISE_COST = BigInteger.ONE.shiftLeft(44);

		/** The scale of a rate; throws if the bucket is too large for it. */
		static Scale of(BigDecimal limit, Duration per, long burst) {
			int digits = Math.max(0, limit.scale());
			BigInteger tokens = limit.movePointRight(digits).toBigIntegerExact();
			BigInteger nanos = BigInteger.valueOf(per.toNanos()).multiply(BigInteger.TEN.pow(digits));
			BigInteger divisor = tokens.gcd(nanos);
			tokens = tokens.divide(divisor);
			nanos = nanos.divide(divisor);
			BigInteger bucket = BigInteger.valueOf(burst);
			BigInteger capacity = nanos.multiply(bucket);
			// Fewer units leave more room for the time, so no more of them than precision
			// needs.
			BigInteger precise = PRECISE_COST.multiply(tokens).divide(nanos).add(BigInteger.ONE).min(MOST_UNITS);
			if (tokens.compareTo(precise.max(EVERYDAY_UNITS)) <= 0 && capacity.compareTo(MOST_CAPACITY) <= 0) {
				return new Scale(tokens.longValueExact(), nanos.longValueExact(), capacity.longValueExact());
			}
			BigInteger units = MOST_CAPACITY.multiply(tokens).divide(capacity).min(precise);
			BigInteger cost = costOf(units, tokens, nanos);
			if (cost.multiply(bucket).compareTo(MOST_CAPACITY) > 0) {
				units = units.subtract(BigInteger.ONE);
				cost = costOf(units, tokens, nanos);
			}
			InvalidLimitException.check(units.signum() > 0, "burst", burst,
					"a bucket of that size takes over four years to fill at this rate");
			InvalidLimitException.check(cost.compareTo(LEAST_ROUNDED_COST) >= 0 || units.equals(MOST_UNITS), "burst",
					burst, "a bucket of that size is too large for this rate to be kept exactly");
			return new Scale(units.longValueExact(), cost.longValueExact(), cost.multiply(bucket).longValueExact());
		}

		private static BigInteger costOf(BigInteger units, BigInteger tokens, BigInteger nanos) {
			return units.multiply(nanos).add(tokens).subtract(BigInteger.ONE).divide(tokens);
		}

	}

}
