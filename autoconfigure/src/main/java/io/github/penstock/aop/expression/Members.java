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

import java.beans.Introspector;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.security.ProtectionDomain;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * What an expression may read of a type: public methods and fields of its objects, not
 * those that every object has.
 */
final class Members {

	/** From where everything else could be reached. */
	private static final List<Class<?>> CLOSED = List.of(Class.class, ClassLoader.class, Module.class,
			ModuleLayer.class, Thread.class, ThreadGroup.class, Runtime.class, Process.class, ProcessBuilder.class,
			ProcessHandle.class, ProtectionDomain.class);

	private Members() {
	}

	/** Whether nothing may be read of a type. */
	static boolean isClosed(Class<?> type) {
		return CLOSED.stream().anyMatch((closed) -> closed.isAssignableFrom(type))
				|| type.getName().startsWith("java.lang.reflect.") || type.getName().startsWith("java.lang.invoke.");
	}

	static boolean isCandidate(Method method, Class<?> type) {
		return !Modifier.isStatic(method.getModifiers()) && method.getDeclaringClass() != Object.class
				&& !isClosed(method.getDeclaringClass()) && !isClosed(type);
	}

	/** The getter, accessor or field of a property, in the order in which SpEL looks. */
	static @Nullable Member property(Class<?> type, String name) {
		for (String getter : getters(name)) {
			Method method = method(type, getter);
			boolean fits = method != null && method.getReturnType() != void.class
					&& (!getter.startsWith("is") || getter.equals(name) || isBoolean(method.getReturnType()));
			if (fits) {
				return method;
			}
		}
		return Arrays.stream(type.getFields())
			.filter((field) -> field.getName().equals(name) && !Modifier.isStatic(field.getModifiers()))
			.filter((field) -> !isClosed(type))
			.findFirst()
			.orElse(null);
	}

	private static Set<String> getters(String name) {
		boolean acronym = name.length() > 1 && Character.isUpperCase(name.charAt(1));
		String suffix = acronym ? name : StringUtils.capitalize(name);
		String capitalized = StringUtils.capitalize(name);
		Set<String> getters = new LinkedHashSet<>();
		getters.add("get" + suffix);
		getters.add("get" + capitalized);
		getters.add("is" + suffix);
		getters.add("is" + capitalized);
		getters.add(name);
		return getters;
	}

	private static boolean isBoolean(Class<?> type) {
		return type == boolean.class || type == Boolean.class;
	}

	/**
	 * The method without parameters, {@code null} if there is none that may be called.
	 */
	static @Nullable Method method(Class<?> type, String name) {
		Method method = ClassUtils.getMethodIfAvailable(type, name);
		return (method != null && isCandidate(method, type)) ? method : null;
	}

	static List<Method> methods(Class<?> type, String name, int arguments) {
		return Arrays.stream(type.getMethods())
			.filter((method) -> method.getName().equals(name) && !method.isBridge() && isCandidate(method, type))
			.filter((method) -> takes(method, arguments))
			.toList();
	}

	private static boolean takes(Method method, int arguments) {
		return method.getParameterCount() == arguments
				|| (method.isVarArgs() && arguments >= method.getParameterCount() - 1);
	}

	/** The names of what could be read of a type as a property. */
	static Set<String> propertyNames(Class<?> type) {
		Set<String> names = new TreeSet<>();
		for (Method method : type.getMethods()) {
			if (method.getParameterCount() == 0 && method.getReturnType() != void.class && isCandidate(method, type)) {
				names.add(propertyName(method.getName()));
			}
		}
		for (Field field : type.getFields()) {
			if (!Modifier.isStatic(field.getModifiers())) {
				names.add(field.getName());
			}
		}
		return names;
	}

	private static String propertyName(String method) {
		for (String prefix : List.of("get", "is")) {
			if (method.length() > prefix.length() && method.startsWith(prefix)
					&& Character.isUpperCase(method.charAt(prefix.length()))) {
				return Introspector.decapitalize(method.substring(prefix.length()));
			}
		}
		return method;
	}

	static Set<String> methodNames(Class<?> type) {
		Set<String> names = new TreeSet<>();
		for (Method method : type.getMethods()) {
			if (isCandidate(method, type)) {
				names.add(method.getName());
			}
		}
		return names;
	}

	static ResolvableType typeOf(Member member, ResolvableType owner) {
		return (member instanceof Method method)
				? ResolvableType.forMethodParameter(new MethodParameter(method, -1), owner)
				: ResolvableType.forField((Field) member, owner);
	}

	/**
	 * Return what reads a member.
	 * @param member a field, or a method without parameters
	 * @param type the type of whose objects it is read
	 * @return a handle from Object to Object, {@code null} if it may not be read
	 */
	static @Nullable MethodHandle reader(Member member, Class<?> type) {
		MethodHandle handle = handle(member, type);
		return (handle != null) ? handle.asType(MethodType.methodType(Object.class, Object.class)) : null;
	}

	/**
	 * Return what calls a method.
	 * @param method the method
	 * @param type the type on whose objects it is called
	 * @return a handle from Object and Object[] to Object, {@code null} if it may not be
	 * called
	 */
	static @Nullable MethodHandle caller(Method method, Class<?> type) {
		MethodHandle handle = handle(method, type);
		if (handle == null) {
			return null;
		}
		int parameters = method.getParameterCount();
		return handle.asFixedArity()
			.asType(MethodType.genericMethodType(1 + parameters))
			.asSpreader(Object[].class, parameters);
	}

	private static @Nullable MethodHandle handle(Member member, Class<?> type) {
		try {
			if (member instanceof Field field) {
				field.trySetAccessible();
				return MethodHandles.lookup().unreflectGetter(field);
			}
			// Of an interface if there is one: a bean may be a proxy that has no more.
			Method method = ClassUtils.getPubliclyAccessibleMethodIfPossible((Method) member, type);
			method.trySetAccessible();
			return MethodHandles.lookup().unreflect(method);
		}
		catch (IllegalAccessException | RuntimeException ex) {
			// A module that does not open it: SpEL may know a way by the object's own
			// class.
			return null;
		}
	}

}
