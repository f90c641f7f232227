package io.github.penstock;

/**
 * What a {@link TokenBucketLimiter} takes its tokens from: those of one rate, which are
 * succeeded by others when it changes. Lock-free; nothing in here waits, and nothing
 * knows of those who do.
 * <p>
 * There are two kinds and no more, both final, so that a call of one of them is compiled
 * to a comparison of its class and what stands in its method. Whoever makes no sliding
 * window never loads the other class, and has not even the comparison.
 */
abstract class Tokens extends PaddingAfterWord {

	/** The answer of tokens that must be succeeded first. */
	static final long SUCCEED = Long.MIN_VALUE;

	/**
	 * Bit 0 of the word: these have a successor, or will have in a moment, and give
	 * nothing any more.
	 */
	static final long FROZEN = 1;

	final RateLimiterSpec spec;

	// Of the spec, once for all refusals.
	final String rate;

	final long burst;

	Tokens(RateLimiterSpec spec) {
		this.spec = spec;
		this.rate = spec.rate();
		this.burst = spec.capacity();
	}

	/** As many tokens as there can be. */
	static Tokens full(RateLimiterSpec spec, long now) {
		return spec.sliding() ? SlidingWindow.empty(spec, now) : new TokenBucket(spec, now);
	}

	/**
	 * Take a token for a call that came at {@code arrived}.
	 * @return 0 if taken; else the nanoseconds from {@code now} until there is one, or
	 * {@link #SUCCEED}
	 */
	abstract long take(long now, long arrived);

	/**
	 * What {@link #untake} wants to know of a token that was taken a moment ago.
	 * @param now the clock by which it was taken
	 */
	abstract long stamp(long now);

	/**
	 * Put a token back that was taken at an earlier time; false if that needs a
	 * successor, see {@link #successorWithout}.
	 * @param now the clock
	 * @param stamp what {@link #stamp} was
	 */
	abstract boolean untake(long now, long stamp);

	/**
	 * How many nanoseconds after {@code arrived} a call gets a token that has
	 * {@code ahead} others before it, the first of which came at {@code firstArrived}. A
	 * time that has passed if there is one already.
	 */
	abstract long expected(long arrived, long firstArrived, int ahead);

	/** Whole tokens that are there. */
	abstract long available(long now);

	/** How often a token was taken since the first predecessor was made. */
	abstract long granted();

	/** Give nothing any more. */
	abstract void freeze();

	/**
	 * Make the successor of these frozen tokens, with what is left of them.
	 * @param now the clock, read after they were frozen: no token is newer
	 */
	abstract Tokens successor(RateLimiterSpec spec, long now);

	/**
	 * Make the successor of these frozen tokens with the same values, into which a token
	 * is put back.
	 * @param now the clock, read after they were frozen
	 * @param stamp what {@link #stamp} was when it had been taken
	 */
	abstract Tokens successorWithout(long now, long stamp);

	/** Another number after each change of what is there. */
	final long version() {
		return this.word;
	}

	final boolean isFrozen() {
		return (this.word & FROZEN) != 0;
	}

}
