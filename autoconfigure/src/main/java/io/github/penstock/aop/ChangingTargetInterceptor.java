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

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Leaves a call to the limits of its target where the target has some, which another call
 * may find otherwise: targets are swapped, pooled or made for the call.
 *
 * @param limited the method
 * @param limits the limits for targets without any
 */
record ChangingTargetInterceptor(LimitedMethod limited, LimitInterceptor limits) implements MethodInterceptor {

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		return LimitAdvisor.isLimitedBy(invocation.getThis(), this.limited) ? invocation.proceed()
				: this.limits.invoke(invocation);
	}

}
