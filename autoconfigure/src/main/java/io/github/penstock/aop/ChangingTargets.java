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

import java.util.List;

import org.springframework.aop.TargetSource;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.target.AbstractBeanFactoryBasedTargetSource;
import org.springframework.aop.target.HotSwappableTargetSource;
import org.springframework.beans.factory.support.AbstractBeanFactory;

/**
 * What can be told of the target of a proxy that has not always the same one, without
 * making it.
 */
final class ChangingTargets {

	private ChangingTargets() {
	}

	/** The present target behind swappable ones, else the object itself. */
	static Object knownTarget(Object bean) {
		Object current = bean;
		while (current instanceof Advised proxy && proxy.getTargetSource() instanceof HotSwappableTargetSource source) {
			current = source.getTarget();
		}
		return current;
	}

	/** Whether the targets of a proxy are beans that have limits of their own. */
	static boolean isLimitedItself(Advised proxy, List<LimitedMethod> methods) {
		TargetSource source = proxy.getTargetSource();
		if (source instanceof AbstractBeanFactoryBasedTargetSource named) {
			return named.getBeanFactory() instanceof AbstractBeanFactory factory
					&& factory.getBeanPostProcessors().stream().anyMatch(LimitBeanPostProcessor.class::isInstance);
		}
		return source instanceof HotSwappableTargetSource swappable
				&& methods.stream().allMatch((method) -> LimitAdvisor.isLimitedBy(swappable.getTarget(), method));
	}

}
