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

package io.github.penstock.requests;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;

/**
 * A limit as the response fields {@code RateLimit-Policy} and {@code RateLimit} of
 * draft-ietf-httpapi-ratelimit-headers-11 tell it.
 *
 * @param name the name of the limiter
 * @param policy the parameters of the policy
 * @param remaining how much is left
 * @param seconds when more is left, 0 where that is not known
 */
record Quota(String name, String policy, long remaining, long seconds) {

	private static final BigDecimal SECOND = BigDecimal.valueOf(1_000_000_000);

	/** The largest integer of structured fields: RFC 9651, 3.3.1. */
	private static final long MOST = 999_999_999_999_999L;

	/**
	 * What is left of a rate limit.
	 * @param policy what {@link #policy} made of the values of the limiter
	 */
	static Quota of(RateLimiter limiter, String policy) {
		long available = Math.max(0, limiter.available());
		Duration more = limiter.availableIn(available + 1);
		return new Quota(limiter.name(), policy, Math.min(available, MOST), (more != null) ? seconds(more) : 0);
	}

	static Quota of(ConcurrencyLimiter limiter) {
		return new Quota(limiter.name(), "q=" + limiter.max() + ";qu=\"concurrent-requests\"", limiter.available(), 0);
	}

	/** Whether it limits how many begin in a time. */
	boolean isRate() {
		return this.policy.contains(";w=");
	}

	/** The same when a request was just refused. */
	Quota refused(Duration retryAfter) {
		return new Quota(this.name, this.policy, 0, Math.max(1, seconds(retryAfter)));
	}

	/**
	 * The whole bucket, and the time in which that comes back. A bucket that is full
	 * again in less than a second is told as what comes in a second, for the window has
	 * whole seconds.
	 */
	static String policy(RateLimiterSpec spec) {
		BigDecimal capacity = BigDecimal.valueOf(spec.capacity());
		BigDecimal per = BigDecimal.valueOf(spec.per().getSeconds())
			.multiply(SECOND)
			.add(BigDecimal.valueOf(spec.per().getNano()));
		BigDecimal window = (spec.sliding()) ? per
				: per.multiply(capacity).divide(spec.limit(), 0, RoundingMode.CEILING);
		BigDecimal quota = (window.compareTo(SECOND) >= 0) ? capacity
				: capacity.max(spec.limit().multiply(SECOND).divide(per, 0, RoundingMode.DOWN));
		return "q=" + clamp(quota) + ";w=" + clamp(window.divide(SECOND, 0, RoundingMode.CEILING));
	}

	private static long clamp(BigDecimal number) {
		return number.min(BigDecimal.valueOf(MOST)).longValue();
	}

	/** Rounded up, as Retry-After is. */
	private static long seconds(Duration duration) {
		return duration.getSeconds() + ((duration.getNano() > 0) ? 1 : 0);
	}

	/** An entry of {@code RateLimit-Policy}. */
	String policyEntry(String partition) {
		return '"' + this.name + "\";" + this.policy + partition;
	}

	/** An entry of {@code RateLimit}. */
	String stateEntry(String partition) {
		return '"' + this.name + "\";r=" + this.remaining + ((this.seconds > 0) ? ";t=" + this.seconds : "")
				+ partition;
	}

}
