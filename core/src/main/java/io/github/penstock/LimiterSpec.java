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

package io.github.penstock;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The values of a limiter, whatever it limits.
 */
public sealed interface LimiterSpec permits ConcurrencyLimiterSpec, RateLimiterSpec {

	/** The limit holds for each call. */
	int ENFORCED = 100;

	/** How many keys may have a supply of their own where nobody says otherwise. */
	int DEFAULT_MAX_KEYS = 100_000;

	/**
	 * Return how long a call may wait.
	 * @return the timeout, zero for not at all
	 */
	Duration timeout();

	/**
	 * Return how many calls may stand in line.
	 * @return the bound of the line
	 */
	int maxWaiting();

	/**
	 * Return of how many in a hundred calls that the limiter would not let in at once the
	 * limit holds; the others go in at once and are counted.
	 * @return the share, 100 for all, 0 for none: the shadow mode
	 */
	int enforce();

	/**
	 * Return how many keys may have a supply of their own at a time.
	 * @return the number of keys
	 */
	int maxKeys();

	/**
	 * Return how all instances share the limiter.
	 * @return how, {@code null} if each has its own
	 */
	@Nullable Sharing sharing();

	/**
	 * Copy that is shared, or not.
	 * @param sharing how all instances share it, {@code null} if each has its own
	 * @return the copy
	 */
	LimiterSpec withSharing(@Nullable Sharing sharing);

	/**
	 * Copy with another share of the calls for which the limit holds.
	 * @param enforce of a hundred, 0 for the shadow mode
	 * @return the copy
	 */
	LimiterSpec withEnforce(int enforce);

}
