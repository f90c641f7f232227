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

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongUnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * The exact form of "N per period": in no window of length {@code per} do more than
 * {@code limit} calls begin.
 * <p>
 * <b>The algorithm</b> is a log of the times of the last {@code limit} grants. A call may
 * begin if the oldest of them is {@code per} ago, or older; it takes the place of that
 * one. So two grants that are {@code limit} apart in the log are at least {@code per}
 * apart in time, and no window that is open at one end holds more than {@code limit}.
 * Grants are entered with the clock of the call that takes them, or that of the grant
 * before where a thread has read the clock late: nobody begins before those who had begun
 * when he was let in. Unlike the token of a bucket, one for which somebody has waited
 * counts from when he is let in and not from when it was due, for a thread that wakes
 * late begins its call late.
 * <p>
 * <b>A ring and a number.</b> Grant {@code n} stands in slot {@code n} modulo the size of
 * the ring. A slot holds its time, counted from {@code base}, in bits 2 to 63, and in bit
 * 0 the parity of the round in which it was written. The number of grants is in bits 1 to
 * 63 of the word. <b>A grant is the compare-and-set of its slot</b>; whoever finds the
 * slot of the next grant written in the current round moves the number on for whoever
 * wrote it, so that nobody waits for him. The time in a slot only grows; so a slot that
 * was read while the number was the same, before and after, cannot be written in between
 * and hold the same value again.
 * <p>
 * <b>Freezing</b> takes two steps: bit 0 of the word stops the number, then bit 1 of the
 * slot of the next grant stops whoever has read the number before. From then on nothing
 * changes, and everybody makes the same successor of it.
 * <p>
 * <b>Memory</b> is 8 bytes for each grant that still counts: the ring begins small, and a
 * ring that is full of them is succeeded by one of twice the size, up to {@code limit}.
 * <p>
 * <b>Changes forget nothing that counts.</b> The successor for other values has all
 * entries that count by the longest {@code per} there has been, more than the limit if it
 * must be. Where a higher limit or a longer {@code per} asks for grants that are not in
 * the ring any more, they are entered as late as they can have been: two that are as far
 * apart as the old limit, by the old {@code per}. What a token bucket has let in before
 * it became a sliding window is entered in the same way.
 * <p>
 * <b>A token that goes back</b> is taken out of the log, wherever it stands; that takes a
 * successor without it, and time by the number of entries. <b>A call of several
 * tokens</b> has as many entries, which only a successor can get all at once.
 */
final class SlidingWindow extends Tokens {

	/**
	 * The furthest that the clock may be from the base, which is 18 years. A period is
	 * shorter.
	 */
	private static final long SPAN = 1L << 59;

	/** The time of a slot in which nothing is yet: a period before any clock. */
	private static final long LONG_AGO = -1L << 60;

	private static final int SHIFT = 2;

	private static final long PARITY = 1;

	private static final long CLOSED = 2;

	private static final long ONE = 2;

	private static final int SMALLEST = 16;

	private final AtomicLongArray ring;

	private final int size;

	private final int limit;

	private final long per;

	private final long base;

	private final Past past;

	private SlidingWindow(RateLimiterSpec spec, long base, Past past, long[] times, int size) {
		super(spec);
		this.limit = limit(spec);
		this.per = spec.per().toNanos();
		this.base = base;
		this.past = past;
		this.size = size;
		long[] slots = new long[size];
		for (int i = 0; i < size; i++) {
			slots[i] = (i < times.length) ? times[i] << SHIFT : (LONG_AGO << SHIFT) | PARITY;
		}
		this.ring = new AtomicLongArray(slots);
		this.word = times.length * ONE;
	}

	/** A window in which nothing was granted yet. */
	static Tokens empty(RateLimiterSpec spec, long now) {
		return after(spec, now, 0, 0, (back) -> now);
	}

