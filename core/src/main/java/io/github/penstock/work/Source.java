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

package io.github.penstock.work;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The input of a call. It is opened, read and closed by the thread of the caller, an item
 * at a time.
 *
 * @param <T> the type of the items
 */
final class Source<T extends @Nullable Object> implements Consumer<T>, AutoCloseable {

	private final Object input;

	private @Nullable Spliterator<? extends T> items;

	private @Nullable Iterator<? extends T> iterator;

	private @Nullable T current;

	Source(Object input) {
		this.input = Objects.requireNonNull(input, "'items' must not be null");
	}

	/** All items if they are in memory already, otherwise {@code null}. */
	@Nullable Object @Nullable [] inMemory() {
		return (this.input instanceof Collection<?> collection) ? collection.toArray() : null;
	}

	/** How many items there are, if the input tells. Opens it. */
	long total() {
		return (this.input instanceof Collection<?> collection) ? collection.size() : open().getExactSizeIfKnown();
	}

	/** Read an item; may block. */
	boolean advance() {
		return open().tryAdvance(this);
	}

	@Override
	public void accept(T item) {
		this.current = item;
	}

	@SuppressWarnings("NullAway") // An item that was read, which may be null.
	T take() {
		T item = this.current;
		this.current = null;
		return item;
	}

	@SuppressWarnings("unchecked")
	private Spliterator<? extends T> open() {
		Spliterator<? extends T> items = this.items;
		if (items == null) {
			if (this.input instanceof Stream<?> stream) {
				items = ((Stream<T>) stream).spliterator();
			}
			else {
				items = Spliterators.spliteratorUnknownSize(iterator(), 0);
			}
			this.items = items;
		}
		return items;
	}

	@SuppressWarnings("unchecked")
	private Iterator<? extends T> iterator() {
		this.iterator = (this.input instanceof Iterable<?> iterable) ? ((Iterable<T>) iterable).iterator()
				: (Iterator<T>) this.input;
		return this.iterator;
	}

	/** Close what can be closed, all of it whatever throws. */
	@Override
	public void close() {
		try {
			if (this.iterator != this.input) {
				close(this.iterator);
			}
		}
		finally {
			close(this.input);
		}
	}

	private static void close(@Nullable Object object) {
		try {
			if (object instanceof AutoCloseable closeable) {
				closeable.close();
			}
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The input could not be closed", ex);
		}
		catch (Exception ex) {
			throw new IllegalStateException("The input could not be closed", ex);
		}
	}

}
