package io.github.penstock.work;

import org.jspecify.annotations.Nullable;

/**
 * An item of the input and its place there.
 *
 * @param <T> the type of the item
 * @param index how many came before it
 * @param value the item
 */
record Item<T extends @Nullable Object>(long index, T value) {
}
