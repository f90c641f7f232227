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

package io.github.penstock.aop;

import java.time.Duration;
import java.util.function.UnaryOperator;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.RateLimiter;
import org.jspecify.annotations.Nullable;

/**
 * Where the annotations of an application come together with its configuration. All
 * declarations of one name are merged: they may complete, but not contradict each other,
 * except in timeouts: each place may have its own.
 */
public interface LimiterDeclarations {

	/**
	 * Take note of a declaration. Order does not matter among those that are made before
	 * the limiter is asked for.
	 * @param declaration what the annotation says
	 * @throws InvalidLimitDeclarationException if it cannot be read, or contradicts a
	 * limiter that is there already
	 */
	void declare(BulkheadDeclaration declaration);

	/**
	 * Take note of a declaration. Order does not matter among those that are made before
	 * the limiter is asked for.
	 * @param declaration what the annotation says
	 * @throws InvalidLimitDeclarationException if it cannot be read, or contradicts a
	 * limiter that is there already
	 */
	void declare(RateLimitDeclaration declaration);

	/**
	 * Return the one limiter of that name, made now if it is asked for first.
	 * @param name a declared name
	 * @return the limiter
	 * @throws InvalidLimitDeclarationException if the declarations and the configuration
	 * do not make up a valid limiter
	 */
	ConcurrencyLimiter concurrencyLimiter(String name);

	/**
	 * Return the one limiter of that name, made now if it is asked for first.
	 * @param name a declared name
	 * @return the limiter
	 * @throws InvalidLimitDeclarationException if the declarations and the configuration
	 * do not make up a valid limiter
	 */
	RateLimiter rateLimiter(String name);

	/**
	 * Return how long the calls of one place wait for a permit. To be asked for when the
	 * declaration has been made.
	 * @param declaration what the annotation says
	 * @return makes their timeout of the one in force, {@code null} if they have none of
	 * their own; does not block
	 */
	default @Nullable UnaryOperator<Duration> timeout(BulkheadDeclaration declaration) {
		return null;
	}

	/**
	 * Return how long the calls of one place wait for a token. To be asked for when the
	 * declaration has been made.
	 * @param declaration what the annotation says
	 * @return makes their timeout of the one in force, {@code null} if they have none of
	 * their own; does not block
	 */
	default @Nullable UnaryOperator<Duration> timeout(RateLimitDeclaration declaration) {
		return null;
	}

}
