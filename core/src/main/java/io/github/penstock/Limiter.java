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

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A supply of permits and one line of waiters: what a {@link ConcurrencyLimiter} and a
 * {@link RateLimiter} have in common. All methods may be called by any thread.
 */
public sealed interface Limiter permits ConcurrencyLimiter, RateLimiter {

	/**
	 * Return the name, which matches {@code [A-Za-z0-9][A-Za-z0-9._-]{0,63}}.
	 * @return the name
	 */
	String name();

	/**
	 * Return how many calls stand in line now.
	 * @return the number of calls
	 */
	int waiting();

	/**
	 * Return whether this limiter knows who waits, and a {@link ConcurrencyLimiter} who
	 * holds its permits.
	 * @return whether it does
	 */
	default boolean isTracked() {
		return false;
	}

	/**
	 * Return the calls that have waited longest.
	 * @param most how many of them at most
	 * @return the oldest first; none if this limiter does not know
	 */
	default List<Holder> waiters(int most) {
		return List.of();
	}

	/**
	 * Return how this limiter stands if several instances share it.
	 * @return how, {@code null} if each has its own
	 */
	default @Nullable SharedStatus sharedStatus() {
		return null;
	}

	/**
	 * Return the keys that have a supply of their own. Takes time by their number.
	 * @param most how many to name at most of those that stand out
	 * @return the keys
	 */
	LimiterKeys keys(int most);

	/**
	 * Return what was counted since the limiter was made.
	 * @return the counts, each exact once the calls that it counts have returned
	 */
	LimiterStats stats();

	/**
	 * Tell a listener of each call from now on that is not let in at once, for good. It
	 * costs calls that are let in at once nothing.
	 * @param listener the listener
	 */
	void listen(LimiterListener listener);

	/**
	 * Give the limiter its configured values back, as {@code change} would.
	 */
	void reset();

	/**
	 * Refuse whoever waits, now and from now on, with the reason
	 * {@link RefusalReason#SHUT_DOWN}. Calls that need not wait are still let in, and
	 * permits come back as ever. For good; never blocks.
	 */
	void shutdown();

}
