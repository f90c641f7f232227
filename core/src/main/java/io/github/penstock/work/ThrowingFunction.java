package io.github.penstock.work;

import org.jspecify.annotations.Nullable;

/**
 * What is done with an item. The compiler infers {@code X} from a lambda's body: a body
 * that throws no checked exception makes it {@code RuntimeException}.
 *
 * @param <T> the type of the item
 * @param <R> the type of the result
 * @param <X> what it may throw
 */
@FunctionalInterface
public interface ThrowingFunction<T extends @Nullable Object, R extends @Nullable Object, X extends Exception> {

	/**
	 * Process an item. The thread is interrupted if the result is not wanted any more.
	 * @param item the item
	 * @return the result
	 * @throws X if it fails
	 */
	R apply(T item) throws X;

}
