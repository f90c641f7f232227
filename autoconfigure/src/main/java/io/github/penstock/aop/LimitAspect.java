package io.github.penstock.aop;

import io.github.penstock.LimitExceededException;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Pointcut;
import org.jspecify.annotations.Nullable;

/**
 * Limits annotated methods that AspectJ has woven: self-calls, private and static methods
 * and objects that Spring did not make as well. An annotation holds for the code that it
 * stands on: the method, or the non-private instance methods of the class and of its
 * subclasses. Does nothing unless there is a {@link LimitWeaving}.
 */
@Aspect
public final class LimitAspect {

	/** Methods with an annotation, or with one that is made of it. */
	@Pointcut("execution(@io.github.penstock.annotation.Bulkhead * *(..))"
			+ " || execution(@io.github.penstock.annotation.RateLimited * *(..))"
			+ " || execution(@(@io.github.penstock.annotation.Bulkhead *) * *(..))"
			+ " || execution(@(@io.github.penstock.annotation.RateLimited *) * *(..))")
	void annotatedMethod() {
	}

	/** Methods of types with an annotation, which classes inherit. */
	@Pointcut("execution(!private !static * (@io.github.penstock.annotation.Bulkhead *).*(..))"
			+ " || execution(!private !static * (@io.github.penstock.annotation.RateLimited *).*(..))"
			+ " || execution(!private !static * (@(@io.github.penstock.annotation.Bulkhead *) *).*(..))"
			+ " || execution(!private !static * (@(@io.github.penstock.annotation.RateLimited *) *).*(..))")
	void methodOfAnnotatedType() {
	}

	/**
	 * Call a method within its limits.
	 * @param joinPoint the call
	 * @return what the method, or its fallback, returns
	 * @throws Throwable what the method throws, or the refusal
	 */
	@Around("annotatedMethod() || methodOfAnnotatedType()")
	public @Nullable Object limit(ProceedingJoinPoint joinPoint) throws Throwable {
		LimitInterceptor interceptor = LimitWeaving.find(joinPoint);
		if (interceptor == null) {
			return joinPoint.proceed();
		}
		if (!(interceptor instanceof SyncLimitInterceptor)) {
			return interceptor.invoke(new JoinPointInvocation(joinPoint));
		}
		Limits limits = interceptor.limits();
		@Nullable Object entry;
		try {
			entry = limits.enter();
		}
		catch (LimitExceededException ex) {
			return interceptor.refused(ex, new JoinPointInvocation(joinPoint));
		}
		try {
			return joinPoint.proceed();
		}
		finally {
			limits.exit(entry);
		}
	}

}
