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

package io.github.penstock.benchmarks.spring;

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import io.github.penstock.benchmarks.spring.Framework.Intercepted;
import io.github.resilience4j.ratelimiter.annotation.RateLimiter;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.ConcurrencyLimit.ThrottlePolicy;

/**
 * What refuses a call by an exception: there is one permit, or one token an hour, which
 * is taken, and nobody may wait.
 */
public enum RefusedCallContender {

	/** An interceptor that throws an exception without a stack trace. */
	INTERCEPTOR("interceptor that throws (floor)", Framework.THROWER, Thrower.class),

	/** No stack trace; a message with the numbers of the moment. */
	PENSTOCK_BULKHEAD("Penstock @Bulkhead", Framework.PENSTOCK, PenstockBulkhead.class),

	/** No stack trace; the exact time of the next token. */
	PENSTOCK_RATE("Penstock @RateLimited", Framework.PENSTOCK, PenstockRate.class),

	/** With a stack trace. */
	SPRING("Spring @ConcurrencyLimit", Framework.SPRING, SpringLimit.class),

	/** With a stack trace, as it is by default. */
	RESILIENCE4J_BULKHEAD("Resilience4j @Bulkhead", Framework.RESILIENCE4J, Resilience4jBulkhead.class),

	/** With a stack trace, as it is by default. */
	RESILIENCE4J_RATE("Resilience4j @RateLimiter", Framework.RESILIENCE4J, Resilience4jRate.class),

	/** Without a stack trace. */
	RESILIENCE4J_BULKHEAD_STACKLESS("Resilience4j @Bulkhead, stackless", Framework.RESILIENCE4J_STACKLESS,
			Resilience4jBulkhead.class),

	/** Without a stack trace. */
	RESILIENCE4J_RATE_STACKLESS("Resilience4j @RateLimiter, stackless", Framework.RESILIENCE4J_STACKLESS,
			Resilience4jRate.class);

	private final String title;

	private final Framework framework;

	private final Class<? extends Service> service;

	RefusedCallContender(String title, Framework framework, Class<? extends Service> service) {
		this.title = title;
		this.framework = framework;
		this.service = service;
	}

	ConfigurableApplicationContext start() {
		return this.framework.start(this.service);
	}

	@Override
	public String toString() {
		return this.title;
	}

	static class Thrower extends Service {

		@Override
		@Intercepted
		public String call(String argument) {
			return argument;
		}

	}

	static class PenstockBulkhead extends HoldingService {

		@Override
		@Bulkhead(max = 1, timeout = "0")
		public String call(String argument) {
			return hold(argument);
		}

	}

	static class PenstockRate extends HoldingService {

		@Override
		@RateLimited(limit = 1, per = "1h", timeout = "0")
		public String call(String argument) {
			return hold(argument);
		}

	}

	static class SpringLimit extends HoldingService {

		@Override
		@ConcurrencyLimit(limit = 1, policy = ThrottlePolicy.REJECT)
		public String call(String argument) {
			return hold(argument);
		}

	}

	static class Resilience4jBulkhead extends HoldingService {

		@Override
		@io.github.resilience4j.bulkhead.annotation.Bulkhead(name = "taken")
		public String call(String argument) {
			return hold(argument);
		}

	}

	static class Resilience4jRate extends HoldingService {

		@Override
		@RateLimiter(name = "taken")
		public String call(String argument) {
			return hold(argument);
		}

	}

}
