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
 * What a {@link TokenBucketLimiter} takes its tokens from: those of one rate, which are
 * succeeded by others when it changes. Lock-free; nothing in here waits, and nothing
 * knows of those who do.
 * <p>
 * There are three kinds and no more, all final: a {@link TokenBucket}, a
 * {@link SlidingWindow}, and the {@link Stock} of a limiter that several instances share.
 * Where one or two of them are in use, a call is compiled to a comparison of its class
 * and what stands in its method; the class of a kind that is not in use is never loaded.
 */
abstract class Tokens extends PaddingAfterWord {

	/** The answer of tokens that must be succeeded first. */
	static final long SUCCEED = Long.MIN_VALUE;

	/** The answer of tokens of which so many are only taken by {@link #successorLess}. */
	static final long REWRITE = Long.MIN_VALUE + 1;

	/** The answer if so many tokens are never there at once. */
	static final long NEVER = Long.MAX_VALUE;

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
		if (spec.sharing() != null) {
			return Stock.empty(spec, 0);
		}
		return spec.sliding() ? SlidingWindow.empty(spec, now) : new TokenBucket(spec, now);
	}

	/**
	 * Take tokens for a call that came at {@code arrived}.
	 * @param tokens how many, from 1 to the burst
	 * @return 0 if taken; else the nanoseconds from {@code now} until they are there,
	 * {@link #SUCCEED}, {@link #REWRITE} or {@link #NEVER}
	 */
	abstract long take(long now, long arrived, long tokens);

	/**
	 * What {@link #untake} wants to know of tokens that were taken a moment ago.
	 * @param now the clock by which they were taken
	 */
	abstract long stamp(long now);

	/**
	 * What {@link #stamp} will be of tokens that are taken after this. Where others take
	 * some in between it is too early, which makes no tokens.
	 */
	abstract long stampOf(long now, long tokens);

	/** {@link #stamp} of the tokens that were taken last, by whatever clock. */
	abstract long latestStamp();

	/**
	 * Put tokens back that were taken at an earlier time; false if that needs a
	 * successor, see {@link #successorWithout}.
	 * @param now the clock
	 * @param stamp what {@link #stamp} was
	 */
	abstract boolean untake(long now, long stamp, long tokens);

	/**
	 * Take tokens whether they are there or not.
	 * @return 0 if taken, {@link #SUCCEED} or {@link #REWRITE}
	 * @throws IllegalArgumentException if that would be a debt beyond all measure
	 */
	abstract long charge(long now, long tokens);

	/**
	 * Put tokens back, as many as there is room for; false if that needs a successor, see
	 * {@link #successorMore}.
	 */
	abstract boolean refund(long now, long tokens);

	/** Tokens that were charged and not there, and are not paid for yet. */
	abstract long debt(long now);

	/**
	 * How many nanoseconds after {@code arrived} a call gets {@code tokens} that has
	 * others before it which want {@code ahead} tokens, the first of which came at
	 * {@code firstArrived}. A time that has passed if they are there already.
	 */
	abstract long expected(long arrived, long firstArrived, long ahead, long tokens);

	/**
	 * Whether there is as much as where nothing was ever taken.
	 * @param untouched such tokens, by the same values
	 */
	abstract boolean isUntouched(Tokens untouched, long now);

	/** Whether the clock has gone further than these can count. */
	abstract boolean isOutdated(long now);

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
	 * Make the successor of these frozen tokens with the same values, into which tokens
	 * are put back.
	 * @param now the clock, read after they were frozen
	 * @param stamp what {@link #stamp} was when they had been taken
	 */
	Tokens successorWithout(long now, long stamp, long tokens) {
		Tokens successor = successor(this.spec, now);
		successor.untake(now, stamp, tokens);
		return successor;
	}

	/**
	 * Make the successor of these frozen tokens with the same values, from which tokens
	 * are taken; {@code null} if they are not there.
	 * @param now the clock, read after they were frozen
	 * @param charged whether it does not matter that they are not there
	 */
	@Nullable Tokens successorLess(long now, long tokens, boolean charged) {
		Tokens successor = successor(this.spec, now);
		return ((charged ? successor.charge(now, tokens) : successor.take(now, now, tokens)) == 0) ? successor : null;
	}

	/**
	 * Make the successor of these frozen tokens with the same values, into which tokens
	 * are put back, whenever they were taken.
	 * @param now the clock, read after they were frozen
	 */
	Tokens successorMore(long now, long tokens) {
		Tokens successor = successor(this.spec, now);
		successor.refund(now, tokens);
		return successor;
	}

	/** Another number after each change of what is there. */
	final long version() {
		return this.word;
	}

	final boolean isFrozen() {
		return (this.word & FROZEN) != 0;
	}

}
