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

import java.util.concurrent.CompletableFuture;

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.benchmarks.spring.Framework.Intercepted;
import reactor.core.publisher.Mono;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * What stands before a method that returns a stage or a publisher, and holds the permit
 * until that is done. Spring's limit does not: it gives the permit back when the method
 * returns.
 */
public enum AsyncContender {

	/** No proxy at all. */
	DIRECT("direct call", Framework.NONE, Direct.class),

	/** What Spring itself takes for one interceptor. */
	INTERCEPTOR("empty interceptor (floor)", Framework.INTERCEPTOR, Empty.class),

	/** A call that must wait leaves its thread alone. */
	PENSTOCK("Penstock @Bulkhead", Framework.PENSTOCK, Penstock.class),

	/** A call that must wait parks its thread, or the event loop. */
	RESILIENCE4J("Resilience4j @Bulkhead", Framework.RESILIENCE4J, Resilience4j.class);

	private final String title;

	private final Framework framework;

	private final Class<? extends Service> service;

	AsyncContender(String title, Framework framework, Class<? extends Service> service) {
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
		public CompletableFuture<String> stage(String argument) {
			return super.stage(argument);
		}

		@Override
		public Mono<String> mono(String argument) {
			return super.mono(argument);
		}

	}

	static class Empty extends Service {

		@Override
		@Intercepted
		public CompletableFuture<String> stage(String argument) {
			return super.stage(argument);
		}

		@Override
		@Intercepted
		public Mono<String> mono(String argument) {
			return super.mono(argument);
		}

	}

	static class Penstock extends Service {

		@Override
		@Bulkhead(name = "free", max = 64)
		public CompletableFuture<String> stage(String argument) {
			return super.stage(argument);
		}

		@Override
		@Bulkhead(name = "free", max = 64)
		public Mono<String> mono(String argument) {
			return super.mono(argument);
		}

	}

	static class Resilience4j extends Service {

		@Override
		@io.github.resilience4j.bulkhead.annotation.Bulkhead(name = "free")
		public CompletableFuture<String> stage(String argument) {
			return super.stage(argument);
		}

		@Override
		@io.github.resilience4j.bulkhead.annotation.Bulkhead(name = "free")
		public Mono<String> mono(String argument) {
			return super.mono(argument);
		}

	}

}
