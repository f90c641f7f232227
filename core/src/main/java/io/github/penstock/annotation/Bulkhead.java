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

package io.github.penstock.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Limits how many calls run at once. On a method it limits that method; on a class or an
 * interface it limits all its methods together, save those that have an annotation of
 * their own. Methods that name the same bulkhead share it.
 * <p>
 * A call that finds no permit free waits for {@link #timeout()} and is then refused with
 * a {@code BulkheadFullException}. The permit is held as long as the work goes on: for a
 * {@code CompletionStage} until it completes, for a reactive type from subscription until
 * it terminates or is cancelled.
 * <p>
 * What {@code penstock.bulkheads.<name>} says in the configuration beats what stands
 * here.
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface Bulkhead {

	/**
	 * Alias for {@link #name()}.
	 * @return the name of the bulkhead
	 */
	String value() default "";

	/**
	 * Name of the bulkhead. Left out, it is {@code SimpleClassName.methodName}, or
	 * {@code SimpleClassName} where the annotation stands on a class. May hold
	 * {@code ${...}} placeholders.
	 * @return the name of the bulkhead
	 */
	String name() default "";

	/**
	 * How many calls may run at once; 0 lets none in. Left out, the configuration must
	 * say it.
	 * @return the number of permits
	 */
	int max() default Integer.MIN_VALUE;

	/**
	 * How long a call may wait for a permit: {@code "30s"}, {@code "500ms"},
	 * {@code "PT2S"}, a plain number of milliseconds, or a {@code ${...}} placeholder;
	 * {@code "0"} to not wait. Left out, it is that of {@code penstock.defaults}.
	 * @return the timeout
	 */
	String timeout() default "";

	/**
	 * How many calls may stand in line; the next one is refused at once. Left out, any
	 * number may.
	 * @return the number of calls
	 */
	int maxWaiting() default Integer.MIN_VALUE;

	/**
	 * Whose permit a call takes: an expression (SpEL) over the parameters of the method
	 * ({@code #userId}, {@code #user.id}, {@code #p0}), {@code principal} (the caller's
	 * name) and beans ({@code @tenants.of(#request)}). Each key has permits of its own.
	 * Its value is text, a number, a boolean, a {@code UUID}, an enum, an address, or a
	 * record or list of such. Left out, all calls share the same.
	 * @return the expression
	 */
	String key() default "";

	/**
	 * By which plan: an expression that gives the name of one of the plans of this limit
	 * in the configuration, which say what its keys have instead of the limit's own
	 * values. A plan that there is not, or {@code null}, is as good as none. Goes with
	 * {@link #key()} only.
	 * @return the expression
	 */
	String plan() default "";

	/**
	 * Name of a method of the same bean that is called instead when this bulkhead refuses
	 * a call. It has the same parameters, optionally followed by one that takes the
	 * exception, and a return type that fits. Left out, the exception reaches the caller.
	 * @return the name of the method
	 */
	String fallback() default "";

}
