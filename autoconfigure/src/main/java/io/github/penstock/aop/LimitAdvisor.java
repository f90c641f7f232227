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

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.core.BridgeMethodResolver;

/**
 * Puts the limits of one method before calls of that method and no other, so that
 * Spring's own cached chain is the only look-up of a call.
 */
@SuppressWarnings("serial")
final class LimitAdvisor extends StaticMethodMatcherPointcutAdvisor {

	private final transient LimitedMethod limited;

	/**
	 * Create an advisor.
	 * @param limited the method
	 * @param interceptor its limits
	 */
	LimitAdvisor(LimitedMethod limited, MethodInterceptor interceptor) {
		super(interceptor);
		this.limited = limited;
	}

	/**
	 * For a proxy whose target changes, and may be limited itself: each call is limited
	 * once.
	 */
	LimitAdvisor forChangingTarget() {
		LimitAdvisor advisor = new LimitAdvisor(this.limited,
				new ChangingTargetInterceptor(this.limited, (LimitInterceptor) getAdvice()));
		advisor.setOrder(getOrder());
		return advisor;
	}

	LimitedMethod limited() {
		return this.limited;
	}

	@Override
	public boolean matches(Method method, Class<?> targetClass) {
		return method.getName().equals(this.limited.method().getName())
				&& (this.limited.hasSignatureOf(specific(method, this.limited.targetClass()))
						|| isBridgeToLimited(method));
	}

	/**
	 * An interface that narrows a parameter of its parent has both signatures, and a
	 * proxy is called by either.
	 */
	private boolean isBridgeToLimited(Method method) {
		return method.isBridge() && this.limited.hasSignatureOf(BridgeMethodResolver.findBridgedMethod(method));
	}

	/** The limits that a proxy itself has. */
	static List<LimitAdvisor> of(Advised proxy) {
		List<LimitAdvisor> limits = new ArrayList<>();
		for (Advisor advisor : proxy.getAdvisors()) {
			if (advisor instanceof LimitAdvisor limit) {
				limits.add(limit);
			}
		}
		return limits;
	}

	/** The methods that are limited. */
	static List<LimitedMethod> limited(List<LimitAdvisor> limits) {
		List<LimitedMethod> methods = new ArrayList<>();
		for (LimitAdvisor limit : limits) {
			methods.add(limit.limited);
		}
		return methods;
	}

	/** Whether calls of this method are limited by an object, or by one behind it. */
	static boolean isLimitedBy(@Nullable Object bean, LimitedMethod limited) {
		for (Object current = bean; current instanceof Advised advised; current = AopProxyUtils
			.getSingletonTarget(current)) {
			for (Advisor advisor : advised.getAdvisors()) {
				if (advisor instanceof LimitAdvisor limit && limit.limited.hasSignatureOf(limited.method())) {
					return true;
				}
			}
		}
		return false;
	}

	static Method specific(Method method, Class<?> targetClass) {
		return AopUtils.getMostSpecificMethod(method, targetClass);
	}

	// Part of the key by which Spring finds a proxy class again.
	@Override
	public String toString() {
		return "limits of " + this.limited.where();
	}

}
