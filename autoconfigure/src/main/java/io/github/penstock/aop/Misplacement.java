package io.github.penstock.aop;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ReflectionUtils;

/**
 * Refuses annotations in places where a proxy cannot see the calls.
 */
final class Misplacement {

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

	/**
	 * Check that a limited method can be reached through the proxy of its bean.
	 * @param limited the method
	 * @param classProxy whether the proxy is a subclass of the bean's class
	 * @param interfaces the interfaces of the proxy
	 */
	static void check(LimitedMethod limited, boolean classProxy, Class<?>[] interfaces) {
		if (classProxy) {
			checkOverridable(limited);
		}
		else if (limited.isNamedItself() && Arrays.stream(interfaces).noneMatch((type) -> declares(type, limited))) {
			throw refuse(limited.method(),
					"the method cannot be limited, for the proxy of its bean has the bean's interfaces only, "
							+ "and none of them has this method",
					"Put the method into an interface, or let Spring proxy the class "
							+ "(spring.aop.proxy-target-class=true)");
		}
	}

	private static void checkOverridable(LimitedMethod limited) {
		Class<?> type = limited.targetClass();
		if (Modifier.isFinal(type.getModifiers())) {
			throw refuse(limited.method(),
					"the method cannot be limited, for its class " + type.getName() + " is final and has no proxy",
					"Make the class non-final (Kotlin: open), or give it an interface with this method and its bean "
							+ "@Proxyable(ProxyType.INTERFACES)");
		}
		if (Modifier.isFinal(limited.method().getModifiers()) && limited.isAnnotatedAtHome()) {
			throw refuse(limited.method(), "a final method cannot be limited, for a proxy cannot override it",
					"Make it non-final (Kotlin: open), or set penstock.aop.mode to aspectj");
		}
	}

	private static boolean declares(Class<?> type, LimitedMethod limited) {
		return Arrays.stream(type.getMethods()).anyMatch((method) -> isImplementedBy(method, limited));
	}

	private static boolean isImplementedBy(Method declared, LimitedMethod limited) {
		return declared.getName().equals(limited.method().getName())
				&& limited.hasSignatureOf(LimitAdvisor.specific(declared, limited.targetClass()));
	}

	private static InvalidLimitDeclarationException refuse(AnnotatedElement place, String problem, String mend) {
		return new InvalidLimitDeclarationException(LimitedMethod.where(place), problem, mend);
	}

}
