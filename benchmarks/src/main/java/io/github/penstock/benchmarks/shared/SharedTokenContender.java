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

package io.github.penstock.benchmarks.shared;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.BucketProxy;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.Sharing;
import io.github.penstock.TimeSource;
import io.github.penstock.redis.RedisLimiterStore;
import io.lettuce.core.ScriptOutputType;
import org.redisson.Redisson;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * What limits a rate over several instances, by a Redis.
 */
public enum SharedTokenContender {

	/** What Penstock asks Redis for one call, and nothing around it. */
	EVALSHA("a bare EVALSHA of the same work (floor)") {

		@Override
		SharedTokens create(int port, String key, Rate rate) {
			Lettuce lettuce = new Lettuce(port);
			Lettuce.Script script = lettuce.script("/io/github/penstock/redis/tokens.lua");
			String cost = String.valueOf(Math.max(1, rate.per().toNanos() / 1000 / rate.tokens()));
			String capacity = String.valueOf(rate.tokens());
			return new Simple(lettuce,
					() -> script
						.<List<Long>>run(ScriptOutputType.MULTI, "own:" + key, cost, "1", capacity, "0", "0", "1",
								"1 0")
						.get(3) == 0);
		}

	},

	/** The least that a script can do: no refunds, no debts, no waits, no other rate. */
	LEAST_SCRIPT("a bare EVALSHA of the least script (GCRA)") {

		@Override
		SharedTokens create(int port, String key, Rate rate) {
			Lettuce lettuce = new Lettuce(port);
			Lettuce.Script script = lettuce.script("bucket.lua");
			String cost = String.valueOf(Math.max(1, rate.per().toNanos() / 1000 / rate.tokens()));
			String capacity = String.valueOf(rate.tokens());
			return new Simple(lettuce,
					() -> script.<Long>run(ScriptOutputType.INTEGER, "bare:" + key, cost, capacity) == 0);
		}

	},

	/** What {@code @RateLimited} does before a method with {@code shared: true}. */
	PENSTOCK("Penstock, enter") {

		@Override
		SharedTokens create(int port, String key, Rate rate) {
			RedisLimiterStore store = Stores.create(port);
			RateLimiter limiter = new LimiterRegistry(LimiterFactory.sharing(TimeSource.system(), () -> store))
				.register(key, RateLimiterSpec.of(rate.tokens(), rate.per()).withSharing(Sharing.DEFAULT));
			return new SharedTokens() {

				@Override
				public void take() {
					limiter.enter();
				}

				@Override
				public boolean tryTake() {
					return limiter.tryAcquire();
				}

				@Override
				public void close() {
					store.close();
				}

			};
		}

	},

	/**
	 * By its clients' clocks; it keeps each token that was taken in the last interval.
	 */
	REDISSON("Redisson, RRateLimiter") {

		@Override
		SharedTokens create(int port, String key, Rate rate) {
			RedissonClient client = redisson(port);
			RRateLimiter limiter = client.getRateLimiter("redisson:" + key);
			limiter.trySetRate(RateType.OVERALL, rate.tokens(), rate.per());
			return new Simple(client::shutdown, limiter::tryAcquire);
		}

	},

	/** Compare and swap; with the clock of each client. */
	BUCKET4J("Bucket4j, Lettuce") {

		@Override
		SharedTokens create(int port, String key, Rate rate) {
			Lettuce lettuce = new Lettuce(port);
			BucketProxy bucket = Bucket4jLettuce.casBasedBuilder(lettuce.client())
				.expirationAfterWrite(
						ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofSeconds(1)))
				.build()
				.getProxy(("bucket4j:" + key).getBytes(StandardCharsets.UTF_8),
						() -> BucketConfiguration.builder()
							.addLimit((limit) -> limit.capacity(rate.tokens()).refillGreedy(rate.tokens(), rate.per()))
							.build());
			return new Simple(lettuce, () -> bucket.tryConsume(1));
		}

	};

	private final String title;

	SharedTokenContender(String title) {
		this.title = title;
	}

	/**
	 * Connect to a limit, which is put down if there is none yet.
	 * @param port where Redis is
	 * @param key what all instances know it by
	 * @param rate how many, and as many at once
	 * @return the limit of one instance
	 */
	abstract SharedTokens create(int port, String key, Rate rate);

	@Override
	public String toString() {
		return this.title;
	}

	static RedissonClient redisson(int port) {
		Config config = new Config();
		config.useSingleServer().setAddress("redis://127.0.0.1:" + port);
		return Redisson.create(config);
	}

	/**
	 * How many tokens come in which time.
	 *
	 * @param tokens how many, and as many at once
	 * @param per the time
	 */
	record Rate(long tokens, Duration per) {

		/** So many that nobody can take them. */
		static final Rate AMPLE = new Rate(1_000_000, Duration.ofSeconds(1));

		/** One, and then none for as long as anything is measured. */
		static final Rate SCARCE = new Rate(1, Duration.ofMinutes(10));

	}

	/** One that only says whether there was a token. */
	private record Simple(AutoCloseable client, BooleanSupplier attempt) implements SharedTokens {

		@Override
		public void take() {
			if (!this.attempt.getAsBoolean()) {
				throw new RejectedExecutionException("There is no token");
			}
		}

		@Override
		public boolean tryTake() {
			return this.attempt.getAsBoolean();
		}

		@Override
		public void close() throws Exception {
			this.client.close();
		}

	}

}
