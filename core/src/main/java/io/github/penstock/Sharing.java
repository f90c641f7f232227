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
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * How all instances of a service share a limiter.
 *
 * @param onOutage what holds while the store does not answer
 * @param maxHold how long a call may hold a permit of a bulkhead, {@code null} for as
 * long as it runs: after that the permit is another call's, while this one goes on
 */
public record Sharing(OnOutage onOutage, @Nullable Duration maxHold) {

	/** Each instance keeps to its share while the store does not answer. */
	public static final Sharing DEFAULT = new Sharing(OnOutage.LOCAL_SHARE, null);

	/**
	 * Check the values.
	 * @throws InvalidLimitException if {@code maxHold} is not more than 0
	 */
	public Sharing {
		Objects.requireNonNull(onOutage, "'onOutage' must not be null");
		InvalidLimitException.check(maxHold == null || (!maxHold.isNegative() && !maxHold.isZero()), "maxHold", maxHold,
				"it must be more than 0");
	}

	/**
	 * Copy with another answer to outages.
	 * @param onOutage what holds while the store does not answer
	 * @return the copy
	 */
	public Sharing withOnOutage(OnOutage onOutage) {
		return new Sharing(onOutage, this.maxHold);
	}

	/**
	 * Copy with another bound of holds.
	 * @param maxHold how long a call may hold a permit, {@code null} for as long as it
	 * runs
	 * @return the copy
	 */
	public Sharing withMaxHold(@Nullable Duration maxHold) {
		return new Sharing(this.onOutage, maxHold);
	}

	/**
	 * What holds while the store does not answer.
	 */
	public enum OnOutage {

		/** Each instance keeps to its share, by the number of instances last seen. */
		LOCAL_SHARE,

		/** Everybody is let in. */
		OPEN,

		/** Nobody is let in. */
		CLOSED

	}

}
