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

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

import io.github.penstock.LimitExceededException;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.KotlinDetector;

/**
 * A method that answers the calls that a limiter refuses. It is accessible.
 *
 * @param method the method
 * @param exceptionIndex which parameter takes the exception, -1 for none
 */
record Fallback(Method method, int exceptionIndex) {

	@Nullable Object invoke(MethodInvocation refused, LimitExceededException refusal) throws Throwable {
		Object target = target(refused);
		@Nullable Object[] arguments = arguments(refused.getArguments(), refusal);
		if (KotlinDetector.isSuspendingFunction(this.method)) {
			return AopUtils.invokeJoinpointUsingReflection(target, this.method, arguments);
		}
		try {
			return this.method.invoke(target, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	/** The object below any proxies; the proxy itself for what only an interface has. */
	private @Nullable Object target(MethodInvocation refused) {
		Object target = refused.getThis();
		Object innermost = (target != null) ? AopProxyUtils.ultimateSingletonTarget(target) : null;
		if (!this.method.getDeclaringClass().isInstance(innermost)
				&& refused instanceof ProxyMethodInvocation invocation) {
			return invocation.getProxy();
		}
		return innermost;
	}

	private @Nullable Object[] arguments(@Nullable Object[] arguments, LimitExceededException refusal) {
		if (this.exceptionIndex < 0) {
			return arguments;
		}
		@Nullable Object[] extended = new @Nullable Object[arguments.length + 1];
		System.arraycopy(arguments, 0, extended, 0, this.exceptionIndex);
		extended[this.exceptionIndex] = refusal;
		System.arraycopy(arguments, this.exceptionIndex, extended, this.exceptionIndex + 1,
				arguments.length - this.exceptionIndex);
		return extended;
	}

}
