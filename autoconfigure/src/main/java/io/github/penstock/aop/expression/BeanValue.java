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
