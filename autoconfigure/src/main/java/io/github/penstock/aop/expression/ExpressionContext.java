package io.github.penstock.aop.expression;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.util.StringValueResolver;

/**
 * What expressions may refer to besides the call: beans, placeholders, and who calls.
 *
 * @param beans where beans are looked up by their names
 * @param placeholders what resolves {@code ${...}}
 * @param principals who knows the caller of the current thread
 */
public record ExpressionContext(BeanFactory beans, StringValueResolver placeholders, PrincipalSource principals) {

	/**
	 * Return the context of the beans of an application.
	 * @param beans its bean factory, which resolves placeholders as well
	 * @return the context, in which the caller is that of the current thread
	 */
	public static ExpressionContext of(ConfigurableBeanFactory beans) {
		return new ExpressionContext(beans, beans::resolveEmbeddedValue, PrincipalSource.ofCurrentThread());
	}

	Collection<String> beanNames() {
		return (this.beans instanceof ListableBeanFactory listable) ? Arrays.asList(listable.getBeanDefinitionNames())
				: List.of();
	}

}
