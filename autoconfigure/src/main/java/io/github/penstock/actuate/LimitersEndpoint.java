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

package io.github.penstock.actuate;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.penstock.Limiter;
import io.github.penstock.LimiterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Shows the limiters of an application and, where that is allowed, changes them. A
 * limiter that nobody has defined is not made by asking for it.
 */
@Endpoint(id = "limiters", defaultAccess = Access.READ_ONLY)
public final class LimitersEndpoint {

	private final LimiterRegistry registry;

	private final LimiterDescriber describer;

	private final LimiterChanges changes;

	/**
	 * Create the endpoint.
	 * @param registry has the limiters
	 * @param describer describes them
	 * @param changes changes them
	 */
	public LimitersEndpoint(LimiterRegistry registry, LimiterDescriber describer, LimiterChanges changes) {
		this.registry = registry;
		this.describer = describer;
		this.changes = changes;
	}

	/**
	 * Return all limiters.
	 * @return bulkheads first, by name
	 */
	@ReadOperation
	public LimitersDescriptor limiters() {
		Comparator<Limiter> byName = Comparator.comparing(Limiter::name);
		return new LimitersDescriptor(Stream
			.<Limiter>concat(this.registry.concurrencyLimiters().stream().sorted(byName),
					this.registry.rateLimiters().stream().sorted(byName))
			.map((limiter) -> this.describer.describe(AdjustableLimiter.of(limiter), false))
			.toList());
	}

	/**
	 * Return one limiter.
	 * @param limiterKind {@code bulkhead} or {@code rate-limit}
	 * @param limiterName its name
	 * @return the limiter, {@code null} if there is none
	 */
	@ReadOperation
	public @Nullable LimiterDescriptor limiter(@Selector String limiterKind, @Selector String limiterName) {
		AdjustableLimiter<?> limiter = find(limiterKind, limiterName);
		return (limiter != null) ? this.describer.describe(limiter, true) : null;
	}

	/**
	 * Change values of one limiter, all that are given or none.
	 * @param limiterKind {@code bulkhead} or {@code rate-limit}
	 * @param limiterName its name
	 * @param max the permits of a bulkhead
	 * @param rps the rate of a rate limit in tokens per second
	 * @param limit the tokens in each period
	 * @param per the period
	 * @param burst the capacity of the bucket, or {@code default}
	 * @param timeout how long a call may wait
	 * @param maxWaiting how many calls may stand in line, or {@code unbounded}
	 * @param sliding whether the window of a rate limit is sliding, {@code true} or
	 * {@code false}
	 * @param enforce the share of the calls for which the limit holds, such as
	 * {@code 25%}
	 * @param maxKeys how many keys may be known
	 * @param duration how long the change holds; for good if it is not given
	 * @param version the version that the values must have
	 * @param security who asks for it
	 * @return the limiter as it is now, {@code null} if there is none
	 * @throws IllegalArgumentException if a value is wrong; nothing was changed
	 * @throws IllegalStateException if the version is another one; nothing was changed
	 */
	@WriteOperation
	public @Nullable LimiterDescriptor change(@Selector String limiterKind, @Selector String limiterName,
			@Nullable String max, @Nullable String rps, @Nullable String limit, @Nullable String per,
			@Nullable String burst, @Nullable String timeout, @Nullable String maxWaiting, @Nullable String sliding,
			@Nullable String enforce, @Nullable String maxKeys, @Nullable String duration, @Nullable String version,
			SecurityContext security) {
		AdjustableLimiter<?> limiter = find(limiterKind, limiterName);
		if (limiter == null) {
			return null;
		}
		Map<String, String> values = new LinkedHashMap<>();
		put(values, "max", max);
		put(values, "rps", rps);
		put(values, "limit", limit);
		put(values, "per", per);
		put(values, "burst", burst);
		put(values, "timeout", timeout);
		put(values, "maxWaiting", maxWaiting);
		put(values, "sliding", sliding);
		put(values, "enforce", enforce);
		put(values, "maxKeys", maxKeys);
		this.changes.change(limiter, values, duration, version, principal(security));
		return this.describer.describe(limiter, true);
	}

	private static void put(Map<String, String> values, String key, @Nullable String value) {
		if (value != null) {
			values.put(key, value);
		}
	}

	/**
	 * Give one limiter its configured values back.
	 * @param limiterKind {@code bulkhead} or {@code rate-limit}
	 * @param limiterName its name
	 * @param security who asks for it
	 * @return the limiter as it is now, {@code null} if there is none
	 */
	@DeleteOperation
	public @Nullable LimiterDescriptor reset(@Selector String limiterKind, @Selector String limiterName,
			SecurityContext security) {
		AdjustableLimiter<?> limiter = find(limiterKind, limiterName);
		if (limiter == null) {
			return null;
		}
		this.changes.reset(limiter, principal(security));
		return this.describer.describe(limiter, true);
	}

	private @Nullable AdjustableLimiter<?> find(String kind, String name) {
		Limiter limiter = null;
		if (LimiterKind.BULKHEAD.toString().equals(kind)) {
			limiter = this.registry.findConcurrencyLimiter(name);
		}
		else if (LimiterKind.RATE_LIMIT.toString().equals(kind)) {
			limiter = this.registry.findRateLimiter(name);
		}
		return (limiter != null) ? AdjustableLimiter.of(limiter) : null;
	}

	private static @Nullable String principal(SecurityContext security) {
		return (security.getPrincipal() != null) ? security.getPrincipal().getName() : null;
	}

	/** The names of limiters of a kind, or of both kinds if there is no such kind. */
	String known(String kind) {
		List<String> known = limiters().limiters()
			.stream()
			.filter((limiter) -> limiter.kind().equals(kind))
			.map(LimiterDescriptor::name)
			.toList();
		boolean isKind = Stream.of(LimiterKind.values()).anyMatch((one) -> one.toString().equals(kind));
		return (isKind) ? "known are " + known : "the kinds are bulkhead and rate-limit";
	}

}
