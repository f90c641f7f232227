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

import java.util.Optional;
import java.util.Set;

import io.github.penstock.aop.expression.CallExpression.Traits;
import io.github.penstock.aop.expression.KeyTypes.Fitness;
import org.jspecify.annotations.Nullable;

import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.SpelParseException;
import org.springframework.util.StringUtils;

/**
 * Makes an expression of the text of an annotation, or says what is wrong with it.
 */
final class ExpressionReader {

	private static final Set<Class<?>> WHOLE = Set.of(Byte.class, Short.class, Integer.class, Long.class);

	private static final @Nullable Object[] NO_ARGUMENTS = {};

	private final ExpressionContext context;

	private final ExpressionPlace place;

	private final Class<?> targetClass;

	ExpressionReader(ExpressionContext context, ExpressionPlace place, Class<?> targetClass) {
		this.context = context;
		this.place = place;
		this.targetClass = targetClass;
	}

	CallExpression read() {
		String text = resolve();
		SpelNode root = parse(text);
		ExpressionAudit audit = new ExpressionAudit(this.context, this.place, this.targetClass, text);
		Typed typed = audit.of(root);
		checkType(typed);
		CallValue direct = typed.direct();
		CallValue value = (direct != null) ? direct : audit.evaluation();
		if (typed.isConstant()) {
			Object constant = constant(value);
			value = (arguments, result, error, principal) -> constant;
		}
		boolean isKeyByType = this.place.kind() == ExpressionKind.KEY && KeyTypes.of(typed.type()) == Fitness.ALWAYS;
		CallExpression expression = new CallExpression(this.place, value, this.context.principals(),
				new Traits(typed.isConstant(), audit.needsPrincipal(), audit.needsResult(), isKeyByType,
						Set.copyOf(audit.members())));
		if (typed.isConstant()) {
			checkConstant(expression);
		}
		return expression;
	}

	private String resolve() {
		String text;
		try {
			text = this.context.placeholders().resolveStringValue(this.place.written());
		}
		catch (RuntimeException ex) {
			throw unresolved(String.valueOf(ex.getMessage()));
		}
		if (text != null && text.contains("${")) {
			throw unresolved("there is no value for '" + text + "'");
		}
		if (!StringUtils.hasText(text)) {
			throw this.place.refuse("there is no expression", "Write one, or leave the attribute out");
		}
		return text.trim();
	}

	private InvalidExpressionException unresolved(String reason) {
		return this.place.refuse("the placeholder cannot be resolved: " + reason,
				"Define the property, or give the placeholder a default as in ${name:default}");
	}

	private SpelNode parse(String text) {
		if (text.startsWith("#{")) {
			throw this.place.refuse("the expression is within #{ }",
					"Leave them out: all of the text is one expression");
		}
		try {
			return SpelValue.parse(text, null).getAST();
		}
		catch (ParseException ex) {
			String reason = (ex instanceof SpelParseException parse) ? parse.getSimpleMessage() : ex.getMessage();
			throw this.place.refuse("'" + text + "' is no expression, at position " + ex.getPosition() + ": " + reason,
					"Write what the Spring Expression Language allows, such as '#name' for a parameter");
		}
		catch (RuntimeException ex) {
			throw this.place.refuse("'" + text + "' is no expression: " + ex.getMessage(),
					"Write what the Spring Expression Language allows, such as '#name' for a parameter");
		}
	}

	private void checkType(Typed typed) {
		Class<?> raw = typed.raw();
		if (raw == void.class || raw == Void.class) {
			throw this.place.refuse("there is no value, for the method returns none", "Use the parameters or '#error'");
		}
		switch (this.place.kind()) {
			case KEY -> checkKey(typed);
			case PLAN -> {
				boolean isName = raw.isAssignableFrom(String.class) || Enum.class.isAssignableFrom(raw)
						|| (KeyTypes.of(typed.type()) == Fitness.PERHAPS && raw.isInterface()
								&& !Iterable.class.isAssignableFrom(raw));
				if (!isName) {
					throw this.place.refuse("the value is of the type " + typed.name() + ", which names no plan",
							"A plan is named by text or an enum");
				}
			}
			case COST, ACTUAL_COST -> {
				if (!WHOLE.contains(raw) && !raw.isAssignableFrom(Long.class)) {
					throw this.place.refuse(
							"the value is of the type " + typed.name() + ", and a cost is a whole number",
							"Let it be an int or a long, such as '#n * 3 / 2' instead of '#n * 1.5'");
				}
			}
		}
	}

	private void checkKey(Typed typed) {
		if (KeyTypes.of(typed.type()) != Fitness.NEVER) {
			return;
		}
		String mend = "A key is " + KeyTypes.ALLOWED + ": write what of it tells one from another";
		for (String name : new String[] { "id", "name", "key", "value" }) {
			if (Members.property(typed.raw(), name) != null) {
				mend += ", such as '" + this.place.written() + "." + name + "'";
				break;
			}
		}
		if (typed.raw() == Optional.class) {
			mend = "Say what holds without a value, such as '" + this.place.written() + ".orElse('none')'";
		}
		throw this.place.refuse("the value is of the type " + typed.name() + ", which is no key", mend);
	}

	private @Nullable Object constant(CallValue value) {
		try {
			return value.of(NO_ARGUMENTS, null, null, null);
		}
		catch (Exception ex) {
			throw this.place.refuse("the constant cannot be computed: " + ex.getMessage(), "Write another one");
		}
	}

	private void checkConstant(CallExpression expression) {
		try {
			switch (this.place.kind()) {
				case KEY -> expression.key(NO_ARGUMENTS);
				case PLAN -> expression.plan(NO_ARGUMENTS);
				case COST, ACTUAL_COST -> expression.cost(NO_ARGUMENTS);
			}
		}
		catch (CallExpressionException ex) {
			throw this.place.refuse("the constant is no " + this.place.kind().attribute() + ": " + ex.getMessage(),
					"Write another one");
		}
	}

}
