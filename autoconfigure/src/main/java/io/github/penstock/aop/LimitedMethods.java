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

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the limited methods of a type. For each kind of annotation the method's own (on
 * the method, what it overrides or implements) beats that of its class (superclasses
 * included), and that beats the one of an interface, which holds for the methods of that
 * interface.
 */
final class LimitedMethods {

	private final Class<?> targetClass;

	/** The classes that may have methods, most specific first. */
	private final List<Class<?>> classes = new ArrayList<>();

	private final Set<Class<?>> interfaces = new LinkedHashSet<>();

	private LimitedMethods(Class<?> targetClass, Class<?> exposedClass) {
		this.targetClass = targetClass;
		for (Class<?> type = targetClass; type != null && type != Object.class; type = type.getSuperclass()) {
			if (!type.isInterface() && !Proxy.isProxyClass(type) && !isForeign(type)) {
				this.classes.add(type);
			}
		}
		addInterfaces(targetClass);
		addInterfaces(exposedClass);
	}

	private void addInterfaces(Class<?> type) {
		for (Class<?> candidate : ClassUtils.getAllInterfacesForClassAsSet(type)) {
			addInterface(candidate);
		}
	}

	private void addInterface(Class<?> candidate) {
		if (!isForeign(candidate) && this.interfaces.add(candidate)) {
			for (Class<?> parent : candidate.getInterfaces()) {
				addInterface(parent);
			}
		}
	}

	private static boolean isForeign(Class<?> type) {
		return type.getName().startsWith("java.") || type.getName().startsWith("org.springframework.aop.");
	}

	/**
	 * Find the limited methods of an object.
	 * @param targetClass its class, below any proxies
	 * @param exposedClass the class that its callers see, which may have more interfaces
	 * @return the methods, each signature once
	 * @throws InvalidLimitDeclarationException if an annotation stands where it does
	 * nothing
	 */
	static List<LimitedMethod> of(Class<?> targetClass, Class<?> exposedClass) {
		LimitedMethods methods = new LimitedMethods(targetClass, exposedClass);
		if (!methods.isAnnotatedAnywhere()) {
			return List.of();
		}
		List<LimitedMethod> found = methods.find();
		boolean bulkhead = false;
		boolean rateLimited = false;
		for (LimitedMethod limited : found) {
			bulkhead |= limited.bulkhead() != null;
			rateLimited |= !limited.rateLimited().isEmpty();
		}
		if (!bulkhead) {
			methods.checkNowhere(Bulkhead.class);
		}
		if (!rateLimited) {
			methods.checkNowhere(RateLimited.class);
		}
		return found;
	}

	/**
	 * Find out about one method, wherever it can be called from.
	 * @param method the method that runs
	 * @param targetClass the class of the object
	 * @return the method with its annotations, {@code null} if it has none
	 */
	static @Nullable LimitedMethod of(Method method, Class<?> targetClass) {
		return new LimitedMethods(targetClass, targetClass).limited(method);
	}

	private boolean isAnnotatedAnywhere() {
		boolean annotated = false;
		for (Class<?> type : this.classes) {
			annotated |= isAnnotated(type);
		}
		for (Class<?> type : this.interfaces) {
			annotated |= isAnnotated(type);
		}
		return annotated;
	}

	/** What stands on a type must hold for something. */
	private void checkNowhere(Class<? extends Annotation> kind) {
		Set<Class<?>> types = new LinkedHashSet<>(this.classes);
		types.addAll(this.interfaces);
		for (Class<?> type : types) {
			if (MergedAnnotations.from(type).isPresent(kind)) {
				throw Misplacement.withoutMethods(type, this.targetClass);
			}
		}
	}

	private static boolean isAnnotated(Class<?> type) {
		MergedAnnotations ofType = MergedAnnotations.from(type);
		boolean annotated = isLimited(ofType);
		if (annotated) {
			Misplacement.check(type, ofType);
		}
		for (Method method : ReflectionUtils.getDeclaredMethods(type)) {
			if (method.getAnnotations().length != 0 && !method.isSynthetic()) {
				MergedAnnotations ofMethod = MergedAnnotations.from(method);
				if (isLimited(ofMethod)) {
					Misplacement.check(method, ofMethod);
					annotated = true;
				}
			}
		}
		return annotated;
	}

