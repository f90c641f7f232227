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

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.penstock.LimitExceededException;

import org.springframework.core.GenericTypeResolver;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the method that a {@code fallback} attribute names.
 */
final class FallbackResolver {

	private final LimitedMethod limited;

	private final String name;

	private final Class<? extends LimitExceededException> refusal;

	private FallbackResolver(LimitedMethod limited, String name, Class<? extends LimitExceededException> refusal) {
		this.limited = limited;
		this.name = name;
		this.refusal = refusal;
	}

	/**
	 * Find a fallback method.
	 * @param limited the limited method
	 * @param name the name of its fallback
	 * @param refusal what the fallback is called for
	 * @return the fallback
	 * @throws InvalidLimitDeclarationException if there is none, or more than one, that
	 * can stand in for the method
	 */
	static Fallback resolve(LimitedMethod limited, String name, Class<? extends LimitExceededException> refusal) {
		return new FallbackResolver(limited, name, refusal).resolve();
	}

	private Fallback resolve() {
		List<Method> namesakes = namesakes();
		List<Fallback> fitting = new ArrayList<>();
		for (Method method : namesakes) {
			int index = exceptionIndex(method);
			if (matches(method, index)) {
				fitting.add(new Fallback(method, index));
			}
		}
		if (fitting.size() != 1) {
			throw refuse(problem(namesakes, fitting.size()), "Write one method " + expected());
		}
		Fallback fallback = fitting.get(0);
		check(fallback.method());
		ReflectionUtils.makeAccessible(fallback.method());
		return fallback;
	}

	private List<Method> namesakes() {
		List<Method> methods = new ArrayList<>();
		for (Class<?> type = this.limited.targetClass(); type != null; type = type.getSuperclass()) {
			addNamesakes(type, methods);
		}
		for (Class<?> type : ClassUtils.getAllInterfacesForClassAsSet(this.limited.targetClass())) {
			addNamesakes(type, methods);
		}
		if (this.limited.method().getDeclaringClass().isInterface()) {
			addNamesakes(this.limited.method().getDeclaringClass(), methods);
		}
		return methods;
	}

	private void addNamesakes(Class<?> type, List<Method> methods) {
		for (Method method : ReflectionUtils.getDeclaredMethods(type)) {
			boolean callable = !type.isInterface() || !Modifier.isAbstract(method.getModifiers());
			if (method.getName().equals(this.name) && !method.isSynthetic() && callable
					&& methods.stream().noneMatch((other) -> hasParametersOf(other, method))) {
				methods.add(method);
			}
		}
	}

	private boolean hasParametersOf(Method method, Method other) {
		return parameters(method).equals(parameters(other));
	}

	/** As the class of the bean has them: without the type variables of its parents. */
	private List<Class<?>> parameters(Method method) {
		List<Class<?>> parameters = new ArrayList<>();
		for (int i = 0; i < method.getParameterCount(); i++) {
			ResolvableType type = ResolvableType.forMethodParameter(method, i, this.limited.targetClass());
			parameters.add(type.resolve(method.getParameterTypes()[i]));
		}
		return parameters;
	}

	/** Where the exception would be: last, or before the continuation of a coroutine. */
	private int exceptionIndex(Method fallback) {
		Method method = this.limited.method();
		if (fallback.getParameterCount() != method.getParameterCount() + 1) {
			return -1;
		}
		return method.getParameterCount() - (KotlinDetector.isSuspendingFunction(method) ? 1 : 0);
	}

	private boolean matches(Method fallback, int exceptionIndex) {
		List<Class<?>> parameters = parameters(fallback);
		if (exceptionIndex >= 0) {
			Class<?> taken = parameters.remove(exceptionIndex);
			if (!Throwable.class.isAssignableFrom(taken) || !taken.isAssignableFrom(this.refusal)) {
				return false;
			}
		}
		return parameters.equals(parameters(this.limited.method()));
	}

	private void check(Method fallback) {
		if (this.limited.hasSignatureOf(fallback)) {
			throw refuse("its fallback is the method itself", "Name another method");
		}
		if (Modifier.isStatic(fallback.getModifiers()) != Modifier.isStatic(this.limited.method().getModifiers())) {
			throw refuse("of it and its fallback " + LimitedMethod.where(fallback) + " one is static",
					"Make both alike");
		}
		Class<?> returned = returnType(this.limited.method());
		if (returned != void.class && !ClassUtils.isAssignable(returned, returnType(fallback))) {
			throw refuse("its fallback " + LimitedMethod.where(fallback) + " returns " + returnType(fallback).getName(),
					"Let it return " + returned.getName());
		}
	}

	private Class<?> returnType(Method method) {
		return GenericTypeResolver.resolveReturnType(method, this.limited.targetClass());
	}

	private String problem(List<Method> namesakes, int fitting) {
		if (namesakes.isEmpty()) {
			return "its fallback '" + this.name + "' does not exist";
		}
		String candidates = namesakes.stream().map(LimitedMethod::where).collect(Collectors.joining(", "));
		return (fitting == 0) ? "its fallback '" + this.name + "' has the wrong parameters: " + candidates
				: "its fallback '" + this.name + "' is ambiguous: " + candidates;
	}

	private String expected() {
		Stream<String> parameters = parameters(this.limited.method()).stream().map(Class::getSimpleName);
		return this.name + parameters.collect(Collectors.joining(", ", "(", ")")) + " in "
				+ this.limited.targetClass().getName() + ", optionally with a " + this.refusal.getSimpleName()
				+ " as the last parameter";
	}

	private InvalidLimitDeclarationException refuse(String problem, String mend) {
		AnnotatedElement place = this.limited.method();
		return new InvalidLimitDeclarationException(LimitedMethod.where(place), problem, mend);
	}

}
