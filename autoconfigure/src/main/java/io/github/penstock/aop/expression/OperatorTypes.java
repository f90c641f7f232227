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

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.Elvis;
import org.springframework.expression.spel.ast.OpAnd;
import org.springframework.expression.spel.ast.OpDivide;
import org.springframework.expression.spel.ast.OpEQ;
import org.springframework.expression.spel.ast.OpGE;
import org.springframework.expression.spel.ast.OpGT;
import org.springframework.expression.spel.ast.OpLE;
import org.springframework.expression.spel.ast.OpLT;
import org.springframework.expression.spel.ast.OpMinus;
import org.springframework.expression.spel.ast.OpModulus;
import org.springframework.expression.spel.ast.OpMultiply;
import org.springframework.expression.spel.ast.OpNE;
import org.springframework.expression.spel.ast.OpOr;
import org.springframework.expression.spel.ast.OpPlus;
import org.springframework.expression.spel.ast.OperatorBetween;
import org.springframework.expression.spel.ast.OperatorMatches;
import org.springframework.expression.spel.ast.OperatorNot;
import org.springframework.expression.spel.ast.OperatorPower;
import org.springframework.expression.spel.ast.Ternary;

/**
 * The types of what operators make of their operands.
 */
final class OperatorTypes {

	private static final Set<Class<?>> CONDITIONS = Set.of(OpAnd.class, OpOr.class, OperatorNot.class, OpEQ.class,
			OpNE.class, OpLT.class, OpLE.class, OpGT.class, OpGE.class, OperatorBetween.class, OperatorMatches.class);

	private static final Set<Class<?>> ARITHMETIC = Set.of(OpPlus.class, OpMinus.class, OpMultiply.class,
			OpDivide.class, OpModulus.class, OperatorPower.class);

	/** The one that comes first makes the other one alike. */
	private static final List<Class<?>> PRECEDENCE = List.of(BigDecimal.class, Double.class, Float.class,
			BigInteger.class, Long.class);

	private static final Set<Class<?>> SMALL = Set.of(Integer.class, Short.class, Byte.class);

	private OperatorTypes() {
	}

	static boolean isOperator(SpelNode node) {
		return CONDITIONS.contains(node.getClass()) || ARITHMETIC.contains(node.getClass()) || node instanceof Ternary
				|| node instanceof Elvis;
	}

	static Typed of(SpelNode node, List<Typed> operands, ExpressionPlace place) {
		if (CONDITIONS.contains(node.getClass())) {
			return Typed.of(Boolean.class);
		}
		if (node instanceof Ternary) {
			return common(operands.get(1), operands.get(2));
		}
		if (node instanceof Elvis) {
			return common(present(operands.get(0)), operands.get(1));
		}
		return arithmetic(node, operands, place);
	}

	/** SpEL looks into an Optional. */
	private static Typed present(Typed operand) {
		return (operand.raw() == Optional.class) ? Typed.of(operand.type().getGeneric()) : operand;
	}

	private static Typed common(Typed one, Typed other) {
		return (one.raw() == other.raw()) ? Typed.of(one.type()) : Typed.unknown();
	}

	private static Typed arithmetic(SpelNode node, List<Typed> operands, ExpressionPlace place) {
		if (node instanceof OpPlus && operands.stream().anyMatch((operand) -> operand.raw() == String.class)) {
			return Typed.of(String.class);
		}
		for (Typed operand : operands) {
			boolean computes = operand.isUnknown() || operand.raw().isInterface()
					|| Number.class.isAssignableFrom(operand.raw()) || operand.raw() == String.class
					|| operand.raw() == Character.class;
			if (!computes) {
				throw place.refuse("'" + node.toStringAST() + "' computes with a " + operand.name(),
						"Compute with numbers");
			}
		}
		boolean known = operands.stream()
			.allMatch((operand) -> PRECEDENCE.contains(operand.raw()) || SMALL.contains(operand.raw()));
		if (!known || node instanceof OperatorPower) {
			return Typed.unknown();
		}
		return PRECEDENCE.stream()
			.filter((type) -> operands.stream().anyMatch((operand) -> operand.raw() == type))
			.findFirst()
			.map(Typed::of)
			.orElseGet(() -> Typed.of(Integer.class));
	}

}
