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

package io.github.penstock.redis;

import java.time.Duration;
import java.util.List;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.Sharing;
import io.github.penstock.TimeSource;
import io.lettuce.core.RedisURI;

/**
 * What an instance of a service has configured, as arguments of a process can say it.
 *
 * @param kind what there is of Redis
 * @param uris where
 * @param namespace what all instances have in common
 * @param max permits of the bulkhead
 * @param rate tokens that come in a second
 * @param burst tokens of a full bucket
 * @param budgetMillis how long Redis may take to answer
 * @param leaseMillis how long permits are lent
 * @param onOutage what holds meanwhile
 */
record InstanceSetup(RedisTarget.Kind kind, List<String> uris, String namespace, int max, int rate, int burst,
		long budgetMillis, long leaseMillis, Sharing.OnOutage onOutage) {

	static final String RATE_LIMIT = "api";

	static final String BULKHEAD = "export";

	/** How long each call is willing to wait. */
	static final Duration TIMEOUT = Duration.ofSeconds(1);

	/** Lets nobody in that Redis does not know of, and notices what is gone soon. */
	static InstanceSetup strict(RedisTarget.Kind kind, List<String> uris, String namespace) {
		return new InstanceSetup(kind, uris, namespace, 10, 200, 20, 200, 2_000, Sharing.OnOutage.CLOSED);
	}

	static InstanceSetup strict(int port, String namespace) {
		return strict(RedisTarget.Kind.SINGLE, List.of("redis://127.0.0.1:" + port), namespace);
	}

	InstanceSetup at(int port) {
		return new InstanceSetup(this.kind, List.of("redis://127.0.0.1:" + port), this.namespace, this.max, this.rate,
				this.burst, this.budgetMillis, this.leaseMillis, this.onOutage);
	}

	static InstanceSetup of(String... arguments) {
		return new InstanceSetup(RedisTarget.Kind.valueOf(arguments[0]), List.of(arguments[1].split(" ")), arguments[2],
				Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]), Integer.parseInt(arguments[5]),
				Long.parseLong(arguments[6]), Long.parseLong(arguments[7]), Sharing.OnOutage.valueOf(arguments[8]));
	}

	List<String> arguments() {
		return List.of(this.kind.name(), String.join(" ", this.uris), this.namespace, String.valueOf(this.max),
				String.valueOf(this.rate), String.valueOf(this.burst), String.valueOf(this.budgetMillis),
				String.valueOf(this.leaseMillis), this.onOutage.name());
	}

	RedisLimiterStore store() {
		List<RedisURI> targets = this.uris.stream().map(RedisURI::create).toList();
		RedisStoreSettings settings = new RedisStoreSettings(this.namespace, Duration.ofMillis(this.budgetMillis),
				Duration.ofMillis(this.leaseMillis));
		return new RedisLimiterStore(new RedisTarget(this.kind, targets), settings, (resources) -> {
		}, (options) -> {
		});
	}

	/** Make both limiters of an instance. */
	LimiterRegistry limiters(RedisLimiterStore store) {
		LimiterRegistry registry = new LimiterRegistry(LimiterFactory.sharing(TimeSource.system(), () -> store));
		Sharing sharing = Sharing.DEFAULT.withOnOutage(this.onOutage);
		registry.register(RATE_LIMIT,
				RateLimiterSpec.of(this.rate).withBurst(this.burst).withTimeout(TIMEOUT).withSharing(sharing));
		registry.register(BULKHEAD, ConcurrencyLimiterSpec.of(this.max).withTimeout(TIMEOUT).withSharing(sharing));
		return registry;
	}

}
