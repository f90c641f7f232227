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

import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInvocation;

import org.springframework.aop.Advisor;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.interceptor.AsyncExecutionInterceptor;
import org.springframework.aop.support.AopUtils;

/**
 * Tells calls that run on a thread which {@code @Async} has taken for them, and which may
 * block, from others.
 */
final class AsyncThread {

	private AsyncThread() {
	}

	/**
	 * Whether the call has come through {@code @Async} to this interceptor.
	 * @param invocation the call
	 * @param interceptor where it is now
	 */
	static boolean isOf(MethodInvocation invocation, LimitInterceptor interceptor) {
		if (!(invocation instanceof ProxyMethodInvocation proxied && proxied.getProxy() instanceof Advised advised)) {
			return false;
		}
		Class<?> targetClass = (invocation.getThis() != null) ? AopUtils.getTargetClass(invocation.getThis())
				: invocation.getMethod().getDeclaringClass();
		for (Advisor advisor : advised.getAdvisors()) {
			Advice advice = advisor.getAdvice();
			if (advice == interceptor
					|| advice instanceof ChangingTargetInterceptor changing && changing.limits() == interceptor) {
				return false;
			}
			if (advice instanceof AsyncExecutionInterceptor && matches(advisor, invocation, targetClass)) {
				return true;
			}
		}
		return false;
	}

	private static boolean matches(Advisor advisor, MethodInvocation invocation, Class<?> targetClass) {
		return !(advisor instanceof PointcutAdvisor pointcut)
				|| pointcut.getPointcut().getClassFilter().matches(targetClass)
						&& pointcut.getPointcut().getMethodMatcher().matches(invocation.getMethod(), targetClass);
	}

}
