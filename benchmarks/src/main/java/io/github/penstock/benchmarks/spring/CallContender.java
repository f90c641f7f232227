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

/**
 * What stands before a method that returns a plain value, with permits and tokens enough.
 */
public enum CallContender {

	/** No proxy at all. */
	DIRECT("direct call", Framework.NONE, Direct.class),

	/** What Spring itself takes for one interceptor. */
	INTERCEPTOR("empty interceptor (floor)", Framework.INTERCEPTOR, Empty.class),

	/** Waits with a timeout, in a fair line, with counters. */
	PENSTOCK_BULKHEAD("Penstock @Bulkhead", Framework.PENSTOCK, PenstockBulkhead.class),

	/** As the bulkhead. */
	PENSTOCK_RATE("Penstock @RateLimited", Framework.PENSTOCK, PenstockRate.class),

	/** Permit first, then token, in one interceptor. */
	PENSTOCK_BOTH("Penstock, both", Framework.PENSTOCK, PenstockBoth.class),

	/** Waits without end and in no order; no counters. Spring has no rate limit. */
	SPRING("Spring @ConcurrencyLimit", Framework.SPRING, SpringLimit.class),

	/** Waits with a timeout; an aspect. */
	RESILIENCE4J_BULKHEAD("Resilience4j @Bulkhead", Framework.RESILIENCE4J, Resilience4jBulkhead.class),

	/** A fixed window; an aspect. */
	RESILIENCE4J_RATE("Resilience4j @RateLimiter", Framework.RESILIENCE4J, Resilience4jRate.class),

	/** Token first, then permit: two aspects. */
	RESILIENCE4J_BOTH("Resilience4j, both", Framework.RESILIENCE4J, Resilience4jBoth.class);

	private final String title;

	private final Framework framework;

	private final Class<? extends Service> service;

	CallContender(String title, Framework framework, Class<? extends Service> service) {
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

	static class Direct extends Service {

		@Override
		public String call(String argument) {
			return argument;
		}

	}

	static class Empty extends Service {

		@Override
		@Intercepted
		public String call(String argument) {
			return argument;
		}

	}

	static class PenstockBulkhead extends Service {

		@Override
		@Bulkhead(max = 64)
		public String call(String argument) {
			return argument;
		}

	}

	static class PenstockRate extends Service {

		@Override
		@RateLimited(rps = 100_000_000)
		public String call(String argument) {
			return argument;
		}

	}

	static class PenstockBoth extends Service {

		@Override
		@Bulkhead(max = 64)
		@RateLimited(rps = 100_000_000)
		public String call(String argument) {
			return argument;
		}

	}

	static class SpringLimit extends Service {

		@Override
		@ConcurrencyLimit(64)
		public String call(String argument) {
			return argument;
		}

	}

	static class Resilience4jBulkhead extends Service {

		@Override
		@io.github.resilience4j.bulkhead.annotation.Bulkhead(name = "free")
		public String call(String argument) {
			return argument;
		}

	}

	static class Resilience4jRate extends Service {

		@Override
		@RateLimiter(name = "free")
		public String call(String argument) {
			return argument;
		}

	}

	static class Resilience4jBoth extends Service {

		@Override
		@io.github.resilience4j.bulkhead.annotation.Bulkhead(name = "free")
		@RateLimiter(name = "free")
		public String call(String argument) {
			return argument;
		}

	}

}
