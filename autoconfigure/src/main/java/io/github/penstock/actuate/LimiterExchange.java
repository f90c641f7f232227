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

package io.github.penstock.actuate;

import java.time.Duration;
import java.util.Collection;
import java.util.function.Supplier;

import io.github.penstock.Limiter;
import org.jspecify.annotations.Nullable;

/**
 * Knows what other instances change about limiters that all of them share.
 */
public interface LimiterExchange {

	/**
	 * Have what others have changed in force here. Blocks for a moment at most.
	 */
	void refresh();

	/**
	 * Wait until a change that was made here is known to all. Blocks for a moment at
	 * most.
	 * @param limiter what was changed
	 * @return false if another instance was faster, whose values are in force now
	 */
	boolean settle(Limiter limiter);

	/**
	 * Whether changes of a limiter are told to other instances.
	 * @param limiter any limiter
	 * @return whether they are
	 */
	boolean isKnown(Limiter limiter);

	/**
	 * Make a change and have it end everywhere, also if this instance is gone by then.
	 * @param <T> what the change returns
	 * @param limiter what is changed, and is known here
	 * @param names the values that are meant, also those that stay the same; read when
	 * the change is made
	 * @param holds how long it holds, {@code null} for good
	 * @param change makes it
	 * @return what the change has returned
	 */
	<T> T change(Limiter limiter, Collection<String> names, @Nullable Duration holds, Supplier<T> change);

	/**
	 * Bring the configured values back everywhere, also if none is changed here.
	 * @param <T> what the reset returns
	 * @param limiter what is reset, and is known here
	 * @param reset resets it here
	 * @return what the reset has returned
	 */
	<T> T reset(Limiter limiter, Supplier<T> reset);

	/**
	 * When a value comes back that was changed for a time, by whatever instance.
	 * @param limiter what was changed
	 * @param value the name of the value
	 * @return how long that takes from now on, {@code null} for ever
	 */
	@Nullable Duration endsIn(Limiter limiter, String value);

	/**
	 * Whether the current thread brings values back that were changed for a time.
	 * @param limiter what is changed
	 * @return whether it does so now
	 */
	boolean isEnding(Limiter limiter);

}
