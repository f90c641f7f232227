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
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.Aware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Refuses limits on the methods that Spring calls on a bean itself, before it has a proxy
 * or past it. What stands on a class is not meant for them.
 */
final class ContainerCalls {

	/** By name, for not all need be there. */
	private static final List<String> ANNOTATIONS = List.of("jakarta.annotation.PostConstruct",
			"jakarta.annotation.PreDestroy", "jakarta.annotation.Resource", "jakarta.inject.Inject",
			"org.springframework.beans.factory.annotation.Autowired",
			"org.springframework.beans.factory.annotation.Value");

	private ContainerCalls() {
	}

	/** Check what the class says. */
	static void check(LimitedMethod limited) {
		String caller = limited.isNamedItself() ? caller(limited.method(), limited.targetClass()) : null;
		if (caller != null) {
			throw refuse(limited.method(), caller);
		}
	}

	/** Check what the definition of a bean says. */
	static void check(List<LimitedMethod> methods, BeanDefinition beanDefinition) {
		if (beanDefinition instanceof AbstractBeanDefinition definition) {
			for (LimitedMethod limited : methods) {
				Method method = limited.method();
				if (limited.isNamedItself() && method.getParameterCount() == 0
						&& (isAmong(definition.getInitMethodNames(), method)
								|| isAmong(definition.getDestroyMethodNames(), method))) {
					throw refuse(method, "init or destroy method of a bean definition");
				}
			}
		}
	}

	private static boolean isAmong(String @Nullable [] names, Method method) {
		return names != null && Stream.of(names).anyMatch(method.getName()::equals);
	}

	private static InvalidLimitDeclarationException refuse(Method method, String caller) {
		return Misplacement.refuse(method,
				"it cannot be limited as " + caller + ", for Spring calls it on the bean itself and passes no proxy",
				"Put the annotation on the method of another bean that does the work and is called from here");
	}

	private static @Nullable String caller(Method method, Class<?> targetClass) {
		MergedAnnotations annotations = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
		for (String name : ANNOTATIONS) {
			if (annotations.isPresent(name)) {
				return "@" + ClassUtils.getShortName(name) + " method";
			}
		}
		for (Class<?> type : ClassUtils.getAllInterfacesForClassAsSet(targetClass)) {
			if (isContainerInterface(type)
					&& ReflectionUtils.findMethod(type, method.getName(), method.getParameterTypes()) != null) {
				return "method of " + type.getSimpleName();
			}
		}
		return null;
	}

	/** Whether Spring calls the methods of an interface on a bean itself. */
	static boolean isContainerInterface(Class<?> type) {
		return Aware.class.isAssignableFrom(type) || type == InitializingBean.class || type == DisposableBean.class;
	}

}
