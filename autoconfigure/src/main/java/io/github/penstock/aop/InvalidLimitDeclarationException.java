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

package io.github.penstock.aop;

/**
 * An annotation cannot do what it says. Thrown at start-up.
 */
public final class InvalidLimitDeclarationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String where;

	private final String problem;

	private final String mend;

	/**
	 * Create the exception.
	 * @param where the place or places, such as {@code com.acme.Orders.place(String)}
	 * @param problem what is wrong, a sentence without its full stop
	 * @param mend how to mend it, a sentence without its full stop
	 */
	public InvalidLimitDeclarationException(String where, String problem, String mend) {
		super(where + ": " + problem + ". " + mend + ".");
		this.where = where;
		this.problem = problem;
		this.mend = mend;
	}

	/**
	 * Return the place of the annotation.
	 * @return class and method, or the property of the configuration
	 */
	public String where() {
		return this.where;
	}

	/**
	 * Return what is wrong.
	 * @return a sentence without its full stop
	 */
	public String problem() {
		return this.problem;
	}

	/**
	 * Return how to mend it.
	 * @return a sentence without its full stop
	 */
	public String mend() {
		return this.mend;
	}

}
