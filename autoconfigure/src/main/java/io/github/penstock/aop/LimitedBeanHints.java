package io.github.penstock.aop;

import java.util.LinkedHashSet;
import java.util.Set;

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.util.ClassUtils;

/**
 * Has a native image keep what is looked at by reflection when a limited bean is made:
 * its methods, on which the annotations are, and among which its fallbacks are.
 */
final class LimitedBeanHints implements BeanRegistrationAotProcessor {

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
		if (bean.getBeanFactory().getBeanNamesForType(LimitBeanPostProcessor.class, true, false).length == 0) {
			return null;
		}
		Class<?> type = ClassUtils.getUserClass(bean.getBeanClass());
		if (LimitedMethods.of(type, type).isEmpty()) {
			return null;
		}
		return (context, code) -> register(type, context.getRuntimeHints().reflection());
	}

	private static void register(Class<?> limited, ReflectionHints hints) {
		Set<Class<?>> types = new LinkedHashSet<>(ClassUtils.getAllInterfacesForClassAsSet(limited));
		for (Class<?> type = limited; type != null && type != Object.class; type = type.getSuperclass()) {
			types.add(type);
		}
		types.add(Bulkhead.class);
		types.add(RateLimited.class);
		for (Class<?> type : types) {
			hints.registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS, MemberCategory.INVOKE_DECLARED_METHODS);
		}
	}

}
