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

package io.github.penstock.redis;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * What can be chosen about a {@link RedisLimiterStore}.
 *
 * @param namespace what the instances have in common that share limiters, and no others
 * @param budget the longest that an answer of Redis is waited for
 * @param lease how long permits are lent that are not asked for again
 */
public record RedisStoreSettings(String namespace, Duration budget, Duration lease) {

	private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

	private static final Duration LEAST_BUDGET = Duration.ofMillis(1);

	private static final Duration MOST_BUDGET = Duration.ofSeconds(10);

	private static final Duration LEAST_LEASE = Duration.ofSeconds(1);

	private static final Duration MOST_LEASE = Duration.ofDays(1);

	/**
	 * Check the values.
	 * @throws InvalidSettingException if one is out of range
	 */
	public RedisStoreSettings {
		check(isNamespace(namespace), "namespace", namespace,
				"it must be of 1 to 64 letters, digits, '.', '_' and '-', with a letter or digit first");
		check(isBetween(budget, LEAST_BUDGET, MOST_BUDGET), "budget", budget, "it must be from 1ms to 10s");
		check(isBetween(lease, LEAST_LEASE, MOST_LEASE), "lease", lease, "it must be from 1s to 1d");
		check(lease.compareTo(budget.multipliedBy(10)) >= 0, "lease", lease,
				"it must be ten times the budget or more, so that it is renewed in time");
	}

	/**
	 * Find out whether a text can be a namespace.
	 * @param text the text
	 * @return whether it can be one
	 */
	public static boolean isNamespace(String text) {
		return NAMESPACE.matcher(text).matches();
	}

	private static boolean isBetween(Duration value, Duration least, Duration most) {
		return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
	}

	private static void check(boolean valid, String name, Object value, String rule) {
		if (!valid) {
			throw new InvalidSettingException(name, "Invalid " + name + " '" + value + "': " + rule);
		}
	}

	/**
	 * A value that is out of range.
	 */
	public static final class InvalidSettingException extends IllegalArgumentException {

		private static final long serialVersionUID = 1L;

		private final String setting;

		InvalidSettingException(String setting, String message) {
			super(message);
			this.setting = setting;
		}

		/**
		 * Return which one it is.
		 * @return its name
		 */
		public String setting() {
			return this.setting;
		}

	}

}
