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

import java.lang.reflect.Member;
import java.util.LinkedHashSet;
import java.util.Set;

import io.github.penstock.CallLimits;
import io.github.penstock.aop.expression.CallExpression;
import io.github.penstock.aop.expression.ExpressionContext;
import io.github.penstock.aop.expression.ExpressionKind;
import io.github.penstock.aop.expression.InvalidExpressionException;
import org.aopalliance.intercept.MethodInvocation;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.annotation.MergedAnnotation;

/**
 * Makes what tells key, plan and cost of a call of the expressions of an annotation.
 */
final class CallExpressions {

	private final DeclarationReader reader;

	private final @Nullable ExpressionContext context;

	/**
	 * Create the factory.
	 * @param reader reads annotations
	 * @param context what expressions may refer to, {@code null} if there are no beans
	 */
	CallExpressions(DeclarationReader reader, @Nullable ExpressionContext context) {
		this.reader = reader;
		this.context = context;
	}

	/** The factory for annotations of the beans of an application. */
	static CallExpressions of(ConfigurableBeanFactory beans) {
		return new CallExpressions(new DeclarationReader(beans::resolveEmbeddedValue), ExpressionContext.of(beans));
	}

	private @Nullable CallExpression parse(MergedAnnotation<?> annotation, ExpressionKind kind, LimitedMethod limited) {
		String text = this.reader.expression(annotation, kind);
		if (text == null) {
			return null;
		}
		if (this.context == null) {
			throw new InvalidLimitDeclarationException(limited.where(),
					"'" + kind.attribute() + "' of @" + annotation.getType().getSimpleName() + " needs a bean factory",
					"Use the limits in an application context");
		}
		try {
			return CallExpression.parse(this.context, kind, text, limited.method(), limited.targetClass());
		}
		catch (InvalidExpressionException ex) {
			throw new InvalidLimitDeclarationException(ex.where(), ex.problem(), ex.mend());
		}
	}

	/** Whose permits or tokens, {@code null} for everybody's. */
	CallLimits.@Nullable Key<MethodInvocation> key(MergedAnnotation<?> annotation, LimitedMethod limited) {
		CallExpression key = parse(annotation, ExpressionKind.KEY, limited);
		CallExpression plan = parse(annotation, ExpressionKind.PLAN, limited);
		if (key == null && plan != null) {
			throw new InvalidLimitDeclarationException(limited.where(),
					"@" + annotation.getType().getSimpleName() + " has a plan and no key, so that it would do nothing",
					"Add the 'key' whose plan it is, such as key = \"#userId\"");
		}
		if (key == null) {
			return null;
		}
		return (plan != null) ? new KeyWithPlan(key, plan) : new KeyOfCall(key);
	}

	/** How many tokens, {@code null} for one. */
	CallLimits.@Nullable Cost<MethodInvocation> cost(MergedAnnotation<?> annotation, LimitedMethod limited) {
		CallExpression cost = parse(annotation, ExpressionKind.COST, limited);
		CallExpression actual = parse(annotation, ExpressionKind.ACTUAL_COST, limited);
		return (cost != null || actual != null) ? new CostOfCall(cost, actual) : null;
	}

	/** What the expressions of a method read by reflection. */
	Set<Member> members(LimitedMethod limited) {
		Set<Member> members = new LinkedHashSet<>();
		limited.annotations().forEach((annotation) -> {
			add(parse(annotation, ExpressionKind.KEY, limited), members);
			add(parse(annotation, ExpressionKind.PLAN, limited), members);
		});
		limited.rateLimited().forEach((annotation) -> {
			add(parse(annotation, ExpressionKind.COST, limited), members);
			add(parse(annotation, ExpressionKind.ACTUAL_COST, limited), members);
		});
		return members;
	}

	private static void add(@Nullable CallExpression expression, Set<Member> members) {
		if (expression != null) {
			members.addAll(expression.members());
		}
	}

	private static Object key(CallExpression key, MethodInvocation call) {
		return (call instanceof KnownCaller known) ? key.key(call.getArguments(), known.principal())
				: key.key(call.getArguments());
	}

	/** Whether a key or a cost has the caller's name in it. */
	static boolean needsPrincipal(Object expression) {
		return expression instanceof NeedsPrincipal needs && needs.needsPrincipal();
	}

	/** What may have the caller's name in it. */
	private interface NeedsPrincipal {

		boolean needsPrincipal();

	}

	private record KeyOfCall(CallExpression key) implements CallLimits.Key<MethodInvocation>, NeedsPrincipal {

		@Override
		public Object key(MethodInvocation call) {
			return CallExpressions.key(this.key, call);
		}

		@Override
		public boolean needsPrincipal() {
			return this.key.needsPrincipal();
		}

	}

	private record KeyWithPlan(CallExpression key,
			CallExpression plan) implements CallLimits.Key<MethodInvocation>, NeedsPrincipal {

		@Override
		public Object key(MethodInvocation call) {
			return CallExpressions.key(this.key, call);
		}

		@Override
		public @Nullable String plan(MethodInvocation call) {
			return (call instanceof KnownCaller known) ? this.plan.plan(call.getArguments(), known.principal())
					: this.plan.plan(call.getArguments());
		}

		@Override
		public boolean needsPrincipal() {
			return this.key.needsPrincipal() || this.plan.needsPrincipal();
		}

	}

	/** What a call costs. */
	static final class CostOfCall implements CallLimits.Cost<MethodInvocation>, NeedsPrincipal {

		private static final Log logger = LogFactory.getLog(CallExpressions.class);

		private final @Nullable CallExpression cost;

		private final @Nullable CallExpression actual;

		/** Whether it was said already that the cost cannot be settled. */
		private volatile boolean failed;

		CostOfCall(@Nullable CallExpression cost, @Nullable CallExpression actual) {
			this.cost = cost;
			this.actual = actual;
		}

		/** The same for all calls, {@code null} if it is not. */
		@Nullable Long constant() {
			return (this.cost != null && this.cost.isConstant()) ? (Long) this.cost.cost(new Object[0]) : null;
		}

		@Override
		public long cost(MethodInvocation call) {
			if (this.cost == null) {
				return 1;
			}
			return (call instanceof KnownCaller known) ? this.cost.cost(call.getArguments(), known.principal())
					: this.cost.cost(call.getArguments());
		}

		@Override
		public boolean isSettled() {
			return this.actual != null;
		}

		@Override
		public long actual(MethodInvocation call, @Nullable Object result, @Nullable Throwable error) {
			return (this.actual != null) ? this.actual.actualCost(call.getArguments(), result, error) : UNKNOWN;
		}

		@Override
		public void failed(Throwable failure) {
			if (!this.failed) {
				this.failed = true;
				logger.warn("The cost of a call cannot be settled, so that its estimate stands; said once for "
						+ this.actual, failure);
			}
		}

		@Override
		public boolean needsPrincipal() {
			return this.cost != null && this.cost.needsPrincipal();
		}

	}

}
