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
		if (isShared()) {
			return Tokens.full(this.spec, now);
		}
		TokenBucket bucket = bucket();
		return (bucket != null) ? bucket.withWord(bucket.word) : this.untouched.successor(this.spec, now);
	}

	/** Whether keys have nothing here, but what a store lends them. */
	boolean isShared() {
		return this.untouched instanceof Stock;
	}

	/** The bucket that keys have, {@code null} if they have a sliding window. */
	@Nullable TokenBucket bucket() {
		return (this.untouched instanceof TokenBucket bucket) ? bucket : null;
	}

}
