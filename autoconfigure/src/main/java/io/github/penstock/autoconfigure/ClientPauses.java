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

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import io.github.penstock.Limiter;
import io.github.penstock.http.HttpLimit;
import io.github.penstock.http.HttpLimits;
import io.github.penstock.http.PauseListener;
import io.github.penstock.redis.SharedPauses;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Has clients keep to the pauses that the clients of other instances were asked for,
 * where they share a limit.
 */
final class ClientPauses implements PauseListener, SmartInitializingSingleton {

	private final SharedPauses pauses;

	private final ObjectProvider<HttpLimits> limits;

	private final BooleanSupplier anythingShared;

	/**
	 * Create the pauses.
	 * @param pauses by which instances tell each other
	 * @param limits the clients
	 * @param anythingShared whether it is worth while to make the clients' limits at the
	 * start, to see if they are shared
	 */
	ClientPauses(SharedPauses pauses, ObjectProvider<HttpLimits> limits, BooleanSupplier anythingShared) {
		this.pauses = pauses;
		this.limits = limits;
		this.anythingShared = anythingShared;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (this.anythingShared.getAsBoolean() && this.limits.stream()
			.anyMatch((limits) -> limits.all().values().stream().anyMatch(ClientPauses::isShared))) {
			this.pauses.listen(this::heard);
		}
	}

	@Override
	public void paused(String client, Duration asked) {
		HttpLimit limit = find(client);
		if (limit != null) {
			this.pauses.tell(client, asked);
		}
	}

	private void heard(String client, Duration asked) {
		HttpLimit limit = find(client);
		if (limit != null) {
			limit.pauseFor(asked);
		}
	}

	/** A client that shares a limit, {@code null} if there is none of that name. */
	private @Nullable HttpLimit find(String client) {
		return this.limits.stream()
			.map((limits) -> limits.all().get(client))
			.filter((limit) -> limit != null && isShared(limit))
			.findFirst()
			.orElse(null);
	}

	private static boolean isShared(HttpLimit limit) {
		return Stream.<@Nullable Limiter>of(limit.bulkhead(), limit.rateLimit())
			.anyMatch((limiter) -> limiter != null && limiter.sharedStatus() != null);
	}

}
