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

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.core.convert.TypeDescriptor;
import org.springframework.expression.AccessException;
import org.springframework.expression.BeanResolver;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.MethodExecutor;
import org.springframework.expression.MethodResolver;
import org.springframework.expression.OperatorOverloader;
import org.springframework.expression.PropertyAccessor;
import org.springframework.expression.TypeComparator;
import org.springframework.expression.TypeConverter;
import org.springframework.expression.TypeLocator;
import org.springframework.expression.TypedValue;
import org.springframework.expression.spel.SpelEvaluationException;
import org.springframework.expression.spel.SpelMessage;
import org.springframework.expression.spel.support.ReflectiveMethodResolver;
import org.springframework.expression.spel.support.ReflectivePropertyAccessor;
import org.springframework.expression.spel.support.StandardOperatorOverloader;
import org.springframework.expression.spel.support.StandardTypeComparator;
import org.springframework.expression.spel.support.StandardTypeConverter;

/**
 * One call, as the engine sees it: it can read variables and what {@link Members} lets
 * it, and nothing else.
 */
final class SpelScope implements EvaluationContext {

	private static final List<PropertyAccessor> ACCESSORS = List.of(new ReadOnlyAccessor());

	private static final List<MethodResolver> METHODS = List.of(new InstanceMethods());

	private static final TypeConverter CONVERTER = new StandardTypeConverter();

	private static final TypeComparator COMPARATOR = new StandardTypeComparator();

	private static final OperatorOverloader OPERATORS = new StandardOperatorOverloader();

	private static final TypeLocator NO_TYPES = (name) -> {
		throw new SpelEvaluationException(SpelMessage.TYPE_NOT_FOUND, name);
	};

	private final CallVariables variables;

	private final @Nullable Object[] arguments;

	private final @Nullable Object result;

	private final @Nullable Throwable error;

	private final @Nullable String principal;

	SpelScope(CallVariables variables, @Nullable Object[] arguments, @Nullable Object result, @Nullable Throwable error,
			@Nullable String principal) {
		this.variables = variables;
		this.arguments = arguments;
		this.result = result;
		this.error = error;
		this.principal = principal;
	}

	@Override
	public @Nullable Object lookupVariable(String name) {
		return this.variables.find(name, this.arguments, this.result, this.error, this.principal);
	}

	@Override
	public TypedValue getRootObject() {
		return TypedValue.NULL;
	}

	@Override
	public List<PropertyAccessor> getPropertyAccessors() {
		return ACCESSORS;
	}

	@Override
	public List<MethodResolver> getMethodResolvers() {
		return METHODS;
	}

	@Override
	public @Nullable BeanResolver getBeanResolver() {
		return null;
	}

	@Override
	public TypeLocator getTypeLocator() {
		return NO_TYPES;
	}

	@Override
	public TypeConverter getTypeConverter() {
		return CONVERTER;
	}

	@Override
	public TypeComparator getTypeComparator() {
		return COMPARATOR;
	}

	@Override
	public OperatorOverloader getOperatorOverloader() {
		return OPERATORS;
	}

	@Override
	public TypedValue assignVariable(String name, Supplier<TypedValue> value) {
		throw new SpelEvaluationException(SpelMessage.VARIABLE_ASSIGNMENT_NOT_SUPPORTED, "#" + name);
	}

	@Override
	public void setVariable(String name, @Nullable Object value) {
		throw new SpelEvaluationException(SpelMessage.VARIABLE_ASSIGNMENT_NOT_SUPPORTED, "#" + name);
	}

	@Override
	public boolean isAssignmentEnabled() {
		return false;
	}

	private static final class ReadOnlyAccessor extends ReflectivePropertyAccessor {

		private ReadOnlyAccessor() {
			super(false);
		}

		@Override
		public boolean canRead(EvaluationContext context, @Nullable Object target, String name) throws AccessException {
			return target != null && !Members.isClosed(target.getClass()) && super.canRead(context, target, name);
		}

		@Override
		protected boolean isCandidateForProperty(Method method, Class<?> type) {
			return super.isCandidateForProperty(method, type) && Members.isCandidate(method, type);
		}

		@Override
		protected @Nullable Field findField(String name, Class<?> type, boolean isStatic) {
			return isStatic ? null : super.findField(name, type, isStatic);
		}

	}

	private static final class InstanceMethods extends ReflectiveMethodResolver {

		@Override
		public @Nullable MethodExecutor resolve(EvaluationContext context, Object target, String name,
				List<TypeDescriptor> arguments) throws AccessException {
			return Members.isClosed(target.getClass()) ? null : super.resolve(context, target, name, arguments);
		}

		@Override
		protected boolean isCandidateForInvocation(Method method, Class<?> type) {
			return Members.isCandidate(method, type);
		}

	}

}
