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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.core.Ordered;

/**
 * Which of the proxies of a bean has its limits, and where among its advice.
 */
final class LimitPlaces {

	/** Those of beans that may get more proxies and advice. */
	private final Map<String, Advised> holders = new ConcurrentHashMap<>();

	private final Predicate<Object> limited;

	private AdviceOrder order = new AdviceOrder(Ordered.LOWEST_PRECEDENCE);

	/**
	 * Create the places.
	 * @param limited whether an object by itself would be limited as a bean
	 */
	LimitPlaces(Predicate<Object> limited) {
		this.limited = limited;
	}

	void setOrder(int order) {
		this.order = new AdviceOrder(order);
	}

	int order() {
		return this.order.order();
	}

	/** A proxy was made for the limits of a bean. */
	void note(String beanName, Advised holder) {
		this.holders.put(beanName, holder);
	}

	/**
	 * Put limits into a bean.
	 * @param bean a proxy that all calls of the limited methods pass
	 * @param beanName its name
	 * @param limits the limits
	 * @param methods the limited methods
	 */
	void put(Advised bean, String beanName, List<LimitAdvisor> limits, List<LimitedMethod> methods) {
		List<Advised> proxies = proxies(bean);
		Advised last = proxies.get(proxies.size() - 1);
		// Only the last one sees whether a changing target is limited itself.
		Advised holder = last.getTargetSource().isStatic()
				? this.order.put(proxies, limits, (proxy) -> proxy == bean || Misplacement.areReachable(methods, proxy))
				: this.order.put(List.of(last), limits.stream().map(LimitAdvisor::forChangingTarget).toList(),
						(proxy) -> true);
		if (holder != null) {
			note(beanName, holder);
		}
	}

	/**
	 * Move limits to their place, now that the bean has all its proxies and advice.
	 * @param bean the bean as its callers see it
	 * @param beanName its name
	 */
	void arrange(Object bean, String beanName) {
		Advised holder = this.holders.remove(beanName);
		if (holder == null || !(bean instanceof Advised advised) || advised.isFrozen()) {
			return;
		}
		List<Advised> proxies = holder.getTargetSource().isStatic() ? proxies(advised) : List.of(holder);
		List<LimitAdvisor> limits = LimitAdvisor.of(holder);
		if (!limits.isEmpty() && isAmong(proxies, holder)) {
			List<LimitedMethod> methods = LimitAdvisor.limited(limits);
			this.order.move(proxies, holder, limits,
					(proxy) -> proxy == holder || Misplacement.areReachable(methods, proxy));
		}
	}

	private static boolean isAmong(List<Advised> proxies, Advised holder) {
		for (Advised proxy : proxies) {
			if (proxy == holder) {
				return true;
			}
		}
		return false;
	}

	/** The proxies of a bean that can be advised, the outermost first. */
	private List<Advised> proxies(Advised bean) {
		List<Advised> proxies = new ArrayList<>();
		@Nullable Object current = bean;
		while (current instanceof Advised proxy && !proxy.isFrozen()
				&& (current == bean || this.limited.test(current))) {
			proxies.add(proxy);
			current = AopProxyUtils.getSingletonTarget(current);
		}
		return proxies;
	}

}
