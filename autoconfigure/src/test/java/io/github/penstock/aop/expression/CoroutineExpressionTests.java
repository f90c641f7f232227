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
