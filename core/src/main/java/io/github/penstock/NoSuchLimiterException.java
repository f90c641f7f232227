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

import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * A limiter was asked for by a name that nobody has registered.
 *
 * @serial exclude
 */
public final class NoSuchLimiterException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String kind;

	private final String name;

	private final TreeSet<String> known;

	NoSuchLimiterException(String kind, String name, Collection<String> known) {
		super("There is no " + kind + " '" + VisibleText.of(name) + "'; known are " + new TreeSet<>(known));
		this.kind = kind;
		this.name = name;
		this.known = new TreeSet<>(known);
	}

	/**
	 * Return what kind of limiter was asked for.
	 * @return {@code bulkhead} or {@code rate limit}
	 */
	public String kind() {
		return this.kind;
	}

	/**
	 * Return the name that was asked for.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return the names that there are.
	 * @return the names, sorted
	 */
	public Set<String> known() {
		return Collections.unmodifiableSet(this.known);
	}

}
