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

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Refuses beans that would not survive a proxy of their class. A final method runs on the
 * proxy itself, whose constructor was never called: the fields that it uses are
 * {@code null} there.
 */
final class FinalMethods {

	private final Class<?> type;

	private final List<LimitedMethod> limited;

	private final MethodBodies bodies;

	private FinalMethods(Class<?> type, List<LimitedMethod> limited) {
		this.type = type;
		this.limited = limited;
		this.bodies = new MethodBodies(type);
	}

	/**
	 * Check the final methods that others call: those of interfaces, and those that call
	 * a limited method.
	 * @param type a class of which a proxy is to be made
	 * @param limited its limited methods, at least one
	 */
	static void check(Class<?> type, List<LimitedMethod> limited) {
		new FinalMethods(type, limited).check();
	}

	private void check() {
		for (Class<?> home = this.type; home != null && home != Object.class; home = home.getSuperclass()) {
			for (Method method : ReflectionUtils.getDeclaredMethods(home)) {
				if (isFinal(method) && (isOfInterface(method) || callsLimited(method))) {
					check(method);
				}
			}
		}
	}

	private static boolean isFinal(Method method) {
		int modifiers = method.getModifiers();
		return Modifier.isFinal(modifiers) && !Modifier.isStatic(modifiers) && !Modifier.isPrivate(modifiers)
				&& !method.isSynthetic();
	}

	private boolean isOfInterface(Method method) {
		return ClassUtils.getAllInterfacesForClassAsSet(this.type)
			.stream()
			.filter((candidate) -> !ContainerCalls.isContainerInterface(candidate)
					&& !AutoCloseable.class.isAssignableFrom(candidate))
			.flatMap((candidate) -> Stream.of(candidate.getMethods()))
			.anyMatch((declared) -> declared.getName().equals(method.getName())
					&& Arrays.equals(declared.getParameterTypes(), method.getParameterTypes()));
	}

	private boolean callsLimited(Method method) {
		return this.limited.stream().anyMatch((other) -> this.bodies.of(method).calls(other.method()));
	}

	private void check(Method method) {
		String field = this.bodies.fieldUsedBy(method);
		if (field != null) {
			boolean filter = ClassUtils.getAllInterfacesForClassAsSet(this.type)
				.stream()
				.anyMatch((candidate) -> candidate.getName().equals("jakarta.servlet.Filter"));
			throw new InvalidLimitDeclarationException(this.limited.get(0).where(),
					"the method cannot be limited, for the proxy of its class " + this.type.getName()
							+ " would run the final method " + LimitedMethod.where(method)
							+ " itself, and has no value of its field '" + field + "'",
					filter ? "Put the annotation on the method of another bean, which the filter calls"
							: "Make the final method non-final (Kotlin: open), let the proxy have the interfaces "
									+ "of the bean only (@Proxyable(ProxyType.INTERFACES)) with the limited method on one of "
									+ "them, or put the annotation on the method of another bean that is called from here");
		}
	}

}
