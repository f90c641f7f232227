package io.github.penstock.autoconfigure;

import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;

/**
 * Looks beans up while others are being made. To inject one by its type asks each
 * {@code FactoryBean} for what it makes, and those that do not say so in their
 * declaration have to be made for it, with all that is injected into them: the very bean,
 * perhaps, for whose sake the look-up is. Here they are left alone.
 * <p>
 * For the same reason the parameters of bean methods have the names of the beans that are
 * meant: what has the name of a bean is looked up by it.
 */
final class Beans implements BeanFactoryAware {

	private @Nullable ListableBeanFactory factory;

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.factory = (ListableBeanFactory) beanFactory;
	}

	private ListableBeanFactory factory() {
		return Objects.requireNonNull(this.factory);
	}

	/** The only bean of a type, or the primary one; {@code null} if there is none. */
	<T> @Nullable T ifAvailable(Class<T> type) {
		String[] names = BeanFactoryUtils.beanNamesForTypeIncludingAncestors(factory(), type, true, false);
		return switch (names.length) {
			case 0 -> null;
			case 1 -> factory().getBean(names[0], type);
			default -> factory().getBean(type);
		};
	}

	/** The only bean of a type, or the primary one. */
	<T> T get(Class<T> type) {
		T bean = ifAvailable(type);
		return (bean != null) ? bean : factory().getBean(type);
	}

	/** The bean of a name, {@code null} if there is none. */
	@Nullable Object named(String name) {
		return factory().containsBean(name) ? factory().getBean(name) : null;
	}

	/** All beans of a type, in their order. */
	<T> Stream<T> all(Class<T> type) {
		return factory().getBeanProvider(type, false).orderedStream();
	}

}
