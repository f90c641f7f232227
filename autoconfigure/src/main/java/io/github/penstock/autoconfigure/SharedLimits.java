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

import java.util.Map;

import io.github.penstock.LimiterStore;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.properties.ConfiguredProperties;
import io.github.penstock.properties.PenstockProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.util.ClassUtils;

/**
 * Sees to it that there is a store for what is shared. Spring Boot makes such a singleton
 * at the start even where all beans are lazy.
 */
final class SharedLimits implements SmartInitializingSingleton {

	private static final String STARTER = "org.springframework.boot:spring-boot-starter-data-redis";

	/** Where something is shared, {@code null} if nothing is. */
	private final @Nullable LimiterStore store;

	/**
	 * Look at what is configured.
	 * @param properties the configuration
	 * @param store where it would be shared, {@code null} if there is nothing
	 * @param classLoader knows which clients there are
	 * @throws InvalidLimitDeclarationException if something is shared and there is no
	 * store
	 */
	SharedLimits(ConfiguredProperties properties, @Nullable LimiterStore store, @Nullable ClassLoader classLoader) {
		String shared = (properties.values().enabled()) ? firstShared(properties) : null;
		if (shared != null && store == null) {
			throw missing(properties.place(shared), classLoader);
		}
		this.store = (shared != null) ? store : null;
	}

	/** The first call need not wait for a connection. */
	@Override
	public void afterSingletonsInstantiated() {
		if (this.store != null) {
			this.store.start();
		}
	}

	/** A property that says that a limiter is shared, {@code null} if none does. */
	static @Nullable String firstShared(ConfiguredProperties properties) {
		PenstockProperties values = properties.values();
		for (Map.Entry<String, PenstockProperties.Bulkhead> bulkhead : values.bulkheads().entrySet()) {
			if (Boolean.TRUE.equals(bulkhead.getValue().shared())) {
				return shared("bulkheads[" + bulkhead.getKey() + "]");
			}
		}
		for (Map.Entry<String, PenstockProperties.RateLimit> rateLimit : values.rateLimits().entrySet()) {
			if (Boolean.TRUE.equals(rateLimit.getValue().shared())) {
				return shared("rate-limits[" + rateLimit.getKey() + "]");
			}
		}
		for (Map.Entry<String, PenstockProperties.HttpClient> client : values.httpClients().entrySet()) {
			if (Boolean.TRUE.equals(client.getValue().shared())) {
				return shared("http-clients[" + client.getKey() + "]");
			}
		}
		for (Map.Entry<String, PenstockProperties.Request> request : values.requests().entrySet()) {
			if (Boolean.TRUE.equals(request.getValue().shared())) {
				return shared("requests[" + request.getKey() + "]");
			}
		}
		if (Boolean.TRUE.equals(values.defaults().bulkhead().shared())) {
			return shared("defaults.bulkhead");
		}
		return (Boolean.TRUE.equals(values.defaults().rateLimit().shared())) ? shared("defaults.rate-limit") : null;
	}

	private static String shared(String section) {
		return "penstock." + section + ".shared";
	}

	private static InvalidLimitDeclarationException missing(String where, @Nullable ClassLoader classLoader) {
		String alone = ", or leave 'shared' out: each instance has a limit of its own then";
		if (!ClassUtils.isPresent("io.lettuce.core.RedisClient", classLoader)) {
			String jedis = ClassUtils.isPresent("redis.clients.jedis.Jedis", classLoader)
					? "; Jedis is, but cannot ask without blocking a thread" : "";
			return new InvalidLimitDeclarationException(where,
					"it needs Redis by Lettuce, which is not on the class path (io.lettuce:lettuce-core)" + jedis,
					"Add " + STARTER + alone);
		}
		return new InvalidLimitDeclarationException(where,
				"it needs Redis, and no connection to one is configured: there is no DataRedisConnectionDetails",
				"Add " + STARTER + " and spring.data.redis.host" + alone);
	}

}
