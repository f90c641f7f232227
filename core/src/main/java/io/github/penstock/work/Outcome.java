package io.github.penstock.work;

import org.jspecify.annotations.Nullable;

/**
 * How the processing of an item ended, where failures are collected.
 *
 * @param <R> the type of the result
 * @param result the result, {@code null} also if it failed
 * @param failure what was thrown, {@code null} if nothing
 */
public record Outcome<R extends @Nullable Object>(@Nullable R result, @Nullable Throwable failure) {

	/**
	 * Return whether there is a result, which may be {@code null}.
	 * @return whether nothing was thrown
	 */
	public boolean succeeded() {
		return this.failure == null;
	}

}
