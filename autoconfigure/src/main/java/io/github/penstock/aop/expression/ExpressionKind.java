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
 * What an expression is for.
 */
public enum ExpressionKind {

	/** Whose bucket or permits a call takes from: a value. */
	KEY("key"),

	/**
	 * By which values of the limiter: text, an enum, or {@code null} for the limiter's
	 * own.
	 */
	PLAN("plan"),

	/** How much a call takes: a whole number of at least 0. */
	COST("cost"),

	/** How much a call should have taken, known when its work is done. */
	ACTUAL_COST("actualCost");

	private final String attribute;

	ExpressionKind(String attribute) {
		this.attribute = attribute;
	}

	/**
	 * Return the attribute of an annotation that has such an expression.
	 * @return its name
	 */
	public String attribute() {
		return this.attribute;
	}

	boolean isCost() {
		return this == COST || this == ACTUAL_COST;
	}

}
