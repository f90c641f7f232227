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

import org.jspecify.annotations.Nullable;

/**
 * The scopes that the current thread is in, outermost first.
 * <p>
 * A scope is a pair of numbers in an array that ends with 0: the number of its limiter,
 * and the stamp of the permit that the scope holds. The number is negative if the scope
 * holds a {@link SemaphorePermit}, which stands in an array of its own. Numbers and not
 * references, since to store a reference costs a write barrier and a type check, and
 * since an idle pool thread so keeps nothing of ours.
 */
final class Scopes {

	/**
	 * The first number of an array that has been replaced by a longer one.
	 */
	private static final long MOVED = Long.MIN_VALUE;

	/** The stamp of a scope that was opened for a permit. */
	private static final long OPENED = 0;

	/** The stamp of a scope that was entered with a share of a permit. */
	private static final long SHARED = 4;

	/** The scopes of a thread that has none of its own. Nobody writes to it. */
	static final long[] NONE = new long[2];

	private static final NeverInScope NEVER_IN_SCOPE = new NeverInScope();

	private static final ThreadLocal<long[]> OPEN = new Open();

	private static final ThreadLocal<@Nullable Object[]> PERMITS = ThreadLocal.withInitial(() -> new Object[4]);

	private Scopes() {
	}

	/** The scopes of the current thread. */
	static long[] current() {
		long[] open = currentOrNone();
		if (open == NONE) {
			open = new long[8];
			OPEN.set(open);
		}
		return open;
	}

	/**
	 * The scopes of the current thread, {@link #NONE} if nobody has asked for them: a
	 * thread that is about to wait does without until it is let in. To find that out
	 * takes longer than to make them.
	 */
	static long[] currentOrNone() {
		try {
			return OPEN.get();
		}
		catch (NeverInScope ex) {
			return NONE;
		}
	}

	/** Enter a scope that holds a permit of this stamp. */
	static long[] push(long number, long stamp) {
		long[] open = current();
		int size = size(open);
		if (2 * size + 2 >= open.length) {
			long[] longer = Arrays.copyOf(open, open.length * 2);
			OPEN.set(longer);
			open[0] = MOVED;
			open = longer;
		}
		open[2 * size] = number;
		open[2 * size + 1] = stamp;
		return open;
	}

	/** Enter a scope that holds this permit, and ends with the call that enters it. */
	static void push(SemaphorePermit permit) {
		push(permit, SHARED);
	}

	/** Open a scope that holds this permit, until somebody closes it. */
	static void open(SemaphorePermit permit) {
		push(permit, OPENED);
	}

	private static void push(SemaphorePermit permit, long stamp) {
		int scope = size(current());
		// First what may fail.
		setPermit(scope, permit);
		push(-permit.limiter().number(), stamp);
	}

	/** Have the scope hold this permit, which has its stamp. */
	static void replace(int scope, SemaphorePermit permit) {
		setPermit(scope, permit);
		current()[2 * scope] = -permit.limiter().number();
	}

	private static void setPermit(int scope, SemaphorePermit permit) {
		@Nullable Object[] permits = PERMITS.get();
		if (scope >= permits.length) {
			permits = Arrays.copyOf(permits, Math.max(scope + 1, 2 * permits.length));
			PERMITS.set(permits);
		}
		permits[scope] = permit;
	}

	/** The permit that the scope holds, {@code null} if it holds a stamp. */
	static @Nullable SemaphorePermit permit(int scope) {
		return (current()[2 * scope] < 0) ? (SemaphorePermit) PERMITS.get()[scope] : null;
	}

	/** The innermost scope of this limiter, -1 if there is none. */
	static int last(long number) {
		long[] open = current();
		for (int scope = size(open) - 1; scope >= 0; scope--) {
			if (Math.abs(open[2 * scope]) == number) {
				return scope;
			}
		}
		return -1;
	}

	/**
	 * The scope that the thread has entered this limiter with, -1 if there is none. There
	 * is one at most, as whoever enters again shares its permit; its stamp tells it from
	 * those that were opened for a permit.
	 */
	static int findEntered(long number) {
		long[] open = current();
		for (int scope = size(open) - 1; scope >= 0; scope--) {
			long stamp = open[2 * scope + 1];
			if (Math.abs(open[2 * scope]) == number && stamp != OPENED && stamp != SHARED) {
				return scope;
			}
		}
		return -1;
	}

	/** The innermost scope that holds this permit, -1 if there is none. */
	static int find(SemaphorePermit permit) {
		for (int scope = size(current()) - 1; scope >= 0; scope--) {
			if (permit(scope) == permit) {
				return scope;
			}
		}
		return -1;
	}

	/** Leave the innermost scope that holds this permit, if there is one. */
	static void close(SemaphorePermit permit) {
		int scope = find(permit);
		if (scope >= 0) {
			remove(scope);
		}
	}

	/**
	 * Leave a scope that the thread has entered, and those that were opened within it and
	 * not closed: the thread would go on without limits.
	 */
	static void exit(int scope) {
		long[] open = current();
		for (int inner = size(open) - 1; inner > scope; inner--) {
			if (open[2 * inner + 1] == OPENED) {
				remove(inner);
			}
		}
		remove(scope);
	}

	private static void remove(int scope) {
		long[] open = current();
		int size = size(open);
		System.arraycopy(open, 2 * (scope + 1), open, 2 * scope, 2 * (size - scope - 1));
		open[2 * (size - 1)] = 0;
		@Nullable Object[] permits = PERMITS.get();
		if (scope < permits.length) {
			System.arraycopy(permits, scope + 1, permits, scope, permits.length - scope - 1);
			permits[permits.length - 1] = null;
		}
	}

	private static int size(long[] open) {
		int size = 0;
		while (open[2 * size] != 0) {
			size++;
		}
		return size;
	}

	/**
	 * The names of the limiters of this thread's scopes, {@code null} if there is none.
	 */
	static @Nullable String describe() {
		long[] open = current();
		if (open[0] == 0) {
			return null;
		}
		StringBuilder names = new StringBuilder();
		for (int i = 0; open[i] != 0; i += 2) {
			names.append(names.isEmpty() ? "'" : ", '").append(LimiterNumbers.nameOf(Math.abs(open[i]))).append('\'');
		}
		return names.toString();
	}

	/**
	 * Tells of a thread that it has no value, and gives it none: the first thread-local
	 * of a thread takes more room than a call that waits.
	 */
	private static final class Open extends ThreadLocal<long[]> {

		@Override
		protected long[] initialValue() {
			throw NEVER_IN_SCOPE;
		}

	}

	private static final class NeverInScope extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private NeverInScope() {
			super(null, null, false, false);
		}

	}

}
