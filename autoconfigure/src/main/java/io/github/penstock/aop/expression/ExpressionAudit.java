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

import java.lang.reflect.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.github.penstock.naming.NearestName;

import org.springframework.core.ResolvableType;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.Assign;
import org.springframework.expression.spel.ast.BeanReference;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.ConstructorReference;
import org.springframework.expression.spel.ast.Elvis;
import org.springframework.expression.spel.ast.FunctionReference;
import org.springframework.expression.spel.ast.Indexer;
import org.springframework.expression.spel.ast.InlineList;
import org.springframework.expression.spel.ast.Literal;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.OpDec;
import org.springframework.expression.spel.ast.OpInc;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.TypeReference;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.util.ClassUtils;

/**
 * Goes through an expression: refuses what it may not have, finds what its names mean,
 * and what type its parts have as far as that is known.
 */
final class ExpressionAudit {

	private static final String PRINCIPAL = "principal";

	private final ExpressionContext context;

	private final ExpressionPlace place;

	private final Class<?> targetClass;

	private final CallParameters parameters;

	private final CallVariables.Builder variables = new CallVariables.Builder();

	private final MemberAudit members;

	/** With variables for what the engine cannot compile or need not read. */
	private final RewrittenText text;

	private boolean needsPrincipal;

	private boolean needsResult;

	private boolean isCompilable = true;

	ExpressionAudit(ExpressionContext context, ExpressionPlace place, Class<?> targetClass, String text) {
		this.context = context;
		this.place = place;
		this.targetClass = targetClass;
		this.parameters = new CallParameters(place.method(), targetClass);
		this.members = new MemberAudit(place);
		this.text = new RewrittenText(text);
	}

	Set<Member> members() {
		return this.members.found();
	}

	boolean needsPrincipal() {
		return this.needsPrincipal;
	}

	boolean needsResult() {
		return this.needsResult;
	}

	/** What has the engine evaluate the expression. */
	SpelValue evaluation() {
		return new SpelValue(this.text.toString(), this.variables.build(), this.targetClass.getClassLoader(),
				this.isCompilable);
	}

	/** What is known of a part that stands by itself. */
	Typed of(SpelNode node) {
		if (node instanceof Literal literal) {
			Object value = literal.getLiteralValue().getValue();
			ResolvableType type = (value != null) ? ResolvableType.forClass(value.getClass()) : ResolvableType.NONE;
			return new Typed(type, (arguments, result, error, principal) -> value, true);
		}
		if (node instanceof VariableReference) {
			return variable(node.toStringAST().substring(1));
		}
		if (node instanceof BeanReference bean) {
			return bean(bean);
		}
		if (node instanceof PropertyOrFieldReference property) {
			return word(property);
		}
		if (node instanceof CompoundExpression) {
			return path(node);
		}
		if (node instanceof InlineList) {
			return list(node);
		}
		if (OperatorTypes.isOperator(node)) {
			List<Typed> operands = children(node);
			if (node instanceof Elvis && mayBeOptional(operands.get(0))) {
				// Interpreted, it looks into an Optional, and compiled it does not.
				this.isCompilable = false;
			}
			return OperatorTypes.of(node, operands, this.place)
				.constantIf(operands.stream().allMatch(Typed::isConstant));
		}
		throw refuse(node);
	}

	private static boolean mayBeOptional(Typed operand) {
		return operand.isUnknown() || operand.raw() == Optional.class;
	}

	private List<Typed> children(SpelNode node) {
		List<Typed> children = new ArrayList<>();
		for (int i = 0; i < node.getChildCount(); i++) {
			children.add(of(node.getChild(i)));
		}
		return children;
	}

	private Typed variable(String name) {
		boolean isDone = this.place.kind() == ExpressionKind.ACTUAL_COST;
		if (isDone && name.equals("result")) {
			this.needsResult = true;
			return variable(name, ResultType.of(this.place.method(), this.targetClass),
					(arguments, result, error, principal) -> result);
		}
		if (isDone && name.equals("error")) {
			return variable(name, ResolvableType.forClass(Throwable.class),
					(arguments, result, error, principal) -> error);
		}
		int index = this.parameters.indexOf(name);
		if (index < 0) {
			throw unknownVariable(name);
		}
		return variable(name, this.parameters.type(index), (arguments, result, error, principal) -> arguments[index]);
	}

	private Typed variable(String name, ResolvableType type, CallValue value) {
		this.variables.add(name, value);
		return new Typed(type, value, false);
	}

	private InvalidExpressionException unknownVariable(String name) {
		if (this.parameters.areNameless()) {
			return this.place.refuse(
					"the name '#" + name + "' cannot be found, for the class was compiled without "
							+ "the names of its parameters",
					"Compile it with -parameters, or write '#p0' for the first one");
		}
		if (name.equals("result") || name.equals("error")) {
			return this.place.refuse("'#" + name + "' is not known before the call", "Use it in actualCost");
		}
		if (name.equals("root") || name.equals("this")) {
			return this.place.refuse("'#" + name + "' stands for nothing here",
					ExpressionPlace.mend(name, this.parameters.variables(), "#", "parameters"));
		}
		return this.place.refuse("the method has no parameter '" + name + "'",
				ExpressionPlace.mend(name, this.parameters.variables(), "#", "parameters"));
	}