	/**
	 * A window that knows of grants by others.
	 * @param granted how many there were
	 * @param tokens how many tokens they took, as far as these may still count
	 * @param latest when they were at the latest, from the last one back, in nanoseconds
	 * from {@code now}
	 */
	static Tokens after(RateLimiterSpec spec, long now, long granted, long tokens, LongUnaryOperator latest) {
		long per = spec.per().toNanos();
		long[] times = new long[(int) Math.min(limit(spec), tokens)];
		int from = times.length;
		long time = 0;
		while (from > 0) {
			time = Math.min(time, latest.applyAsLong(times.length - from));
			if (time <= -per) {
				break;
			}
			times[--from] = time;
		}
		times = Arrays.copyOfRange(times, from, times.length);
		long forgotten = Math.max(0, tokens - times.length);
		return new SlidingWindow(spec, now,
				new Past(granted - times.length, forgotten, Math.max(time, LONG_AGO), forgotten + times.length, per),
				times, sizeFor(times.length, limit(spec)));
	}

	private static int limit(RateLimiterSpec spec) {
		return spec.limit().intValueExact();
	}

	/** Room for as many again, within the limit. */
	private static int sizeFor(int entries, int limit) {
		return Math.max(entries, Math.min(limit, Math.max(SMALLEST, 2 * entries)));
	}

	@Override
	long take(long now, long arrived, long tokens) {
		if (tokens != 1) {
			return takeSeveral(now, tokens);
		}
		while (true) {
			long word = this.word;
			long time = Math.max(now - this.base, -SPAN);
			if ((word & FROZEN) != 0 || time > SPAN) {
				return SUCCEED;
			}
			long number = word / ONE;
			long round = number / this.size;
			int index = (int) (number - round * this.size);
			long slot = this.ring.get(index);
			if (((slot ^ round) & PARITY) == 0) {
				WORD.compareAndSet(this, word, word + ONE);
				continue;
			}
			long oldest = (this.limit < this.size) ? this.ring.get(back(index, this.limit)) : slot;
			long newest = this.ring.get(back(index, 1));
			if (this.word != word) {
				continue;
			}
			long missing = (oldest >> SHIFT) + this.per - time;
			if (missing > 0) {
				return (this.size < this.limit) ? SUCCEED : missing;
			}
			long next = (Math.max(time, newest >> SHIFT) << SHIFT) | (round & PARITY);
			if (this.ring.compareAndSet(index, slot, next)) {
				WORD.compareAndSet(this, word, word + ONE);
				return 0;
			}
		}
	}

	private long takeSeveral(long now, long tokens) {
		if (tokens > this.limit) {
			return NEVER;
		}
		long time = now - this.base;
		if (isFrozen() || time > SPAN) {
			return SUCCEED;
		}
		long missing = timeBack((int) (this.limit - tokens + 1)) + this.per - time;
		return (missing > 0) ? missing : REWRITE;
	}

	/** The slot of so many grants before that of a slot, at most a whole round. */
	private int back(int index, int grants) {
		return (index < grants) ? index - grants + this.size : index - grants;
	}

	@Override
	long stamp(long now) {
		return now;
	}

	@Override
	long stampOf(long now, long tokens) {
		return now;
	}

	@Override
	long latestStamp() {
		return this.base + timeBack(1);
	}

	@Override
	boolean untake(long now, long stamp, long tokens) {
		return now - stamp >= this.per;
	}

	@Override
	long charge(long now, long tokens) {
		// Each of them has an entry, and nobody is to fill the memory with them.
		if (tokens > RateLimiterSpec.MOST_SLIDING - debt(now)) {
			throw new IllegalArgumentException("A window of " + this.rate + " cannot owe " + tokens + " calls, but "
					+ RateLimiterSpec.MOST_SLIDING + " at most");
		}
		return REWRITE;
	}

	@Override
	boolean refund(long now, long tokens) {
		return false;
	}

	@Override
	long debt(long now) {
		return Math.max(0, -room(now));
	}

	@Override
	long expected(long arrived, long firstArrived, long before, long tokens) {
		if (tokens > this.limit) {
			return NEVER;
		}
		long ahead = before + tokens - 1;
		long periods = ahead / this.limit;
		if (ahead < 0 || periods > NEVER / 4 / this.per) {
			return NEVER;
		}
		long oldest = timeBack((int) (this.limit - ahead % this.limit));
		long due = Math.max(oldest + this.per, firstArrived - this.base) + periods * this.per;
		return Math.max(1, due - (arrived - this.base));
	}

