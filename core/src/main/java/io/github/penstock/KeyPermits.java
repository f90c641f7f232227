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
 * The permits of one key, of which nobody waits and which are held by scopes of threads
 * only.
 * <p>
 * <b>The word.</b> Bit 0 says that a line takes the place of this, bit 1 that the key is
 * forgotten; bits 2 to 33 are the permits that are out. The others number the changes of
 * the limit, as in a {@link SemaphoreLimiter}: a change fails every taker that still has
 * the limit of before in hand.
 * <p>
 * <b>When a line takes its place,</b> it is made known here first, and then the word is
 * frozen: from then on the permits that are out are the line's, and whoever gives one
 * back gives it to that.
 */
final class KeyPermits extends KeySupply {

	/** The answer if a permit was taken. */
	static final int TAKEN = 0;

	/** The answer if none is free. */
	static final int NOT_THERE = 1;

	/** The answer if the key has something else now. */
	static final int OUTDATED = 2;

	private static final long FROZEN = 1;

	private static final long RETIRED = 2;

	private static final long STATE = 3;

	private static final int SHIFT = 2;

	private static final long ONE = 1 << SHIFT;

	private static final long EPOCH = 1L << 34;

	private static final long OUT = EPOCH - 1 - STATE;

	private static final VarHandle WORD;

	private static final VarHandle GRANTED;

	private static final VarHandle REFUSED;

	private static final VarHandle NEXT;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			WORD = lookup.findVarHandle(KeyPermits.class, "word", long.class);
			GRANTED = lookup.findVarHandle(KeyPermits.class, "granted", long.class);
			REFUSED = lookup.findVarHandle(KeyPermits.class, "refused", int.class);
			NEXT = lookup.findVarHandle(KeyPermits.class, "next", KeyLine.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** What the scopes of a thread know it by, and its line. */
	final long number;

	private volatile KeyMax max;

	private volatile @Nullable KeyLine<SemaphoreLimiter> next;

	private volatile long word;

	private volatile long granted;

	private volatile int refused;

	KeyPermits(long number, KeyMax max) {
		this.number = number;
		this.max = max;
	}

	KeyMax max() {
		return this.max;
	}

	/** Have as many permits as another plan says. */
	void max(KeyMax max) {
		if (this.max != max) {
			this.max = max;
			changed();
		}
	}

	/** Fail those who have read the limit of before. */
	void changed() {
		WORD.getAndAdd(this, EPOCH);
	}

	int tryTake() {
		while (true) {
			long word = this.word;
			if ((word & STATE) != 0) {
				return OUTDATED;
			}
			if (inUse(word) >= this.max.spec().max()) {
				return NOT_THERE;
			}
			if (WORD.compareAndSet(this, word, word + ONE)) {
				GRANTED.getAndAdd(this, 1L);
				return TAKEN;
			}
		}
	}

	/**
	 * Take a permit though the limit says no; false if the key has something else now.
	 */
	boolean takeBeyond() {
		long word;
		do {
			word = this.word;
			if ((word & STATE) != 0) {
				return false;
			}
		}
		while (!WORD.compareAndSet(this, word, word + ONE));
		GRANTED.getAndAdd(this, 1L);
		return true;
	}

	/** Give a permit back. */
	void giveBack() {
		long word;
		do {
			word = this.word;
			KeyLine<SemaphoreLimiter> next = this.next;
			if ((word & FROZEN) != 0 && next != null) {
				next.limiter.beginWith(inUse(word));
				next.limiter.giveBack(SemaphoreLimiter.TAKEN);
				return;
			}
		}
		while (!WORD.compareAndSet(this, word, word - ONE));
	}

	/** Leave a scope of the current thread that was entered with a permit of this. */
	void exit() {
		long[] open = Scopes.current();
		KeyLine<SemaphoreLimiter> next = this.next;
		if (open[0] == this.number && open[2] == 0) {
			open[0] = 0;
			giveBack();
		}
		else if (next != null && (this.word & FROZEN) != 0) {
			next.limiter.beginWith(inUse(this.word));
			next.limiter.exit(open);
		}
		else {
			int scope = Scopes.findEntered(this.number);
			if (scope < 0) {
				throw new IllegalStateException("This thread is in no scope of this key");
			}
			Scopes.exit(scope);
			giveBack();
		}
	}

	/**
	 * Have a line take the place of this.
	 * @param line the line, if none is to do so already
	 * @return the line that does, {@code null} if the key is forgotten
	 */
	@Nullable KeyLine<SemaphoreLimiter> replaceBy(KeyLine<SemaphoreLimiter> line) {
		NEXT.compareAndSet(this, null, line);
		long word;
		do {
			word = this.word;
			if ((word & RETIRED) != 0) {
				return null;
			}
		}
		while ((word & FROZEN) == 0 && !WORD.compareAndSet(this, word, word | FROZEN));
		KeyLine<SemaphoreLimiter> next = this.next;
		if (next != null) {
			next.limiter.beginWith(inUse(word));
		}
		return next;
	}

	void countRefused() {
		REFUSED.getAndAdd(this, 1);
	}

	int inUse() {
		return inUse(this.word);
	}

	private static int inUse(long word) {
		return (int) ((word & OUT) >>> SHIFT);
	}

	boolean isRetired() {
		return (this.word & RETIRED) != 0;
	}

	@Override
	boolean retire(long now) {
		long word = this.word;
		return inUse(word) == 0 && (word & FROZEN) == 0
				&& ((word & RETIRED) != 0 || WORD.compareAndSet(this, word, word | RETIRED));
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

	@Override
	long available(long now) {
		return Math.max(0, this.max.spec().max() - inUse());
	}

}