	private static boolean isLimited(MergedAnnotations annotations) {
		return annotations.isPresent(Bulkhead.class) || annotations.isPresent(RateLimited.class);
	}

	private List<LimitedMethod> find() {
		List<LimitedMethod> found = new ArrayList<>();
		for (Class<?> type : this.classes) {
			for (Method method : ReflectionUtils.getDeclaredMethods(type)) {
				add(method, found);
			}
		}
		for (Class<?> type : this.interfaces) {
			for (Method method : ReflectionUtils.getDeclaredMethods(type)) {
				add(AopUtils.getMostSpecificMethod(method, this.targetClass), found);
			}
		}
		return found;
	}

	private void add(Method method, List<LimitedMethod> found) {
		if (Modifier.isStatic(method.getModifiers()) || Modifier.isPrivate(method.getModifiers())
				|| method.isSynthetic()) {
			return;
		}
		for (LimitedMethod other : found) {
			if (other.hasSignatureOf(method)) {
				return;
			}
		}
		LimitedMethod limited = limited(method);
		if (limited != null) {
			found.add(limited);
		}
	}

	private @Nullable LimitedMethod limited(Method method) {
		List<MergedAnnotation<Bulkhead>> bulkheads = find(Bulkhead.class, method);
		List<MergedAnnotation<RateLimited>> rateLimited = find(RateLimited.class, method);
		if (bulkheads.isEmpty() && rateLimited.isEmpty()) {
			return null;
		}
		return new LimitedMethod(method, this.targetClass, bulkheads.isEmpty() ? null : bulkheads.get(0), rateLimited);
	}

	/** Those that stand in the nearest place that has any; of a bulkhead there is one. */
	private <A extends Annotation> List<MergedAnnotation<A>> find(Class<A> kind, Method method) {
		List<MergedAnnotation<A>> own = nearest(MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY), kind);
		if (!own.isEmpty()) {
			return own;
		}
		for (Class<?> type : this.interfaces) {
			Method declared = declaration(method, type);
			if (declared != null && MergedAnnotations.from(declared).isPresent(kind)) {
				return nearest(MergedAnnotations.from(declared), kind);
			}
		}
		boolean ofClass = !ReflectionUtils.isObjectMethod(method) && !ControllerMethods.isHelper(method);
		return ofClass ? findOnType(kind, method) : List.of();
	}

	/** Those of the first place that has any, the nearest first. */
	@SuppressWarnings("unchecked")
	static <A extends Annotation> List<MergedAnnotation<A>> nearest(MergedAnnotations annotations, Class<A> kind) {
		MergedAnnotation<A> first = annotations.get(kind);
		if (!first.isPresent()) {
			return List.of();
		}
		List<MergedAnnotation<A>> nearest = new ArrayList<>();
		for (MergedAnnotation<?> annotation : annotations) {
			if (annotation.getType() == kind && Objects.equals(annotation.getSource(), first.getSource())
					&& annotation.getDistance() == first.getDistance()) {
				nearest.add((MergedAnnotation<A>) annotation);
			}
		}
		return nearest;
	}

	private <A extends Annotation> List<MergedAnnotation<A>> findOnType(Class<A> kind, Method method) {
		for (Class<?> type : this.classes) {
			MergedAnnotations annotations = MergedAnnotations.from(type);
			if (annotations.isPresent(kind)) {
				return nearest(annotations, kind);
			}
		}
		for (Class<?> type : this.interfaces) {
			MergedAnnotations annotations = MergedAnnotations.from(type);
			if (annotations.isPresent(kind) && hasDeclaration(method, type)) {
				return nearest(annotations, kind);
			}
		}
		return List.of();
	}

	private boolean hasDeclaration(Method method, Class<?> type) {
		if (declaration(method, type) != null) {
			return true;
		}
		for (Class<?> parent : type.getInterfaces()) {
			if (hasDeclaration(method, parent)) {
				return true;
			}
		}
		return false;
	}

	/** What the interface itself declares and the method implements. */
	private @Nullable Method declaration(Method method, Class<?> type) {
		for (Method candidate : ReflectionUtils.getDeclaredMethods(type)) {
			if (candidate.getName().equals(method.getName())
					&& candidate.getParameterCount() == method.getParameterCount() && !candidate.isSynthetic()
					&& AopUtils.getMostSpecificMethod(candidate, this.targetClass).equals(method)) {
				return candidate;
			}
		}
		return null;
	}

}
