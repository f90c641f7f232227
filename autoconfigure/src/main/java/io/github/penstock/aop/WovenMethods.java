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
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.jspecify.annotations.Nullable;

import org.springframework.core.KotlinDetector;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the limited methods of a class as AspectJ weaves them: what stands on a method,
 * else what stands on its class or comes from a superclass. Refuses what is not woven.
 */
final class WovenMethods {

	private WovenMethods() {
	}

	/**
	 * Find the limited methods that a class itself declares.
	 * @throws InvalidLimitDeclarationException if an annotation would do nothing
	 */
	static List<LimitedMethod> of(Class<?> type) {
		List<LimitedMethod> methods = new ArrayList<>();
		for (Method method : ReflectionUtils.getDeclaredMethods(type)) {
			LimitedMethod limited = of(method);
			checkNothingIsLeftOut(method, limited);
			if (limited != null) {
				checkWoven(limited);
				methods.add(limited);
			}
		}
		return methods;
	}

	/** The method with its annotations, {@code null} if it has none. */
	static @Nullable LimitedMethod of(Method method) {
		if (method.isSynthetic() || Modifier.isAbstract(method.getModifiers())) {
			return null;
		}
		List<MergedAnnotation<Bulkhead>> bulkheads = find(Bulkhead.class, method);
		List<MergedAnnotation<RateLimited>> rateLimited = find(RateLimited.class, method);
		if (bulkheads.isEmpty() && rateLimited.isEmpty()) {
			return null;
		}
		LimitedMethod limited = new LimitedMethod(method, method.getDeclaringClass(),
				bulkheads.isEmpty() ? null : bulkheads.get(0), rateLimited);
		if (KotlinDetector.isSuspendingFunction(method)) {
			throw refuse(method, "a suspending function cannot be limited by an aspect");
		}
		return limited;
	}

	private static <A extends Annotation> List<MergedAnnotation<A>> find(Class<A> kind, Method method) {
		List<MergedAnnotation<A>> own = LimitedMethods.nearest(MergedAnnotations.from(method), kind);
		if (!own.isEmpty() || isOwnBusiness(method)) {
			return own;
		}
		return LimitedMethods
			.nearest(MergedAnnotations.from(method.getDeclaringClass(), SearchStrategy.INHERITED_ANNOTATIONS), kind);
	}

	/** Whether an annotation on the class does not hold for the method. */
	private static boolean isOwnBusiness(Method method) {
		return Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers())
				|| ReflectionUtils.isObjectMethod(method) || ControllerMethods.isHelper(method);
	}

	private static void checkNothingIsLeftOut(Method method, @Nullable LimitedMethod woven) {
		if (method.isSynthetic() || Modifier.isAbstract(method.getModifiers()) || isOwnBusiness(method)) {
			return;
		}
		LimitedMethod wanted = LimitedMethods.of(method, method.getDeclaringClass());
		if (wanted != null) {
			checkNotLeftOut(method, wanted.bulkhead(), (woven != null) ? woven.bulkhead() : null);
			checkNotLeftOut(method, first(wanted.rateLimited()), (woven != null) ? first(woven.rateLimited()) : null);
		}
	}

	private static <A extends Annotation> @Nullable MergedAnnotation<A> first(List<MergedAnnotation<A>> annotations) {
		return annotations.isEmpty() ? null : annotations.get(0);
	}

	private static void checkNotLeftOut(Method method, @Nullable MergedAnnotation<?> wanted,
			@Nullable MergedAnnotation<?> woven) {
		if (wanted != null && (woven == null || woven.getDistance() > 1)) {
			throw refuse(method,
					"the @" + wanted.getType().getSimpleName() + " of " + DeclarationReader.where(wanted)
							+ " is not woven into it",
					"Put the annotation on this method or its class, or set penstock.aop.mode to proxy");
		}
	}

	private static void checkWoven(LimitedMethod limited) {
		// Where the weaver keeps what it knows of the calls.
		if (Stream.of(limited.targetClass().getDeclaredFields())
			.map(Field::getName)
			.noneMatch((name) -> name.startsWith("ajc$tjp_"))) {
			throw refuse(limited.method(), "its class is not woven, so that it would not be limited",
					"Let the weaver see the class, or set penstock.aop.mode to proxy");
		}
	}

	/**
	 * Check that the advice surrounds a method, for which something before and after it
	 * is not enough.
	 * @throws InvalidLimitDeclarationException if the weaver has taken it for a plain one
	 */
	static void checkSurrounded(Method method) {
		// Where the weaver moves the body of a method that advice surrounds.
		String body = method.getName() + "_aroundBody";
		for (Method candidate : ReflectionUtils.getDeclaredMethods(method.getDeclaringClass())) {
			if (candidate.getName().startsWith(body)) {
				return;
			}
		}
		throw refuse(method, "the work behind a " + method.getReturnType().getName()
				+ " is not known to go on when its aspect leaves the method");
	}

	private static InvalidLimitDeclarationException refuse(Method method, String problem) {
		return refuse(method, problem, "Set penstock.aop.mode to proxy");
	}

	private static InvalidLimitDeclarationException refuse(Method method, String problem, String mend) {
		return new InvalidLimitDeclarationException(LimitedMethod.where(method), problem, mend);
	}

}
