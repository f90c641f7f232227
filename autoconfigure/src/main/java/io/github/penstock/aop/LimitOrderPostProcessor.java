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

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.Advised;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.Ordered;

/**
 * Moves the limits of a bean to where their order says, when all other post-processors
 * have added their proxies and advice. It has nothing to do with bean definitions, but
 * those that have are the last to see a bean, whatever the order of the others.
 * <p>
 * To be declared by a {@code static} bean method, together with a
 * {@link LimitBeanPostProcessor}.
 */
public final class LimitOrderPostProcessor implements MergedBeanDefinitionPostProcessor, Ordered {

	private final ObjectProvider<LimitBeanPostProcessor> provider;

	private @Nullable LimitBeanPostProcessor limits;

	/**
	 * Create the post-processor.
	 * @param limits gives what puts the limits there
	 */
	public LimitOrderPostProcessor(ObjectProvider<LimitBeanPostProcessor> limits) {
		this.provider = limits;
	}

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessMergedBeanDefinition(RootBeanDefinition beanDefinition, Class<?> beanType, String beanName) {
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		LimitBeanPostProcessor limits = this.limits;
		if (limits == null) {
			if (!(bean instanceof Advised)) {
				// Perhaps what that post-processor itself needs.
				return bean;
			}
			// It is one of the post-processors that were there before this one.
			limits = this.provider.getObject();
			this.limits = limits;
		}
		limits.arrange(bean, beanName);
		return bean;
	}

}
