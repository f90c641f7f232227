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

/**
 * The token bucket of one key, of which nobody waits: the word of a {@link TokenBucket}
 * without the bucket, which all keys of a plan have in common.
 */
final class KeyBucket extends KeySupply {

	/** The answer if the tokens were taken. */
	static final int TAKEN = 0;

	/** The answer if they are not there. */
	static final int NOT_THERE = 1;

	/** The answer if something else has to take this bucket's place first. */
	static final int OUTDATED = 2;

	private static final VarHandle WORD;

	private static final VarHandle GRANTED;

	private static final VarHandle REFUSED;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			WORD = lookup.findVarHandle(KeyBucket.class, "word", long.class);
			GRANTED = lookup.findVarHandle(KeyBucket.class, "granted", long.class);
			REFUSED = lookup.findVarHandle(KeyBucket.class, "refused", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	final KeyRate rate;

	private volatile long word;

	private volatile long granted;

	private volatile int refused;

	/**
	 * The clock until which what was taken by the rates of other plans counts, so that
	 * the key must not be forgotten: whoever could choose would go back and forth.
	 */
	private final long keptUntil;

	/** What a key has that nobody knows. */
	KeyBucket(KeyRate rate) {
		this.rate = rate;
		this.word = rate.untouched.word & ~Tokens.FROZEN;
		this.keptUntil = ((TokenBucket) rate.untouched).since();
	}

	private KeyBucket(KeyRate rate, long word, KeyBucket before, long keptUntil) {
		this.rate = rate;
		this.word = word;
		this.keptUntil = keptUntil;
		this.refused = before.refused;
	}

	/**
	 * Count what the frozen bucket has counted in whose place this one is now. Calls that
	 * took from it and are about to count are not among them.
	 */
	void goOnFrom(KeyBucket before) {
		GRANTED.getAndAdd(this, before.takeGranted());
	}

	/** Take tokens. */
	int take(TimeSource time, long tokens) {
		TokenBucket bucket = (TokenBucket) this.rate.untouched;
		while (true) {
			long word = this.word;
			// The clock after the word: what others took until then counts.
			long next = bucket.less(word, time.nanoTime(), tokens);
			if (next == Tokens.SUCCEED || this.rate.ending) {
				return OUTDATED;
			}
			if (next == Tokens.NEVER) {
				return NOT_THERE;
			}
			if (WORD.compareAndSet(this, word, next)) {
				GRANTED.getAndAdd(this, 1L);
				return TAKEN;
			}
		}
	}

	/** Take tokens whether they are there or not; false if that is outdated. */
	boolean charge(TimeSource time, long tokens) {
		TokenBucket bucket = (TokenBucket) this.rate.untouched;
		long word;
		long next;
		do {
			word = this.word;
			next = bucket.charged(word, time.nanoTime(), tokens);
			if (next == Tokens.SUCCEED || this.rate.ending) {
				return false;
			}
		}
		while (!WORD.compareAndSet(this, word, next));
		return true;
	}

	/** Put tokens back; false if that is outdated. */
	boolean refund(TimeSource time, long tokens) {
		TokenBucket bucket = (TokenBucket) this.rate.untouched;
		long word;
		long next;
		do {
			word = this.word;
			next = bucket.refunded(word, time.nanoTime(), tokens);
			if ((word & Tokens.FROZEN) != 0 || this.rate.ending) {
				return false;
			}
		}
		while (!WORD.compareAndSet(this, word, next));
		return true;
	}

	/** Put tokens back that were taken at an earlier time; false if that is outdated. */
	boolean putBack(TimeSource time, long tokens, long stamp) {
		TokenBucket bucket = (TokenBucket) this.rate.untouched;
		long word;
		long next;
		do {
			word = this.word;
			next = bucket.untaken(word, time.nanoTime(), stamp, tokens);
			if ((word & Tokens.FROZEN) != 0 || this.rate.ending) {
				return false;
			}
		}
		while (!WORD.compareAndSet(this, word, next));
		return true;
	}

	/** A call was let in that is not counted by its tokens. */
	void countGranted() {
		GRANTED.getAndAdd(this, 1L);
	}

	/** A call was let in and then not: nobody is to see the count go back and forth. */
	void countUndone() {
		GRANTED.getAndAdd(this, -1L);
	}

	void countRefused() {
		REFUSED.getAndAdd(this, 1);
	}

	/** Nanoseconds until so many tokens are there, or {@link Tokens#NEVER}. */
	long wait(long now, long tokens) {
		return ((TokenBucket) this.rate.untouched).waitFor(this.word, now, tokens);
	}

	long stamp() {
		return ((TokenBucket) this.rate.untouched).stampOf(this.word);
	}

	/** What {@link #stamp} will be if tokens are taken now. */
	long stampOf(long now, long tokens) {
		return ((TokenBucket) this.rate.untouched).stampOf(this.word, now, tokens);
	}

	/** Whether something else takes the place of this, or will in a moment. */
	boolean isFrozen() {
		return (this.word & Tokens.FROZEN) != 0;
	}

	/** The clock until which this key must not be forgotten, however full. */
	long keptUntil() {
		return this.keptUntil;
	}

	long debt(long now) {
		return ((TokenBucket) this.rate.untouched).debt(this.word, now);
	}

	@Override
	long available(long now) {
		return ((TokenBucket) this.rate.untouched).available(this.word, now);
	}

	@Override
	boolean retire(long now) {
		long word = this.word;
		// By an earlier clock than that of what comes after an ending rate.
		return this.rate.next == null && !this.rate.ending && now - this.keptUntil >= 0
				&& ((TokenBucket) this.rate.untouched).isUntouched(word, now)
				&& ((word & Tokens.FROZEN) != 0 || WORD.compareAndSet(this, word, word | Tokens.FROZEN));
	}

	/** Give nothing any more. */
	void freeze() {
		WORD.getAndBitwiseOr(this, Tokens.FROZEN);
	}

	/** What takes the place of this frozen bucket where the values are others. */
	KeyBucket successor(KeyRate rate, long now) {
		return new KeyBucket(rate, wordOf(rate, now), this, keptUntil(rate));
	}

	private long keptUntil(KeyRate wanted) {
		long fullAt = stamp();
		return (wanted.latest() != this.rate.latest() && fullAt - this.keptUntil > 0) ? fullAt : this.keptUntil;
	}

	/** What takes the place of this frozen bucket where calls wait, or by a window. */
	TokenBucket bucket() {
		return ((TokenBucket) this.rate.untouched).withWord(this.word);
	}

	/** The word by other values; each of those that came between had its say. */
	private long wordOf(KeyRate wanted, long now) {
		KeyRate rate = this.rate;
		long word = this.word & ~Tokens.FROZEN;
		for (KeyRate next = rate.next; next != null && rate != wanted; next = rate.next) {
			if (!(next.untouched instanceof TokenBucket bucket)) {
				break;
			}
			word = bucket.wordOf(word, (TokenBucket) rate.untouched, bucket.since());
			rate = next;
		}
		return (rate == wanted) ? word
				: ((TokenBucket) wanted.untouched).wordOf(word, (TokenBucket) rate.untouched, now);
	}

	@Override
	long granted() {
		return this.granted;
	}

	@Override
	long takeGranted() {
		return (long) GRANTED.getAndSet(this, 0L);
	}

	@Override
	long refused() {
		return Integer.toUnsignedLong(this.refused);
	}

}
