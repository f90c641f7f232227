package io.github.penstock.aop.expression;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;

/**
 * A bean, looked up at the first call, and at each if it is another one each time.
 */
final class BeanValue implements CallValue {

	private final BeanFactory factory;

	private final String name;

	/** Racing threads write the same. */
	private volatile @Nullable Object singleton;

	BeanValue(BeanFactory factory, String name) {
		this.factory = factory;
		this.name = name;
	}

	@Override
	public Object of(@Nullable Object[] arguments, @Nullable Object result, @Nullable Throwable error,
			@Nullable String principal) {
		Object known = this.singleton;
		return (known != null) ? known : lookUp();
	}

	private Object lookUp() {
		Object bean = this.factory.getBean(this.name);
		if (this.factory.isSingleton(this.name)) {
			this.singleton = bean;
		}
		return bean;
	}

}
