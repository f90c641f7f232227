package io.github.penstock;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

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
 * eighth carries over to {@code eighths}, so that an exact count costs next to nothing),
 * bit 0 says that the bucket is frozen: it has a successor, or will have in a moment, and
 * gives nothing any more. So a rate and the tokens that it made change in one step. A
 * bucket is also succeeded, by itself with a later base, before {@code fullAt} can
 * overflow.
 */
final class TokenBucket extends PaddingAfterWord {

	/** The answer of a bucket that must be succeeded first. */
	static final long SUCCEED = Long.MIN_VALUE;

	private static final int SHIFT = 4;

	private static final long FROZEN = 1;

	private static final long COUNT_ONE = 1 << 1;

	private static final long COUNT_MASK = 7 << 1;

	final RateLimiterSpec spec;

	// Of the spec, once for all refusals.
	final String rate;

	final long burst;

	private final AtomicLong eighths;

	private final long base;

	private final long unitsPerNano;

	private final long cost;

	private final long capacity;

	private final long span;

	/** A full bucket. */
	TokenBucket(RateLimiterSpec spec, long now, AtomicLong eighths) {
		this(spec, now, eighths, Scale.of(spec.limit(), spec.per(), spec.capacity()), 0, 0);
	}

	private TokenBucket(RateLimiterSpec spec, long base, AtomicLong eighths, Scale scale, long fullAt, long count) {
		this.spec = spec;
		this.rate = spec.rate();
		this.burst = spec.capacity();
		this.eighths = eighths;
		this.base = base;
		this.unitsPerNano = scale.unitsPerNano;
		this.cost = scale.cost;
		this.capacity = scale.capacity;
		this.span = Scale.MOST_ELAPSED / scale.unitsPerNano;
		this.word = (fullAt << SHIFT) | count;
	}

	/**
	 * Take a token for a call that came at {@code arrived}.
	 * @return 0 if taken; else the nanoseconds from {@code now} until there is one, or
	 * {@link #SUCCEED}
	 */
	long take(long now, long arrived) {
		long word = this.word;
		while (true) {
			long elapsed = now - this.base;
			if ((word & FROZEN) != 0 || elapsed > this.span) {
				return SUCCEED;
			}
			long units = units(elapsed);
			long from = Math.max(word >> SHIFT, (arrived == now) ? units : units(arrived - this.base));
			long missing = from + this.cost - this.capacity - units;
			if (missing > 0) {
				return nanos(missing);
			}
			long next = ((from + this.cost) << SHIFT) | ((word + COUNT_ONE) & COUNT_MASK);
			long seen = (long) WORD.compareAndExchange(this, word, next);
			if (seen == word) {
				if ((next & COUNT_MASK) == 0) {
					this.eighths.getAndIncrement();
				}
				return 0;
			}
			word = seen;
		}
	}

	/**
	 * Put a token back that was taken at an earlier time; false if the bucket must be
	 * succeeded first.
	 * <p>
	 * Without that token the bucket would have been full {@code cost} before
	 * {@code fullAt}, and what the clock made from then on would have run over, which
	 * others may have taken since. So as much of the token goes back as cannot have run
	 * over yet: all of it in the beginning, nothing from {@code fullAt} on.
	 * @param now the clock
	 * @param fullAt what {@link #fullAt} was when the token had been taken
	 */
	boolean untake(long now, long fullAt) {
		long nanos = fullAt - now;
		if (nanos <= 0) {
			return true;
		}
		long back = (nanos < this.cost / this.unitsPerNano) ? nanos * this.unitsPerNano : this.cost;
		long word;
		do {
			word = this.word;
			if ((word & FROZEN) != 0) {
				return false;
			}
		}
		while (!WORD.compareAndSet(this, word, word - (back << SHIFT)));
		return true;
	}

	/**
	 * How many nanoseconds after {@code arrived} a call gets a token that has
	 * {@code ahead} others before it, the first of which came at {@code firstArrived}. A
	 * time that has passed if there is one already.
	 */
	long expected(long arrived, long firstArrived, int ahead) {
		long tokens = ahead + 1L;
		long wholeNanos = this.cost / this.unitsPerNano;
		if (wholeNanos > Long.MAX_VALUE / 4 / tokens) {
			return Long.MAX_VALUE;
		}
		long from = Math.max(this.word >> SHIFT, units(firstArrived - this.base));
		long rest = from - this.capacity + (this.cost % this.unitsPerNano) * tokens;
		return Math.max(1, wholeNanos * tokens + nanos(rest) - (arrived - this.base));
	}

	/** The reading of the clock at which the bucket will be full if nothing is taken. */
	long fullAt() {
		return this.base + Math.floorDiv(this.word >> SHIFT, this.unitsPerNano);
	}

	/** Another number after each change of what is in the bucket. */
	long version() {
		return this.word;
	}

	/** Whole tokens in the bucket. */
	long available(long now) {
		return Math.max(0, levelAfter(this.word, now - this.base)) / this.cost;
	}

	/** How often a token was taken since the first of its predecessors was made. */
	long granted() {
		return this.eighths.get() * 8 + ((this.word & COUNT_MASK) >> 1);
	}

	boolean isFrozen() {
		return (this.word & FROZEN) != 0;
	}

	/** Give nothing any more. */
	void freeze() {
		WORD.getAndBitwiseOr(this, FROZEN);
	}

	/**
	 * Make the successor of this frozen bucket, with the tokens that are in it.
	 * @param now the clock, read after the bucket was frozen: no token is newer
	 */
	TokenBucket successor(RateLimiterSpec spec, long now) {
		long word = this.word;
		long elapsed = Math.max(0, now - this.base);
		long count = word & COUNT_MASK;
		if (spec == this.spec) {
			long fullAt = (elapsed > 2 * this.span) ? -Scale.MOST : (word >> SHIFT) - elapsed * this.unitsPerNano;
			return new TokenBucket(spec, this.base + elapsed, this.eighths,
					new Scale(this.unitsPerNano, this.cost, this.capacity), Math.max(fullAt, -Scale.MOST), count);
		}
		Scale scale = Scale.of(spec.limit(), spec.per(), spec.capacity());
		BigInteger carried = BigInteger.valueOf(Math.max(0, levelAfter(word, elapsed)))
			.multiply(BigInteger.valueOf(scale.cost))
			.divide(BigInteger.valueOf(this.cost))
			.min(BigInteger.valueOf(scale.capacity));
		return new TokenBucket(spec, this.base + elapsed, this.eighths, scale,
				scale.capacity - carried.longValueExact(), count);
	}

	private long levelAfter(long word, long elapsed) {
		if (elapsed > 2 * this.span) {
			return this.capacity;
		}
		return this.capacity - Math.max(0, (word >> SHIFT) - Math.max(elapsed, -this.span) * this.unitsPerNano);
	}

	private long units(long elapsed) {
		return Math.max(-this.span, Math.min(elapsed, this.span)) * this.unitsPerNano;
	}

	private long nanos(long units) {
		return (this.unitsPerNano == 1) ? units : -Math.floorDiv(-units, this.unitsPerNano);
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
