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
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.support.AopUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ReflectionUtils;

/**
 * Refuses annotations in places where a proxy cannot see the calls.
 */
final class Misplacement {

	private static final String MAKE_PROXYABLE = "Make the class non-final (Kotlin: open) with a constructor that is "
			+ "not private, or give it an interface with this method and its bean @Proxyable(ProxyType.INTERFACES)";

	private Misplacement() {
	}

	static void check(Class<?> type, MergedAnnotations annotations) {
		if (annotations.isPresent(Configuration.class)) {
			throw refuse(type, "a limit on a @Configuration class would limit the making of its beans",
					"Put the annotation on the class or the methods of the beans");
		}
	}

	static void check(Method method, MergedAnnotations annotations) {
		if (annotations.isPresent(Bean.class)) {
			throw refuse(method, "a limit on a @Bean method would limit the making of the bean, not its methods",
					"Put the annotation on the class or the methods of the bean");
		}
		if (Modifier.isStatic(method.getModifiers())) {
			throw refuse(method, "a static method cannot be limited, for calls to it pass no proxy",
					"Make it an instance method of a bean, or set penstock.aop.mode to aspectj");
		}
		if (Modifier.isPrivate(method.getModifiers())) {
			throw refuse(method, "a private method cannot be limited, for calls to it pass no proxy",
					"Make it public and call it from another bean, or set penstock.aop.mode to aspectj");
		}
		if (ReflectionUtils.isEqualsMethod(method) || ReflectionUtils.isHashCodeMethod(method)) {
			throw refuse(method, "equals and hashCode cannot be limited, for a proxy answers them itself",
					"Remove the annotation");
		}
	}

	/** Refuse a limit on a bean that is never proxied. */
	static InvalidLimitDeclarationException neverProxied(LimitedMethod limited) {
		return refuse(limited.method(),
				"it cannot be limited, for its class " + limited.targetClass().getName()
						+ " is advice itself or makes proxies, and has none of its own",
				"Put the annotation on the method of another bean that is called from here");
	}

	/** Refuse limits on a class of which no proxy can be made. */
	static InvalidLimitDeclarationException notProxyable(LimitedMethod limited, AopConfigException ex) {
		InvalidLimitDeclarationException refusal = refuse(
				limited.method(), "the method cannot be limited, for its class " + limited.targetClass().getName()
						+ " has no proxy: " + NestedExceptionUtils.getMostSpecificCause(ex).getMessage(),
				MAKE_PROXYABLE);
		refusal.initCause(ex);
		return refusal;
	}

	/** Refuse an annotation on a type without any method that it could hold for. */
	static InvalidLimitDeclarationException withoutMethods(Class<?> place, Class<?> targetClass) {
		return refuse(place,
				"a limit on a type that gives " + targetClass.getName() + " no method a proxy could limit does nothing",
				"Put the annotation on the methods that are called, or remove it");
	}

	/**
	 * Check that limited methods can be reached through the proxy of their bean.
	 * @param methods the methods
	 * @param classProxy whether the proxy is a subclass of the bean's class
	 * @param interfaces the interfaces of the proxy
	 */
	static void check(List<LimitedMethod> methods, boolean classProxy, Class<?>[] interfaces) {
		if (classProxy) {
			for (LimitedMethod limited : methods) {
				checkOverridable(limited);
			}
			return;
		}
		Set<AnnotatedElement> hidden = new LinkedHashSet<>();
		Set<AnnotatedElement> reached = new LinkedHashSet<>();
		for (LimitedMethod limited : methods) {
			boolean reachable = isOnAny(interfaces, limited);
			if (!reachable && limited.isNamedItself()) {
				throw hidden(limited.method(), "the method", "none of them has this method");
			}
			(reachable ? reached : hidden).addAll(limited.places());
		}
		hidden.removeAll(reached);
		if (!hidden.isEmpty()) {
			throw hidden(hidden.iterator().next(), "the class", "none of them has one of its methods");
		}
	}

