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

import io.github.penstock.Limits;
import org.aspectj.lang.JoinPoint;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.After;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Before;
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
			+ " || execution(@(@io.github.penstock.annotation.RateLimited *) * *(..))"
			+ " || execution(@io.github.penstock.annotation.RateLimited.List * *(..))"
			+ " || execution(@(@io.github.penstock.annotation.RateLimited.List *) * *(..))")
	void annotatedMethod() {
	}

	/** Methods of types with an annotation, which classes inherit. */
	@Pointcut("execution(!private !static * (@io.github.penstock.annotation.Bulkhead *).*(..))"
			+ " || execution(!private !static * (@io.github.penstock.annotation.RateLimited *).*(..))"
			+ " || execution(!private !static * (@(@io.github.penstock.annotation.Bulkhead *) *).*(..))"
			+ " || execution(!private !static * (@(@io.github.penstock.annotation.RateLimited *) *).*(..))"
			+ " || execution(!private !static * (@io.github.penstock.annotation.RateLimited.List *).*(..))"
			+ " || execution(!private !static * (@(@io.github.penstock.annotation.RateLimited.List *) *).*(..))")
	void methodOfAnnotatedType() {
	}

	/** Methods that may call their fallback, or are limited by what a call has itself. */
	@Pointcut("!execution(@io.github.penstock.annotation.Bulkhead(fallback=\"\", key=\"\") * *(..))"
			+ " && execution(@io.github.penstock.annotation.Bulkhead * *(..))"
			+ " || !execution(@io.github.penstock.annotation.RateLimited(fallback=\"\", key=\"\", cost=\"\", actualCost=\"\") * *(..))"
			+ " && execution(@io.github.penstock.annotation.RateLimited * *(..))"
			+ " || execution(@(@io.github.penstock.annotation.Bulkhead *) * *(..))"
			+ " || execution(@(@io.github.penstock.annotation.RateLimited *) * *(..))"
			+ " || execution(@io.github.penstock.annotation.RateLimited.List * *(..))"
			+ " || execution(@(@io.github.penstock.annotation.RateLimited.List *) * *(..))")
	void methodByItself() {
	}

	/** Methods of types that may give them a fallback, or a key or a cost. */
	@Pointcut("!execution(* (@io.github.penstock.annotation.Bulkhead(fallback=\"\", key=\"\") *).*(..))"
			+ " && execution(* (@io.github.penstock.annotation.Bulkhead *).*(..))"
			+ " || !execution(* (@io.github.penstock.annotation.RateLimited(fallback=\"\", key=\"\", cost=\"\", actualCost=\"\") *).*(..))"
			+ " && execution(* (@io.github.penstock.annotation.RateLimited *).*(..))"
			+ " || execution(* (@(@io.github.penstock.annotation.Bulkhead *) *).*(..))"
			+ " || execution(* (@(@io.github.penstock.annotation.RateLimited *) *).*(..))"
			+ " || execution(* (@io.github.penstock.annotation.RateLimited.List *).*(..))"
			+ " || execution(* (@(@io.github.penstock.annotation.RateLimited.List *) *).*(..))")
	void methodOfTypeByItself() {
	}

	/** Methods whose work may go on after they have returned. */
	@Pointcut("execution(Object *(..)) || execution(java.util.concurrent..*+ *(..))"
			+ " || execution(org.reactivestreams..*+ *(..)) || execution(reactor..*+ *(..))"
			+ " || execution(org.springframework..*+ *(..)) || execution(io.reactivex..*+ *(..))"
			+ " || execution(io.smallrye..*+ *(..)) || execution(kotlinx.coroutines..*+ *(..))")
	void methodThatMayGoOn() {
	}

	/** Methods for which it is enough to do something before and after them. */
	@Pointcut("(annotatedMethod() || methodOfAnnotatedType())"
			+ " && !methodByItself() && !methodOfTypeByItself() && !methodThatMayGoOn()")
	void plainMethod() {
	}

	/**
	 * Leave the limits of a method that {@link #enter} has let in. Stands before that one
	 * so that it has the lower precedence, and does not run if that one throws.
	 */
	@After("plainMethod()")
	public void exit() {
		WovenCalls.exit();
	}

	/**
	 * Enter the limits of a method. Allocates nothing, as neither an object for the call
	 * nor a closure is needed.
	 * @param method the method
	 */
	@Before("plainMethod()")
	public void enter(JoinPoint.StaticPart method) {
		Limits limits = LimitWeaving.limits(method);
		Object[] open = WovenCalls.current();
		int[] size = (int[]) open[0];
		@Nullable Object entry = (limits != null) ? limits.enter() : null;
		// From here on nothing is called, lest the stack overflows and the permit is
		// lost.
		@Nullable Object[] calls = (@Nullable Object[]) open[1];
		calls[2 * size[0]] = limits;
		if (calls[2 * size[0] + 1] != entry) {
			// Mostly it is the same as last time, and a store costs more than a look.
			calls[2 * size[0] + 1] = entry;
		}
		size[0]++;
	}

	/**
	 * Call a method within its limits, or its fallback.
	 * @param joinPoint the call
	 * @return what the method, or its fallback, returns
	 * @throws Throwable what the method throws, or the refusal
	 */
	@Around("(annotatedMethod() || methodOfAnnotatedType()) && !plainMethod()")
	public @Nullable Object limit(ProceedingJoinPoint joinPoint) throws Throwable {
		LimitInterceptor interceptor = LimitWeaving.interceptor(joinPoint.getStaticPart());
		return (interceptor != null) ? interceptor.invoke(new JoinPointInvocation(joinPoint)) : joinPoint.proceed();
	}

}
