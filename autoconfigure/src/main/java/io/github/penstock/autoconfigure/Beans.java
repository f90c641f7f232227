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

package io.github.penstock.autoconfigure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.HierarchicalBeanFactory;
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

	/**
	 * All beans of a type that the parents of this context do not have, in their order.
	 */
	<T> List<T> ownOf(Class<T> type) {
		Set<T> others = Collections.newSetFromMap(new IdentityHashMap<>());
		ListableBeanFactory parent = parent();
		if (parent != null) {
			parent.getBeanProvider(type, false).stream().forEach(others::add);
		}
		List<T> own = new ArrayList<>(factory().getBeanProvider(type, false).orderedStream().toList());
		own.removeAll(others);
		return own;
	}

	/**
	 * The only bean of a type in the parents of this context, {@code null} if none is.
	 */
	<T> @Nullable T ofParent(Class<T> type) {
		ListableBeanFactory parent = parent();
		if (parent == null) {
			return null;
		}
		String[] names = BeanFactoryUtils.beanNamesForTypeIncludingAncestors(parent, type, true, false);
		return (names.length == 1) ? parent.getBean(names[0], type) : parent.getBeanProvider(type).getIfUnique();
	}

	private @Nullable ListableBeanFactory parent() {
		return (factory() instanceof HierarchicalBeanFactory own
				&& own.getParentBeanFactory() instanceof ListableBeanFactory parent) ? parent : null;
	}

}
