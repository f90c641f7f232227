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

package io.github.penstock.aop.expression;

/**
 * An expression of an annotation cannot be what it should be. Thrown at start-up.
 *
 * @serial exclude
 */
public final class InvalidExpressionException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String where;

	private final String problem;

	private final String mend;

	InvalidExpressionException(String where, String problem, String mend) {
		super(where + ": " + problem + ". " + mend + ".");
		this.where = where;
		this.problem = problem;
		this.mend = mend;
	}

	/**
	 * Return the place of the annotation.
	 * @return class and method
	 */
	public String where() {
		return this.where;
	}

	/**
	 * Return what is wrong with which attribute.
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
