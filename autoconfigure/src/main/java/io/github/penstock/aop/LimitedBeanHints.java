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

import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.util.ClassUtils;

/**
 * Has a native image keep what is looked at by reflection when a limited bean is made:
 * its methods, on which the annotations are, and among which its fallbacks are; and what
 * is read of its calls for their keys and costs.
 */
final class LimitedBeanHints implements BeanRegistrationAotProcessor {

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
		if (bean.getBeanFactory().getBeanNamesForType(LimitBeanPostProcessor.class, true, false).length == 0) {
			return null;
		}
		Class<?> type = ClassUtils.getUserClass(bean.getBeanClass());
		List<LimitedMethod> methods = LimitedMethods.of(type, type);
		if (methods.isEmpty()) {
			return null;
		}
		CallExpressions expressions = CallExpressions.of(bean.getBeanFactory());
		Set<Member> members = new LinkedHashSet<>();
		methods.forEach((limited) -> members.addAll(expressions.members(limited)));
		return (context, code) -> {
			ReflectionHints hints = context.getRuntimeHints().reflection();
			register(type, hints);
			members.forEach((member) -> register(member, hints));
		};
	}

	private static void register(Member member, ReflectionHints hints) {
		if (member instanceof Method method) {
			hints.registerMethod(method, ExecutableMode.INVOKE);
		}
		else if (member instanceof Field field) {
			hints.registerField(field);
		}
	}

	private static void register(Class<?> limited, ReflectionHints hints) {
		Set<Class<?>> types = new LinkedHashSet<>(ClassUtils.getAllInterfacesForClassAsSet(limited));
		for (Class<?> type = limited; type != null && type != Object.class; type = type.getSuperclass()) {
			types.add(type);
		}
		types.add(Bulkhead.class);
		types.add(RateLimited.class);
		types.add(RateLimited.List.class);
		for (Class<?> type : types) {
			hints.registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS, MemberCategory.INVOKE_DECLARED_METHODS);
		}
	}

}
