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