	/** The time of the grant that is so many back, the last one being 1. */
	private long timeBack(int grants) {
		if (grants > this.size) {
			return LONG_AGO;
		}
		while (true) {
			long word = this.word;
			long number = number(word);
			long slot = this.ring.get(back((int) (number % this.size), grants));
			if (this.word == word && number(word) == number) {
				return slot >> SHIFT;
			}
		}
	}

	/** The number of grants, with one that the word does not tell yet. */
	private long number(long word) {
		long number = word / ONE;
		long round = number / this.size;
		long slot = this.ring.get((int) (number - round * this.size));
		return (((slot ^ round) & PARITY) == 0) ? number + 1 : number;
	}

	@Override
	long available(long now) {
		return Math.max(0, room(now));
	}

	/** The tokens that are there, less than 0 if some are owed. */
	private long room(long now) {
		long since = Math.max(Math.min(now - this.base, SPAN), -SPAN) - this.per;
		int counting = 0;
		int most = this.size;
		while (counting < most) {
			int middle = counting + (most - counting + 1) / 2;
			if (timeBack(middle) > since) {
				counting = middle;
			}
			else {
				most = middle - 1;
			}
		}
		return this.limit - counting;
	}

	@Override
	boolean isUntouched(Tokens untouched, long now) {
		// By the longest period there has been: after a change what counts by it is back.
		return now - latestStamp() >= this.past.longest
				&& (this.past.forgotten == 0 || now - this.base - this.past.forgottenBy >= this.past.longest);
	}

	@Override
	boolean isOutdated(long now) {
		return now - this.base > SPAN;
	}

	@Override
	long granted() {
		return this.past.earlier + number(this.word);
	}

	@Override
	void freeze() {
		WORD.getAndBitwiseOr(this, FROZEN);
		long number = this.word / ONE;
		long round = number / this.size;
		int index = (int) (number - round * this.size);
		long slot = this.ring.get(index);
		while (((slot ^ round) & PARITY) != 0 && (slot & CLOSED) == 0) {
			this.ring.compareAndSet(index, slot, slot | CLOSED);
			slot = this.ring.get(index);
		}
	}

	@Override
	Tokens successor(RateLimiterSpec spec, long now) {
		if (spec.sharing() != null) {
			return Stock.empty(spec, granted());
		}
		return spec.sliding() ? new Copy(now).successor(spec) : TokenBucket.after(spec, now, room(now), granted());
	}

	@Override
	Tokens successorWithout(long now, long stamp, long tokens) {
		Copy copy = new Copy(now);
		for (long left = tokens; left > 0 && copy.remove(stamp); left--) {
			// Entries of one time stand side by side.
		}
		return copy.successor(this.spec);
	}

	@Override
	@Nullable Tokens successorLess(long now, long tokens, boolean charged) {
		Copy copy = new Copy(now);
		return (charged || copy.hasRoomFor(tokens)) ? copy.add((int) tokens, charged).successor(this.spec) : null;
	}

	@Override
	Tokens successorMore(long now, long tokens) {
		Copy copy = new Copy(now);
		copy.removeLast(tokens);
		return copy.successor(this.spec);
	}

	/**
	 * What was before the entries that a window began with.
	 *
	 * @param earlier what to add to the number of grants in the window for that of all
	 * @param forgotten how many grants have no entry
	 * @param forgottenBy when the last of these was at the latest, by the window's base
	 * @param changedAfter how many grants there were, with or without an entry, when the
	 * limit and its period came
	 * @param longest the longest period there has been
	 */
	private record Past(long earlier, long forgotten, long forgottenBy, long changedAfter, long longest) {
	}

	/** The entries of this window, which is frozen, from the oldest one on. */
	private final class Copy {

		private final long base;

		private final long elapsed;

		private long granted = granted();

		private final long forgotten;

		private long[] times;