	private Typed word(PropertyOrFieldReference reference) {
		String name = reference.getName();
		if (!name.equals(PRINCIPAL)) {
			String parameter = (this.parameters.indexOf(name) >= 0) ? "Write '#" + name + "' for the parameter, or "
					: "Write a parameter as '#name', or ";
			throw this.place.refuse("the word '" + name + "' means nothing by itself",
					parameter + "'" + name + "' in quotes for text");
		}
		if (this.place.kind() == ExpressionKind.ACTUAL_COST) {
			throw this.place.refuse("the caller is not known any more when the work is done",
					"Use parameters, '#result' and '#error'");
		}
		this.needsPrincipal = true;
		Typed typed = new Typed(ResolvableType.forClass(String.class),
				(arguments, result, error, principal) -> principal, false);
		replace(reference, reference, typed);
		return typed;
	}

	private Typed bean(BeanReference reference) {
		String name = reference.getName();
		if (name.startsWith("&")) {
			throw this.place.refuse("'" + name + "' means the factory of a bean", "Write '@' for the bean itself");
		}
		if (!this.context.beans().containsBean(name)) {
			throw this.place.refuse("there is no bean '" + name + "'", nearestBean(name));
		}
		Class<?> type = this.context.beans().getType(name, false);
		Typed typed = new Typed(
				(type != null) ? ResolvableType.forClass(ClassUtils.getUserClass(type)) : ResolvableType.NONE,
				new BeanValue(this.context.beans(), name), false);
		replace(reference, reference, typed);
		return typed;
	}

	private String nearestBean(String name) {
		String nearest = NearestName.of(name, this.context.beanNames());
		return (nearest != null) ? "Write '@" + nearest + "'" : "Define it, or name another one";
	}

	/** Has the engine see a variable instead of what is read without it. */
	private void replace(SpelNode first, SpelNode last, Typed typed) {
		CallValue direct = typed.direct();
		if (direct != null && !typed.isConstant()) {
			String variable = this.variables.nextPart();
			if (this.text.replace(first, last, variable)) {
				this.variables.add(variable, direct);
			}
		}
	}

	private Typed list(SpelNode node) {
		List<Typed> elements = children(node);
		if (this.place.kind() == ExpressionKind.KEY) {
			for (Typed element : elements) {
				if (KeyTypes.of(element.type()) == KeyTypes.Fitness.NEVER) {
					throw this.place.refuse(
							"the list has an element of the type " + element.name() + ", which is no key",
							"A key is " + KeyTypes.ALLOWED);
				}
			}
		}
		CallValue[] direct = Typed.direct(elements);
		return new Typed(ResolvableType.forClass(List.class), (direct != null) ? new ListValue(direct) : null,
				elements.stream().allMatch(Typed::isConstant));
	}

	/** A value, and what is read of it step by step. */
	private Typed path(SpelNode node) {
		Typed current = of(node.getChild(0));
		for (int i = 1; i < node.getChildCount(); i++) {
			SpelNode step = node.getChild(i);
			Typed owner = unwrap(current, step);
			if (Members.isClosed(owner.raw())) {
				throw this.place.refuse(
						"something is read of a " + owner.name() + ", from where everything could be reached",
						"Use a value of the application");
			}
			if (step instanceof PropertyOrFieldReference property) {
				current = this.members.property(owner, property);
			}
			else if (step instanceof MethodReference method) {
				current = this.members.method(owner, method, children(method));
			}
			else if (step instanceof Indexer) {
				current = index(owner, step);
			}
			else {
				throw refuse(step);
			}
			if (current.direct() != null) {
				replace(node.getChild(0), step, current);
			}
		}
		return current;
	}

	/** With '?.', SpEL looks into an Optional. */
	private static Typed unwrap(Typed owner, SpelNode step) {
		boolean isOptional = owner.raw() == Optional.class && isNullSafe(step);
		return isOptional ? Typed.of(owner.type().getGeneric()).constantIf(owner.isConstant()) : owner;
	}

	private static boolean isNullSafe(SpelNode step) {
		return (step instanceof PropertyOrFieldReference property && property.isNullSafe())
				|| (step instanceof MethodReference method && method.isNullSafe())
				|| (step instanceof Indexer indexer && indexer.isNullSafe());
	}

	private Typed index(Typed owner, SpelNode indexer) {
		Typed index = of(indexer.getChild(0));
		return this.members.element(owner).constantIf(owner.isConstant() && index.isConstant());
	}

	private InvalidExpressionException refuse(SpelNode node) {
		String what = "'" + node.toStringAST() + "'";
		if (node instanceof TypeReference) {
			return this.place.refuse("the type " + what + " is used", "Use values only: an expression has no types");
		}
		if (node instanceof ConstructorReference) {
			return this.place.refuse(what + " makes an object", "Use values only: an expression has no constructors");
		}
		if (node instanceof Assign || node instanceof OpInc || node instanceof OpDec) {
			return this.place.refuse(what + " changes something", "An expression can only read");
		}
		if (node instanceof MethodReference || node instanceof FunctionReference) {
			return this.place.refuse(what + " is called on nothing",
					"Call the method of a value or a bean, as in '#name.length()' or '@bean.of(#name)'");
		}
		return this.place.refuse(what + " is not allowed", "Do it in a bean and call that, as in '@bean.of(#name)'");
	}

}
