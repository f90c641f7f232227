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
import java.lang.reflect.Method;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * An expression with which an annotation says whose bucket a call takes from, by which
 * plan, and how much. Parsed and checked once; safe for use by many threads.
 *
 * <p>
 * None of its methods blocks, except as beans and accessors do that it calls. What is
 * thrown is thrown before anything is taken.
 */
public final class CallExpression {

	/** The call has failed and has no result that its cost could be read of. */
	public static final long UNKNOWN_COST = -1;

	private final ExpressionPlace place;

	private final CallValue value;

	private final PrincipalSource principals;

	private final Traits traits;

	CallExpression(ExpressionPlace place, CallValue value, PrincipalSource principals, Traits traits) {
		this.place = place;
		this.value = value;
		this.principals = principals;
		this.traits = traits;
	}

	/**
	 * Parse and check an expression.
	 * @param context what it may refer to besides the call
	 * @param kind what it is for
	 * @param text what the annotation says
	 * @param method the most specific method that the annotation holds for
	 * @param targetClass the class of the object that it is called on
	 * @return the expression
	 * @throws InvalidExpressionException if it cannot have a value that it should have
	 */
	public static CallExpression parse(ExpressionContext context, ExpressionKind kind, String text, Method method,
			Class<?> targetClass) {
		return new ExpressionReader(context, new ExpressionPlace(kind, text, method), targetClass).read();
	}

	/**
	 * Return the key of a call.
	 * @param arguments those of the call
	 * @return a value: text, number, boolean, UUID, enum, address, record, or an
	 * unmodifiable list of such
	 * @throws CallExpressionException if it is {@code null} or no value, or if the
	 * expression fails
	 */
	public Object key(@Nullable Object[] arguments) {
		return key(arguments, principal());
	}

	/**
	 * Return the key of a call whose caller is known.
	 * @param arguments those of the call
	 * @param principal the name of the caller, {@code null} if nobody is authenticated
	 * @return a value: text, number, boolean, UUID, enum, address, record, or an
	 * unmodifiable list of such
	 * @throws CallExpressionException if it is {@code null} or no value, or if the
	 * expression fails
	 */
	public Object key(@Nullable Object[] arguments, @Nullable String principal) {
		Object found = evaluate(arguments, null, null, principal);
		if (found == null) {
			throw fail("is null" + ((needsPrincipal() && principal == null) ? ", for nobody is authenticated" : ""));
		}
		if (this.traits.isKeyByType()) {
			return found;
		}
		Object key = KeyTypes.key(found);
		if (key == null) {
			throw fail("is a " + found.getClass().getName() + ", which is no key: a key is " + KeyTypes.ALLOWED);
		}
		return key;
	}

	/**
	 * Return the plan of a call.
	 * @param arguments those of the call
	 * @return the name of the plan, {@code null} for the limiter's own values
	 * @throws CallExpressionException if it is neither text nor an enum, or if the
	 * expression fails
	 */
	public @Nullable String plan(@Nullable Object[] arguments) {
		return plan(arguments, principal());
	}

	/**
	 * Return the plan of a call whose caller is known.
	 * @param arguments those of the call
	 * @param principal the name of the caller, {@code null} if nobody is authenticated
	 * @return the name of the plan, {@code null} for the limiter's own values
	 * @throws CallExpressionException if it is neither text nor an enum, or if the
	 * expression fails
	 */
	public @Nullable String plan(@Nullable Object[] arguments, @Nullable String principal) {
		Object plan = evaluate(arguments, null, null, principal);
		if (plan == null || plan instanceof String) {
			return (String) plan;
		}
		if (plan instanceof Enum<?> constant) {
			return constant.name();
		}
		throw fail("is a " + plan.getClass().getName() + ", and the name of a plan is text or an enum");
	}

	/**
	 * Return how much a call takes.
	 * @param arguments those of the call
	 * @return the number of tokens, at least 0
	 * @throws CallExpressionException if it is no whole number of at least 0, or if the
	 * expression fails
	 */
	public long cost(@Nullable Object[] arguments) {
		return cost(arguments, principal());
	}

