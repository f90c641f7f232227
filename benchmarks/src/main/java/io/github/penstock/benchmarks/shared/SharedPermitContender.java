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

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Sharing;
import io.github.penstock.TimeSource;
import io.github.penstock.benchmarks.core.Permits;
import io.github.penstock.redis.RedisLimiterStore;
import io.lettuce.core.ScriptOutputType;
import org.redisson.api.RPermitExpirableSemaphore;
import org.redisson.api.RedissonClient;

/**
 * What limits concurrency over several instances, by leases in a Redis.
 */
public enum SharedPermitContender {

	/** A script that takes and a command that gives back; it does not wait. */
	EVALSHA("a bare EVALSHA, and ZREM (floor)") {

		@Override
		SharedPermits create(int port, String key, int max) {
			Lettuce lettuce = new Lettuce(port);
			Lettuce.Script script = lettuce.script("take-permit.lua");
			AtomicLong ids = new AtomicLong();
			String instance = ProcessHandle.current().pid() + "-" + System.nanoTime() + "-";
			String name = "bare-permits:" + key;
			return new Simple(lettuce, (body) -> {
				String id = instance + ids.incrementAndGet();
				if (script.<Long>run(ScriptOutputType.INTEGER, name, String.valueOf(max), LEASE_MILLIS, id) == 0) {
					throw new RejectedExecutionException("There is no permit");
				}
				try {
					body.run();
				}
				finally {
					lettuce.commands().zrem(name, id);
				}
			});
		}

	},

	/** What {@code @Bulkhead} does around a method with {@code shared: true}. */
	PENSTOCK("Penstock, enter and exit") {

		@Override
		SharedPermits create(int port, String key, int max) {
			RedisLimiterStore store = Stores.create(port);
			ConcurrencyLimiter limiter = new LimiterRegistry(LimiterFactory.sharing(TimeSource.system(), () -> store))
				.register(key, ConcurrencyLimiterSpec.of(max).withSharing(Sharing.DEFAULT));
			return new Simple(store, (body) -> {
				Object entry = limiter.enter();
				try {
					body.run();
				}
				finally {
					limiter.exit(entry);
				}
			});
		}

	},

	/** By its clients' clocks. */
	REDISSON("Redisson, RPermitExpirableSemaphore") {

		@Override
		SharedPermits create(int port, String key, int max) {
			RedissonClient client = SharedTokenContender.redisson(port);
			RPermitExpirableSemaphore semaphore = client.getPermitExpirableSemaphore("redisson-permits:" + key);
			semaphore.trySetPermits(max);
			return new Simple(client::shutdown, (body) -> {
				String id = semaphore.tryAcquire(WAIT_SECONDS * 1_000, Long.parseLong(LEASE_MILLIS),
						TimeUnit.MILLISECONDS);
				if (id == null) {
					throw new RejectedExecutionException("There is no permit");
				}
				try {
					body.run();
				}
				finally {
					semaphore.release(id);
				}
			});
		}

	};

	private static final String LEASE_MILLIS = "30000";

	private static final long WAIT_SECONDS = 30;

	private final String title;

	SharedPermitContender(String title) {
		this.title = title;
	}

	/**
	 * Connect to a limit, which is put down if there is none yet.
	 * @param port where Redis is
	 * @param key what all instances know it by
	 * @param max how many there are
	 * @return the limit of one instance
	 */
	abstract SharedPermits create(int port, String key, int max);

	@Override
	public String toString() {
		return this.title;
	}

	/** One whose client is closed apart from it. */
	private record Simple(AutoCloseable client, Permits permits) implements SharedPermits {

		@Override
		public void around(Runnable body) throws Exception {
			this.permits.around(body);
		}

		@Override
		public void close() throws Exception {
			this.client.close();
		}

	}

}
