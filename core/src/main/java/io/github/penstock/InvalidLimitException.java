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

import org.jspecify.annotations.Nullable;

/**
 * A value of a limiter is out of range. Nothing was changed.
 *
 * @serial exclude
 */
public final class InvalidLimitException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String property;

	private final String reason;

	InvalidLimitException(String property, @Nullable Object value, String mend) {
		super("Invalid " + property + " '" + value + "': " + mend);
		this.property = property;
		this.reason = mend;
	}

	private InvalidLimitException(String property, String message, String reason, InvalidLimitException cause) {
		super(message, cause);
		this.property = property;
		this.reason = reason;
	}

	/** The same for a value that is part of another one. */
	InvalidLimitException of(String owner) {
		return new InvalidLimitException(owner + "." + this.property, "In '" + owner + "': " + getMessage(),
				this.reason, this);
	}

	/**
	 * Return which value is wrong.
	 * @return the name of the spec's component, such as {@code max}
	 */
	public String property() {
		return this.property;
	}

	/**
	 * Return what is wrong with it.
	 * @return what the value would have to be
	 */
	public String reason() {
		return this.reason;
	}

	static void check(boolean valid, String property, @Nullable Object value, String mend) {
		if (!valid) {
			throw new InvalidLimitException(property, value, mend);
		}
	}

}
