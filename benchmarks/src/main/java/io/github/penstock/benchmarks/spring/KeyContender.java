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

import java.time.Duration;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import io.github.resilience4j.ratelimiter.annotation.RateLimiter;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * What tells whose token a call takes, how many, and of how many limits.
 */
public enum KeyContender {

	/** The same call without a key. */
	NO_KEY("@RateLimited", Framework.PENSTOCK, NoKey.class),

	/** A parameter. */
	PARAMETER("key = \"#argument\"", Framework.PENSTOCK, Parameter.class),

	/** A property of a parameter. */
	PROPERTY("key = \"#argument.empty\"", Framework.PENSTOCK, Property.class),

	/** What takes the expression engine. */
	EXPRESSION("key = \"#argument + ':x'\"", Framework.PENSTOCK, Expression.class),

	/** A bulkhead without a key. */
	PERMIT("@Bulkhead", Framework.PENSTOCK, Permit.class),

	/** A bulkhead with one. */
	PERMIT_OF_PARAMETER("@Bulkhead(key = \"#argument\")", Framework.PENSTOCK, PermitOfParameter.class),

	/** Five tokens. */
	COST("cost = \"5\"", Framework.PENSTOCK, Cost.class),

	/** Three limits, all or nothing. */
	THREE("three @RateLimited", Framework.PENSTOCK, Three.class),

	/** A limiter for each name, which an expression gives. */
	RESILIENCE4J("Resilience4j, SpEL name", Framework.RESILIENCE4J, Resilience4jName.class),

	/** A bucket for each key in a cache, by hand. */
	BUCKET4J("Bucket4j with Caffeine, in code", Framework.NONE, Bucket4jInCode.class);

	private final String title;

	private final Framework framework;

	private final Class<? extends Service> service;

	KeyContender(String title, Framework framework, Class<? extends Service> service) {
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

	static class NoKey extends Service {

		@Override
		@RateLimited(rps = 100_000_000)
		public String call(String argument) {
			return argument;
		}

	}

	static class Parameter extends Service {

		@Override
		@RateLimited(rps = 100_000_000, key = "#argument")
		public String call(String argument) {
			return argument;
		}

	}

	static class Property extends Service {

		@Override
		@RateLimited(rps = 100_000_000, key = "#argument.empty")
		public String call(String argument) {
			return argument;
		}

	}

	static class Expression extends Service {

		@Override
		@RateLimited(rps = 100_000_000, key = "#argument + ':x'")
		public String call(String argument) {
			return argument;
		}

	}

	static class Permit extends Service {

		@Override
		@Bulkhead(max = 64)
		public String call(String argument) {
			return argument;
		}

	}

	static class PermitOfParameter extends Service {

		@Override
		@Bulkhead(max = 64, key = "#argument")
		public String call(String argument) {
			return argument;
		}

	}

	static class Cost extends Service {

		@Override
		@RateLimited(rps = 500_000_000, cost = "5")
		public String call(String argument) {
			return argument;
		}

	}

	static class Three extends Service {

		@Override
		@RateLimited(name = "one", rps = 100_000_000)
		@RateLimited(name = "two", rps = 100_000_000)
		@RateLimited(name = "three", rps = 100_000_000)
		public String call(String argument) {
			return argument;
		}

	}

	static class Resilience4jName extends Service {

		@Override
		@RateLimiter(name = "#root.args[0]")
		public String call(String argument) {
			return argument;
		}

	}

	static class Bucket4jInCode extends Service {

		private final Cache<String, Bucket> buckets = Caffeine.newBuilder()
			.maximumSize(100_000)
			.expireAfterAccess(Duration.ofMinutes(1))
			.build();

		@Override
		public String call(String argument) {
			Bucket bucket = this.buckets.get(argument, (key) -> Bucket.builder()
				.addLimit((limit) -> limit.capacity(100_000_000).refillGreedy(100_000_000, Duration.ofSeconds(1)))
				.withNanosecondPrecision()
				.build());
			if (!bucket.tryConsume(1)) {
				throw new IllegalStateException("No token");
			}
			return argument;
		}

	}

}
