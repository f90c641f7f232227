package io.github.penstock.autoconfigure;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;

/**
 * Finds beans of the context's parents, to tell them from its own.
 */
final class ParentContext {

	private final @Nullable BeanFactory parent;

	ParentContext(ConfigurableBeanFactory beans) {
		this.parent = beans.getParentBeanFactory();
	}

	/** The one bean of the type, {@code null} if there is none. */
	<T> @Nullable T find(Class<T> type) {
		return (this.parent != null) ? this.parent.getBeanProvider(type).getIfUnique() : null;
	}

	<T> Set<T> all(Class<T> type) {
		Set<T> all = Collections.newSetFromMap(new IdentityHashMap<>());
		if (this.parent != null) {
			this.parent.getBeanProvider(type).forEach(all::add);
		}
		return all;
	}

}