	private static InvalidLimitDeclarationException hidden(AnnotatedElement place, String what, String why) {
		return refuse(place,
				what + " cannot be limited, for the proxy of its bean has the bean's interfaces only, and " + why,
				"Put the method into an interface, or let Spring proxy the class "
						+ "(spring.aop.proxy-target-class=true)");
	}

	/** Whether all calls of limited methods pass a proxy that there is. */
	static boolean areReachable(List<LimitedMethod> methods, Advised proxy) {
		try {
			check(methods, AopUtils.isCglibProxy(proxy), proxy.getProxiedInterfaces());
			checkVisible(methods, proxy);
			return AopUtils.isCglibProxy(proxy)
					|| methods.stream().allMatch((limited) -> isOnAny(proxy.getProxiedInterfaces(), limited));
		}
		catch (InvalidLimitDeclarationException ex) {
			return false;
		}
	}

	private static boolean isOnAny(Class<?>[] interfaces, LimitedMethod limited) {
		return Arrays.stream(interfaces).anyMatch((type) -> declares(type, limited));
	}

	private static void checkOverridable(LimitedMethod limited) {
		Class<?> type = limited.targetClass();
		if (Modifier.isFinal(type.getModifiers())) {
			throw refuse(limited.method(),
					"the method cannot be limited, for its class " + type.getName() + " is final and has no proxy",
					MAKE_PROXYABLE);
		}
		if (type.isSealed()) {
			throw refuse(limited.method(),
					"the method cannot be limited, for its class " + type.getName() + " is sealed and has no proxy",
					MAKE_PROXYABLE);
		}
		if (!limited.isAnnotatedWithin()) {
			return;
		}
		Method method = limited.method();
		if (Modifier.isFinal(method.getModifiers())) {
			throw refuse(method, "a final method cannot be limited, for a proxy cannot override it",
					"Make it non-final (Kotlin: open), or set penstock.aop.mode to aspectj");
		}
		if (isPackagePrivate(method) && !method.getDeclaringClass().getPackageName().equals(type.getPackageName())) {
			throw refuse(method,
					"a package-private method cannot be limited, for the proxy is of the package of " + type.getName()
							+ " and cannot override it",
					"Make it public or protected, or set penstock.aop.mode to aspectj");
		}
	}

	/**
	 * Check that the class of a proxy sees the methods that are not public.
	 * @param methods the methods
	 * @param proxy the proxy
	 */
	static void checkVisible(List<LimitedMethod> methods, Object proxy) {
		for (LimitedMethod limited : methods) {
			checkVisible(limited, proxy);
		}
	}

	private static void checkVisible(LimitedMethod limited, Object proxy) {
		Method method = limited.method();
		ClassLoader home = method.getDeclaringClass().getClassLoader();
		if (AopUtils.isCglibProxy(proxy) && isPackagePrivate(method) && limited.isAnnotatedWithin()
				&& proxy.getClass().getClassLoader() != home) {
			throw refuse(method,
					"a package-private method cannot be limited, for the proxy's class loader is not that of its "
							+ "class, and cannot override it",
					"Make it public or protected");
		}
	}

	private static boolean isPackagePrivate(Method method) {
		return (method.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED | Modifier.PRIVATE)) == 0;
	}

	private static boolean declares(Class<?> type, LimitedMethod limited) {
		return Arrays.stream(type.getMethods()).anyMatch((method) -> isImplementedBy(method, limited));
	}

	private static boolean isImplementedBy(Method declared, LimitedMethod limited) {
		return declared.getName().equals(limited.method().getName())
				&& limited.hasSignatureOf(LimitAdvisor.specific(declared, limited.targetClass()));
	}

	static InvalidLimitDeclarationException refuse(AnnotatedElement place, String problem, String mend) {
		return new InvalidLimitDeclarationException(LimitedMethod.where(place), problem, mend);
	}

}
