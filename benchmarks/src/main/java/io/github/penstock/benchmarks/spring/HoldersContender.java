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

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.annotation.Bulkhead;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * A bulkhead with permits enough that knows who holds them, or does not.
 */
public enum HoldersContender {

	/** Whose permit it is, nobody knows. */
	ANNOTATED("@Bulkhead, holders off", Framework.PENSTOCK, Annotated.class),

	/** The annotated method is known from the start. */
	ANNOTATED_TRACKED("@Bulkhead, holders on", Framework.PENSTOCK_HOLDERS, Annotated.class),

	/** As the first, in code. */
	CODE("in code, holders off", Framework.PENSTOCK, InCode.class),

	/** The method that asks is looked for on the stack. */
	CODE_TRACKED("in code, holders on", Framework.PENSTOCK_HOLDERS, InCode.class);

	private final String title;

	private final Framework framework;

	private final Class<? extends Service> service;

	HoldersContender(String title, Framework framework, Class<? extends Service> service) {
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

	static class Annotated extends Service {

		@Override
		@Bulkhead(max = 64)
		public String call(String argument) {
			return argument;
		}

	}

	static class InCode extends Service {

		private final ConcurrencyLimiter limiter;

		InCode(LimiterRegistry registry) {
			this.limiter = registry.register("code", ConcurrencyLimiterSpec.of(64));
		}

		@Override
		public String call(String argument) {
			Object entry = this.limiter.enter();
			try {
				return argument;
			}
			finally {
				this.limiter.exit(entry);
			}
		}

	}

}
