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
