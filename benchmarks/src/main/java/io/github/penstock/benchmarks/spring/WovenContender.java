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

import org.springframework.context.ConfigurableApplicationContext;

/**
 * What AspectJ has woven into a method that returns a plain value, with permits and
 * tokens enough.
 */
public enum WovenContender {

	/** Nothing. */
	DIRECT("direct call (floor)", Framework.NONE, Direct.class),

	/** As the bean's proxy. */
	PENSTOCK_BULKHEAD("Penstock @Bulkhead, woven", Framework.PENSTOCK_WOVEN, PenstockBulkhead.class),

	/** As the bean's proxy. */
	PENSTOCK_RATE("Penstock @RateLimited, woven", Framework.PENSTOCK_WOVEN, PenstockRate.class),

	/** Permit first, then token. */
	PENSTOCK_BOTH("Penstock, both, woven", Framework.PENSTOCK_WOVEN, PenstockBoth.class);

	private final String title;

	private final Framework framework;

	private final Class<? extends Service> service;

	WovenContender(String title, Framework framework, Class<? extends Service> service) {
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

}
