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
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Limits how many calls begin in a time, by a token bucket: in any window of length T at
 * most {@code burst + rate * T}. So {@code limit = 5000, per = "1h"} lets nearly 10 000
 * into the first hour: a full bucket, and the rate on top of it. With {@link #sliding()}
 * it is never more than 5000 in any hour. On a method it limits that method; on a class
 * or an interface it limits all its methods together, save those that have an annotation
 * of their own. Methods that name the same rate limit share it.
 * <p>
 * A call that finds no token waits for one if it comes within {@link #timeout()}, and is
 * otherwise refused at once with a {@code RateLimitExceededException}.
 * <p>
 * May stand more than once in one place, with names that differ: a call is then let in by
 * all of them, or takes nothing from any.
 * <p>
 * What {@code penstock.rate-limits.<name>} says in the configuration beats what stands
 * here.
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@Repeatable(RateLimited.List.class)
public @interface RateLimited {

	/**
	 * Alias for {@link #name()}.
	 * @return the name of the rate limit
	 */
	String value() default "";

	/**
	 * Name of the rate limit. Left out, it is {@code SimpleClassName.methodName}, or
	 * {@code SimpleClassName} where the annotation stands on a class. May hold
	 * {@code ${...}} placeholders.
	 * @return the name of the rate limit
	 */
	String name() default "";

	/**
	 * Calls per second; fractions are allowed ({@code 0.5} is one call in two seconds).
	 * Either this, or {@link #limit()} with {@link #per()}; left out, the configuration
	 * must say it.
	 * @return the rate per second
	 */
	double rps() default -Double.MAX_VALUE;

	/**
	 * Calls in each period of {@link #per()}.
	 * @return the number of calls
	 */
	long limit() default Long.MIN_VALUE;

	/**
	 * The period of {@link #limit()}: {@code "1h"}, {@code "1m"}, {@code "PT10S"}, or a
	 * {@code ${...}} placeholder.
	 * @return the period
	 */
	String per() default "";

	/**
	 * Whether at most {@link #limit()} calls begin in any window of length
	 * {@link #per()}, wherever it begins, as a provider counts a quota. For that the time
	 * of each call is kept, in 8 bytes; the limit is at most 1000000. Goes with
	 * {@link #limit()} and {@link #per()} only, and has no {@link #burst()}. Left out,
	 * the configuration may say it.
	 * @return whether the window is sliding
	 */
	boolean sliding() default false;

	/**
	 * How many calls a full bucket lets through at once. Left out, it is one second's
	 * worth of {@link #rps()}, at least 1, or {@link #limit()}.
	 * @return the number of tokens
	 */
	long burst() default Long.MIN_VALUE;

	/**
	 * How long a call may wait for a token: {@code "30s"}, {@code "500ms"},
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
	 * Whose tokens a call takes: an expression (SpEL) over the parameters of the method
	 * ({@code #userId}, {@code #user.id}, {@code #p0}), {@code principal} (the caller's
	 * name) and beans ({@code @tenants.of(#request)}). Each key has tokens of its own.
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
	 * How many tokens a call takes before it begins: an expression such as {@code "5"} or
	 * {@code "#prompt.length() / 4"}. 0 is free; more than the burst can never be paid
	 * and is refused at once. Left out, it is one.
	 * @return the expression
	 */
	String cost() default "";

	/**
	 * How many tokens a call should have taken, which is known when its work is done: an
	 * expression over the parameters, {@code #result} (what a stage has completed with,
	 * the last element of a {@code Flux}) and {@code #error}, such as
	 * {@code "#result.usage.totalTokens"}. What was too much comes back, what was too
	 * little is charged, if need be as a debt that later calls wait for. It never fails a
	 * call. Left out, {@link #cost()} stands.
	 * @return the expression
	 */
	String actualCost() default "";

	/**
	 * Name of a method of the same bean that is called instead when this rate limit
	 * refuses a call. It has the same parameters, optionally followed by one that takes
	 * the exception, and a return type that fits. Left out, the exception reaches the
	 * caller.
	 * @return the name of the method
	 */
	String fallback() default "";

	/**
	 * Several rate limits in one place. Written by the compiler.
	 */
	@Target({ ElementType.METHOD, ElementType.TYPE })
	@Retention(RetentionPolicy.RUNTIME)
	@Documented
	@Inherited
	@interface List {

		/**
		 * The rate limits.
		 * @return the annotations
		 */
		RateLimited[] value();

	}

}
