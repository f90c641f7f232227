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

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Limiter;

/**
 * What a limiter limits, as people name it.
 */
public enum LimiterKind {

	/** How many calls run at once. */
	BULKHEAD("bulkhead"),

	/** How many calls begin in a time. */
	RATE_LIMIT("rate-limit");

	private final String text;

	LimiterKind(String text) {
		this.text = text;
	}

	/**
	 * Return the kind of a limiter.
	 * @param limiter the limiter
	 * @return its kind
	 */
	public static LimiterKind of(Limiter limiter) {
		return (limiter instanceof ConcurrencyLimiter) ? BULKHEAD : RATE_LIMIT;
	}

	/** As in paths and in JSON: {@code bulkhead}, {@code rate-limit}. */
	@Override
	public String toString() {
		return this.text;
	}

}
