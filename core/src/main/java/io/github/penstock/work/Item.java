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

import org.jspecify.annotations.Nullable;

/**
 * An item of the input, its place there, and what becomes of it where somebody takes the
 * results one by one.
 *
 * @param <T> the type of the item
 */
final class Item<T extends @Nullable Object> {

	private static final Object NULL = new Object();

	private final long index;

	/** Gone when there is the result, which may wait for long. */
	private @Nullable T value;

	private volatile @Nullable Object result;

	/**
	 * Create an item.
	 * @param index how many came before it
	 * @param value the item
	 */
	Item(long index, T value) {
		this.index = index;
		this.value = value;
	}

	long index() {
		return this.index;
	}

	@SuppressWarnings("NullAway") // An item that was read, which may be null.
	T value() {
		return this.value;
	}

	/** Keep the result for whoever takes it. By the worker that has the item. */
	void end(@Nullable Object result) {
		this.value = null;
		this.result = (result != null) ? result : NULL;
	}

	boolean hasResult() {
		return this.result != null;
	}

	/** The result, which is there. */
	@Nullable Object result() {
		Object result = this.result;
		return (result != NULL) ? result : null;
	}

}
