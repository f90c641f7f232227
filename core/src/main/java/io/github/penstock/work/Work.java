package io.github.penstock.work;

import org.jspecify.annotations.Nullable;

/**
 * What is done with an item, and around it: the permit first, then the token, then the
 * caller's context, then the function.
 *
 * @param <T> the type of the items
 * @param <R> the type of the results
 */
final class Work<T extends @Nullable Object, R extends @Nullable Object> {

	private final WorkSettings settings;

	private final ThrowingFunction<? super T, ? extends R, ?> function;

	private final ContextCapture.Captured context;

	private final ProgressCounter progress;

	Work(WorkSettings settings, ThrowingFunction<? super T, ? extends R, ?> function, ProgressCounter progress) {
		this.settings = settings;
		this.function = function;
		this.progress = progress;
		this.context = settings.context().capture();
	}

	/** Process an item with a permit of its own, or a share of the thread's. */
	R applyLimited(T item) throws Exception {
		try (var permit = this.settings.limiter().acquire(this.settings.timeout()); var scope = permit.makeCurrent()) {
			return apply(item);
		}
	}

	/** Process an item for which a call further out holds a permit. */
	R apply(T item) throws Exception {
		if (this.settings.rateLimiter() != null) {
			this.settings.rateLimiter().acquire(this.settings.timeout());
		}
		this.progress.itemBegan();
		try (ContextCapture.Scope scope = this.context.restore()) {
			return this.function.apply(item);
		}
		finally {
			this.progress.itemLeft();
		}
	}

}
