package io.github.penstock;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The scopes that the current thread is in, outermost first: an array that ends with
 * {@code null}. An entry is either a {@link SemaphoreLimiter}, whose permit the scope
 * itself holds, or a {@link SemaphorePermit}.
 */
final class Scopes {

	// An array of the JDK's own, so that an idle pool thread keeps none of our classes.
	private static final ThreadLocal<Object[]> OPEN = ThreadLocal.withInitial(() -> new Object[4]);

	private Scopes() {
	}

	/** The scopes of the current thread. There is room for one more. */
	static @Nullable Object[] current() {
		@Nullable Object[] open = OPEN.get();
		if (open[open.length - 2] != null) {
			open = Arrays.copyOf(open, open.length * 2);
			OPEN.set(open);
		}
		return open;
	}

	static int size(@Nullable Object[] open) {
		int size = 0;
		while (open[size] != null) {
			size++;
		}
		return size;
	}

	/** Take the innermost scope of this limiter out; {@code null} if there is none. */
	static @Nullable Object closeLast(SemaphoreLimiter limiter) {
		@Nullable Object[] open = OPEN.get();
		int top = size(open) - 1;
		for (int i = top; i >= 0; i--) {
			Object scope = open[i];
			if (scope == limiter || (scope instanceof SemaphorePermit permit && permit.isOf(limiter))) {
				remove(open, i, top);
				return scope;
			}
		}
		return null;
	}

	/** Take this permit out, if it is there. */
	static void close(SemaphorePermit permit) {
		@Nullable Object[] open = OPEN.get();
		int top = size(open) - 1;
		for (int i = top; i >= 0; i--) {
			if (open[i] == permit) {
				remove(open, i, top);
				return;
			}
		}
	}

	private static void remove(@Nullable Object[] open, int index, int top) {
		System.arraycopy(open, index + 1, open, index, top - index);
		open[top] = null;
	}

	/**
	 * The names of the limiters of this thread's scopes, {@code null} if there is none.
	 */
	static @Nullable String describe() {
		@Nullable Object[] open = OPEN.get();
		StringBuilder names = new StringBuilder();
		for (int i = 0; open[i] != null; i++) {
			String name = (open[i] instanceof SemaphorePermit permit) ? permit.limiter().name()
					: String.valueOf(open[i]);
			names.append(names.isEmpty() ? "'" : ", '").append(name).append('\'');
		}
		return names.isEmpty() ? null : names.toString();
	}

}
