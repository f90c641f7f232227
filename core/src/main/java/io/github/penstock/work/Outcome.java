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
