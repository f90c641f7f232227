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
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AdvisedSupport;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.OrderUtils;

/**
 * Where limits stand among the advice of a bean: after all that has a lower order than
 * they, which by default is all that has an order of its own, and before the rest, such
 * as transactions and caches.
 * <p>
 * Security, retries and validation belong before the limits. Where nobody has given them
 * an order, and they stand behind what belongs after the limits, they are moved. Nothing
 * else is.
 */
final class AdviceOrder {

	/** Advice that is as good as ordered before limits, if it has no order. */
	private static final List<String> BEFORE = List.of("org.springframework.resilience.", "org.springframework.retry.",
			"org.springframework.security.", "org.springframework.validation.", "org.apache.shiro.");

	/** Advice that limits must not stand behind: it may take what others wait for. */
	private static final List<String> AFTER = List.of("org.springframework.transaction.", "org.springframework.cache.");

	private final int order;

	AdviceOrder(int order) {
		this.order = order;
	}

	int order() {
		return this.order;
	}

	/**
	 * Put limits where they belong in a bean's proxies.
	 * @param proxies the proxies that a call passes, the first one first
	 * @param limits the limits
	 * @param reachable whether all calls of the limited methods pass a proxy
	 * @return the proxy that has the limits now, {@code null} if there is no place for
	 * them
	 */
	@Nullable Advised put(List<Advised> proxies, List<LimitAdvisor> limits, Predicate<Advised> reachable) {
		Place place = place(proxies, reachable);
		if (place == null) {
			return null;
		}
		place.put(limits);
		return place.proxy();
	}

	/**
	 * Move limits to where they belong, now that a bean has all its proxies and advice.
	 * @param proxies the proxies that a call passes, the first one first
	 * @param holder the one of them that has the limits
	 * @param limits the limits
	 * @param reachable whether all calls of the limited methods pass a proxy
	 */
	void move(List<Advised> proxies, Advised holder, List<LimitAdvisor> limits, Predicate<Advised> reachable) {
		Place place = place(proxies, reachable);
		if (place != null && (place.proxy() != holder || holder.indexOf(limits.get(0)) != place.index())) {
			for (LimitAdvisor limit : limits) {
				holder.removeAdvisor(limit);
			}
			place.put(limits);
		}
	}

	private @Nullable Place place(List<Advised> proxies, Predicate<Advised> reachable) {
		Place place = null;
		for (Advised proxy : proxies) {
			boolean usable = reachable.test(proxy);
			if (usable) {
				moveForward(proxy);
				place = (place != null) ? place : new Place(proxy, 0);
			}
			List<Advisor> others = others(proxy);
			for (int i = 0; i < others.size(); i++) {
				if (isBarrier(proxy, others, i)) {
					return place;
				}
				place = (usable && isBefore(others.get(i))) ? new Place(proxy, i + 1) : place;
			}
		}
		return place;
	}

	private static List<Advisor> others(Advised proxy) {
		List<Advisor> others = new ArrayList<>();
		for (Advisor advisor : proxy.getAdvisors()) {
			if (!(advisor instanceof LimitAdvisor)) {
				others.add(advisor);
			}
		}
		return others;
	}

	private boolean isBarrier(Advised proxy, List<Advisor> advisors, int index) {
		// Without a target the last advice is what is called.
		boolean isTarget = proxy.getTargetSource() == AdvisedSupport.EMPTY_TARGET_SOURCE
				&& index == advisors.size() - 1;
		return isTarget || (!isBefore(advisors.get(index)) && isOf(advisors.get(index), AFTER));
	}

	private boolean isBefore(Advisor advisor) {
		return orderOf(advisor) < this.order;
	}

	private static int orderOf(Advisor advisor) {
		int order = declaredOrder(advisor);
		return (order == Ordered.LOWEST_PRECEDENCE && isOf(advisor, BEFORE)) ? order - 1 : order;
	}

	private static int declaredOrder(Advisor advisor) {
		if (advisor instanceof Ordered ordered) {
			return ordered.getOrder();
		}
		if (advisor.getAdvice() instanceof Ordered ordered) {
			return ordered.getOrder();
		}
		return OrderUtils.getOrder(advisor.getClass(), Ordered.LOWEST_PRECEDENCE);
	}

	private static boolean isOf(Advisor advisor, List<String> packages) {
		for (Class<?> type = advisor.getAdvice().getClass(); type != null; type = type.getSuperclass()) {
			for (String start : packages) {
				if (type.getName().startsWith(start)) {
					return true;
				}
			}
		}
		return false;
	}

	private void moveForward(Advised proxy) {
		int firstAfter = -1;
		Advisor[] advisors = proxy.getAdvisors();
		for (int i = 0; i < advisors.length; i++) {
			Advisor advisor = advisors[i];
			if (advisor instanceof LimitAdvisor) {
				continue;
			}
			if (!isBefore(advisor)) {
				firstAfter = (firstAfter < 0) ? i : firstAfter;
			}
			else if (firstAfter >= 0 && declaredOrder(advisor) == Ordered.LOWEST_PRECEDENCE) {
				proxy.removeAdvisor(i);
				proxy.addAdvisor(firstAfter++, advisor);
			}
		}
	}

	/**
	 * A place among the advisors of a proxy.
	 *
	 * @param proxy the proxy
	 * @param index how many advisors other than limits stand before it
	 */
	private record Place(Advised proxy, int index) {

		void put(List<LimitAdvisor> limits) {
			int next = this.index;
			for (LimitAdvisor limit : limits) {
				this.proxy.addAdvisor(next++, limit);
			}
		}

	}

}
