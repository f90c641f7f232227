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

package io.github.penstock.autoconfigure;

import io.github.penstock.redis.RedisLimiterStore;
import io.github.penstock.redis.RedisStoreState;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Whether the store of shared limits answers. Unknown while it does not: the application
 * works, by what its limiters say of outages, and is not to be taken out of service with
 * all other instances.
 */
final class SharedStoreHealth extends AbstractHealthIndicator {

	private final RedisLimiterStore store;

	SharedStoreHealth(RedisLimiterStore store) {
		super("The store of shared limits could not be looked at");
		this.store = store;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		RedisStoreState state = this.store.state();
		if (state.up()) {
			builder.up();
		}
		else {
			builder.unknown().withDetail("cause", String.valueOf(state.cause()));
		}
		builder.withDetail("since", state.since().toString()).withDetail("instances", state.instances());
	}

}
