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

import java.time.Duration;
import java.util.List;

import io.github.penstock.redis.RedisLimiterStore;
import io.github.penstock.redis.RedisStoreSettings;
import io.github.penstock.redis.RedisTarget;
import io.lettuce.core.RedisURI;

/**
 * Makes stores as auto-configuration does.
 */
final class Stores {

	/** Ample: an outage is not what is measured here. */
	private static final Duration BUDGET = Duration.ofSeconds(2);

	private static final Duration LEASE = Duration.ofSeconds(30);

	private Stores() {
	}

	static RedisLimiterStore create(int port) {
		RedisTarget target = new RedisTarget(RedisTarget.Kind.SINGLE, List.of(RedisURI.create("127.0.0.1", port)));
		RedisLimiterStore store = new RedisLimiterStore(target, new RedisStoreSettings("benchmarks", BUDGET, LEASE),
				(resources) -> {
				}, (options) -> {
				});
		store.start();
		return store;
	}

}
