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

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A change of a limiter's values.
 *
 * @param cause what has changed them
 * @param origin where that came from
 * @param kind the kind of the limiter
 * @param name its name
 * @param before the values that are different now, as they were, in the form of the
 * endpoint
 * @param after the same values as they are
 * @param until when the values of before come back, {@code null} for never
 * @param principal who did it, {@code null} if nobody is known
 */
public record LimiterChange(Cause cause, Origin origin, LimiterKind kind, String name,
		Map<String, @Nullable Object> before, Map<String, @Nullable Object> after, @Nullable Instant until,
		@Nullable String principal) {

	/**
	 * Copy the maps; they keep their order.
	 */
	public LimiterChange {
		before = Collections.unmodifiableMap(new LinkedHashMap<>(before));
		after = Collections.unmodifiableMap(new LinkedHashMap<>(after));
	}

	/**
	 * What has changed the values.
	 */
	public enum Cause {

		/** Somebody changed them. */
		CHANGED,

		/** Somebody brought the configured values back. */
		RESET,

		/** The time was over for which they had been changed. */
		REVERTED,

		/** The configured values were replaced: the configuration was read again. */
		REFRESHED;

		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Where a change came from.
	 */
	public enum Origin {

		/** The endpoint {@code limiters}, asked by somebody. */
		ENDPOINT,

		/** Code of the application. */
		CODE,

		/** A new configuration. */
		CONFIGURATION

	}

}