		Copy(long now) {
			this.elapsed = Math.max(0, now - SlidingWindow.this.base);
			this.base = SlidingWindow.this.base + this.elapsed;
			long number = number(SlidingWindow.this.word);
			int size = SlidingWindow.this.size;
			this.times = new long[(int) Math.min(number, size)];
			for (int i = 0; i < this.times.length; i++) {
				int index = (int) ((number - this.times.length + i) % size);
				this.times[i] = moved(SlidingWindow.this.ring.get(index) >> SHIFT);
			}
			this.forgotten = SlidingWindow.this.past.forgotten + number - this.times.length;
		}

		private long moved(long time) {
			return Math.max(LONG_AGO, time - Math.min(this.elapsed, -LONG_AGO));
		}

		/**
		 * Take the entry out that was made at a time or as soon as could be after it;
		 * false if it does not count any more.
		 */
		boolean remove(long stamp) {
			long time = stamp - this.base;
			int index = (time > -SlidingWindow.this.per) ? firstAfter(time - 1) : this.times.length;
			if (index == this.times.length) {
				return false;
			}
			long[] others = Arrays.copyOf(this.times, this.times.length - 1);
			System.arraycopy(this.times, index + 1, others, index, others.length - index);
			this.times = others;
			return true;
		}

		/** Take the latest entries out, of those that still count. */
		void removeLast(long tokens) {
			int counting = this.times.length - firstAfter(-SlidingWindow.this.per);
			this.times = Arrays.copyOf(this.times, this.times.length - (int) Math.min(tokens, counting));
		}

		boolean hasRoomFor(long tokens) {
			return this.times.length - firstAfter(-SlidingWindow.this.per) + tokens <= SlidingWindow.this.limit;
		}

		/** Enter so many tokens of one call, which begins now or has begun before. */
		Copy add(int tokens, boolean before) {
			int from = this.times.length;
			this.times = Arrays.copyOf(this.times, from + tokens);
			Arrays.fill(this.times, from, from + tokens, (from > 0) ? Math.max(0, this.times[from - 1]) : 0);
			this.granted += before ? 0 : 1;
			return this;
		}

		private int firstAfter(long time) {
			int from = 0;
			int to = this.times.length;
			while (from < to) {
				int middle = (from + to) >>> 1;
				if (this.times[middle] > time) {
					to = middle;
				}
				else {
					from = middle + 1;
				}
			}
			return from;
		}

		SlidingWindow successor(RateLimiterSpec spec) {
			SlidingWindow window = SlidingWindow.this;
			Past past = window.past;
			long per = spec.per().toNanos();
			long longest = Math.max(past.longest, per);
			int limit = limit(spec);
			int from = firstAfter(-longest);
			long[] entries = Arrays.copyOfRange(this.times, from, this.times.length);
			long forgotten = this.forgotten + from;
			long forgottenBy = moved(past.forgottenBy);
			long changedAfter = past.changedAfter;
			if (limit != window.limit || per != window.per) {
				// Entries make room when they do not count any more, and not before.
				forgottenBy = Math.max(forgottenBy, -window.per);
				entries = withForgotten(entries, forgotten, forgottenBy, limit, per);
				forgotten -= entries.length - (this.times.length - from);
				changedAfter = forgotten + entries.length;
			}
			return new SlidingWindow(spec, this.base,
					new Past(this.granted - entries.length, forgotten, forgottenBy, changedAfter, longest), entries,
					sizeFor(entries.length, limit));
		}

		/**
		 * Add those that have no entry and may still count by the new values, each as
		 * late as it can have been.
		 */
		private long[] withForgotten(long[] known, long forgotten, long forgottenBy, int limit, long per) {
			int most = (int) Math.min(forgotten, Math.max(0, limit - known.length));
			long[] times = new long[most + known.length];
			System.arraycopy(known, 0, times, most, known.length);
			int first = most;
			long time = forgottenBy;
			while (first > 0) {
				int apart = first - 1 + SlidingWindow.this.limit;
				if (apart < times.length && forgotten - most + apart >= SlidingWindow.this.past.changedAfter) {
					time = Math.min(time, times[apart] - SlidingWindow.this.per);
				}
				if (first < times.length) {
					time = Math.min(time, times[first]);
				}
				if (time <= -per) {
					break;
				}
				times[--first] = time;
			}
			return Arrays.copyOfRange(times, first, times.length);
		}

	}

}
