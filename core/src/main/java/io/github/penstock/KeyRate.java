package io.github.penstock;

import org.jspecify.annotations.Nullable;

/**
 * What all keys of a rate limiter with the same plan have in common.
 * <p>
 * A key that nobody knows has what {@code untouched} has, from which nobody ever takes:
 * after a change of the values that is not a full bucket of the new ones, but what a full
 * one of the old ones has become.
 */
final class KeyRate {

	final RateLimiterSpec spec;

	final Tokens untouched;

	/** Something will take its place: who reads the clock now may not take any more. */
	volatile boolean ending;

	/** What has taken its place, once something has. */
	volatile @Nullable KeyRate next;

	KeyRate(RateLimiterSpec spec, Tokens untouched) {
		this.spec = spec;
		this.untouched = untouched;
	}

	/** The same for other values, or for the same ones after a long time. */
	KeyRate successor(RateLimiterSpec spec, long now) {
		return new KeyRate(spec, this.untouched.successor(spec, now));
	}

	/** What is in force now. */
	KeyRate latest() {
		KeyRate rate = this;
		for (KeyRate next = rate.next; next != null; next = rate.next) {
			rate = next;
		}
		return rate;
	}

	/** Tokens of which nothing was taken yet. */
	Tokens copy(long now) {
		TokenBucket bucket = bucket();
		return (bucket != null) ? bucket.withWord(bucket.word) : this.untouched.successor(this.spec, now);
	}

	/** The bucket that keys have, {@code null} if they have a sliding window. */
	@Nullable TokenBucket bucket() {
		return (this.untouched instanceof TokenBucket bucket) ? bucket : null;
	}

}