	/**
	 * Return how much a call takes whose caller is known.
	 * @param arguments those of the call
	 * @param principal the name of the caller, {@code null} if nobody is authenticated
	 * @return the number of tokens, at least 0
	 * @throws CallExpressionException if it is no whole number of at least 0, or if the
	 * expression fails
	 */
	public long cost(@Nullable Object[] arguments, @Nullable String principal) {
		return toCost(evaluate(arguments, null, null, principal));
	}

	/**
	 * Return how much a call should have taken.
	 * @param arguments those of the call
	 * @param result what the call has returned in the end: what a stage has completed
	 * with, the last element of a publisher; {@code null} if it has failed
	 * @param error what the call has failed with, {@code null} if it has not
	 * @return the number of tokens, at least 0; or {@link #UNKNOWN_COST} if the call has
	 * failed and the expression cannot do without its result
	 * @throws CallExpressionException if it is no whole number of at least 0, or if the
	 * expression fails
	 */
	public long actualCost(@Nullable Object[] arguments, @Nullable Object result, @Nullable Throwable error) {
		if (error == null || !this.traits.needsResult()) {
			return toCost(evaluate(arguments, result, error, null));
		}
		Object cost;
		try {
			cost = this.value.of(arguments, null, error, null);
		}
		catch (Exception ex) {
			return UNKNOWN_COST;
		}
		return (cost != null) ? toCost(cost) : UNKNOWN_COST;
	}

	/**
	 * Return whether the caller's name is a part of the expression.
	 * @return whether somebody who knows it should tell it
	 */
	public boolean needsPrincipal() {
		return this.traits.needsPrincipal();
	}

	/**
	 * Return whether the value is the same for all calls. It is known then without
	 * arguments.
	 * @return whether it is a constant
	 */
	public boolean isConstant() {
		return this.traits.isConstant();
	}

	/**
	 * Return the methods and fields that are known to be read by reflection, which a
	 * native image has to keep.
	 * @return methods and fields of parameters, results and beans
	 */
	public Set<Member> members() {
		return this.traits.members();
	}

	/** How it is evaluated, for tests. */
	CallValue value() {
		return this.value;
	}

	private @Nullable String principal() {
		return needsPrincipal() ? this.principals.principal() : null;
	}

	private @Nullable Object evaluate(@Nullable Object[] arguments, @Nullable Object result, @Nullable Throwable error,
			@Nullable String principal) {
		try {
			return this.value.of(arguments, result, error, principal);
		}
		catch (Exception ex) {
			// Its message may hold a value of the call.
			throw new CallExpressionException(this.place + " has failed with a " + ex.getClass().getName(), ex);
		}
	}

	private long toCost(@Nullable Object cost) {
		if (!(cost instanceof Number number) || !isWhole(number)) {
			throw fail("is " + ((cost != null) ? "a " + cost.getClass().getName() : "null")
					+ ", and a cost is a whole number");
		}
		long tokens = number.longValue();
		if (tokens < 0) {
			throw fail("is negative");
		}
		return tokens;
	}

	private static boolean isWhole(Number number) {
		return number instanceof Long || number instanceof Integer || number instanceof Short || number instanceof Byte;
	}

	private CallExpressionException fail(String problem) {
		return new CallExpressionException(this.place + " " + problem, null);
	}

	/** The expression as it stands in its annotation, and where. */
	@Override
	public String toString() {
		return this.place.toString();
	}

	/**
	 * What is known of an expression before there is a call.
	 *
	 * @param isConstant whether it has no variables
	 * @param needsPrincipal whether the caller's name is one of them
	 * @param needsResult whether the result is one of them
	 * @param isKeyByType whether its type says that it is a key
	 * @param members what is read by reflection
	 */
	record Traits(boolean isConstant, boolean needsPrincipal, boolean needsResult, boolean isKeyByType,
			Set<Member> members) {

	}

}
