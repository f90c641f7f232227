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

package io.github.penstock.properties;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The configuration has keys below {@code penstock} that mean nothing.
 */
public final class UnknownPropertiesException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient List<UnknownProperty> properties;

	UnknownPropertiesException(List<UnknownProperty> properties) {
		super(properties.stream().map(UnknownProperty::toString).collect(Collectors.joining("; ")));
		this.properties = properties;
	}

	/**
	 * Return the keys.
	 * @return the keys, at least one
	 */
	public List<UnknownProperty> properties() {
		return this.properties;
	}

	/**
	 * One of them.
	 *
	 * @param place the name as it was written, and where
	 * @param mend what may have been meant
	 */
	public record UnknownProperty(String place, String mend) {

		static UnknownProperty of(String place, PropertyName.Unknown name) {
			return new UnknownProperty(place, mend(name));
		}

		@Override
		public String toString() {
			return "Unknown property " + this.place + ": " + this.mend;
		}

		private static String mend(PropertyName.Unknown name) {
			if (name.foreign() != null) {
				return name.foreign();
			}
			String known = (name.known().isEmpty()) ? "there is nothing below '" + name.suggestion() + "'"
					: "known there: " + String.join(", ", name.known());
			if (name.limiter() != null) {
				return known + "; if '" + name.limiter()
						+ "' is the name of a limiter, its value is wrong: set one of these below it";
			}
			return (name.suggestion() != null && !name.known().isEmpty())
					? "did you mean '" + name.suggestion() + "'? (" + known + ")" : known;
		}

	}

}
