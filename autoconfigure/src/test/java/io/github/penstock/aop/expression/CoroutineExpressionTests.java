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

import io.github.penstock.aop.LimitedSuspendFixture;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Expressions of Kotlin's suspending methods, whose last parameter nobody has written.
 */
class CoroutineExpressionTests {

	private final Expressions expressions = new Expressions(LimitedSuspendFixture.class);

	@Test
	void parameterIsFoundByItsName() {
		assertThat(this.expressions.parse(ExpressionKind.KEY, "#item", "answered").key(new Object[] { "a", null }))
			.isEqualTo("a");
	}

	@Test
	void continuationIsNoParameter() {
		assertThatExceptionOfType(InvalidExpressionException.class)
			.isThrownBy(() -> this.expressions.parse(ExpressionKind.KEY, "#p1", "answered"))
			.withMessageEndingWith("The parameters are: #item.");
	}

	@Test
	void resultIsWhatTheCoroutineResumesWith() {
		CallExpression expression = this.expressions.parse(ExpressionKind.ACTUAL_COST, "#result.length()", "answered");
		assertThat(expression.actualCost(new Object[] { "a", null }, "four", null)).isEqualTo(4);
		assertThatExceptionOfType(InvalidExpressionException.class)
			.isThrownBy(() -> this.expressions.parse(ExpressionKind.ACTUAL_COST, "#result.lenght()", "answered"))
			.withMessageContaining("java.lang.String");
	}

}
