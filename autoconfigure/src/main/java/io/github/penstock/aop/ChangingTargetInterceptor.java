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
