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

import io.github.penstock.Limits;
import org.jspecify.annotations.Nullable;

/**
 * What is done with an item, and around it: the permit first, then the token, then the
 * caller's context, then the function.
 *
 * @param <T> the type of the items
 * @param <R> the type of the results
 */
final class Work<T extends @Nullable Object, R extends @Nullable Object> {

	private final Limits limits;

	private final Limits tokens;

	private final ThrowingFunction<? super T, ? extends R, ?> function;

	private final ContextCapture.Captured context;

	private final ProgressCounter progress;

	Work(WorkSettings settings, ThrowingFunction<? super T, ? extends R, ?> function, ProgressCounter progress) {
		this.limits = settings.limits();
		this.tokens = this.limits.withoutPermits();
		this.function = function;
		this.progress = progress;
		this.context = settings.context().capture();
	}

	/** Process an item with a permit of its own, or a share of the thread's. */
	R applyLimited(T item) throws Exception {
		return apply(item, this.limits);
	}

	/** Process an item for which a call further out holds a permit. */
	R apply(T item) throws Exception {
		return apply(item, this.tokens);
	}

	private R apply(T item, Limits limits) throws Exception {
		Object entry = limits.enterInterruptibly();
		try {
			return applyInContext(item);
		}
		finally {
			limits.exit(entry);
		}
	}

	private R applyInContext(T item) throws Exception {
		this.progress.itemBegan();
		try (ContextCapture.Scope scope = this.context.restore()) {
			return this.function.apply(item);
		}
		finally {
			this.progress.itemLeft();
		}
	}

}
