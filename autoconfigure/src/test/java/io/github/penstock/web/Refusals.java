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

package io.github.penstock.web;

import java.time.Duration;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.RefusalReason;
import io.github.penstock.test.MovableTime;

/**
 * The exceptions that the limiters throw, and what they must become.
 */
final class Refusals {

	static final String BULKHEAD_PROBLEM = """
			{"type":"about:blank","title":"Service Unavailable","status":503,\
			"detail":"The service is busy. Try again in 1 second.","instance":"%s",\
			"limiter":"inventory","retryAfter":1}""";

	static final String RATE_LIMIT_PROBLEM = """
			{"type":"about:blank","title":"Too Many Requests","status":429,\
			"detail":"Too many requests. Try again in 3 seconds.","instance":"%s",\
			"limiter":"supplier-api","retryAfter":3}""";

	/** Of a call that would take more tokens than a full bucket has. */
	static final String TOO_COSTLY_PROBLEM = """
			{"type":"about:blank","title":"Too Many Requests","status":429,\
			"detail":"The request costs more than is ever available at once.","instance":"%s",\
			"limiter":"llm","key":"%s","cost":9}""";

	/** Of a call of a key whose tokens are spent. */
	static final String KEY_PROBLEM = """
			{"type":"about:blank","title":"Too Many Requests","status":429,\
			"detail":"Too many requests. Try again in 7200 seconds.","instance":"%s",\
			"limiter":"llm","retryAfter":7200,"key":"%s","cost":2}""";

	private Refusals() {
	}

	static RateLimitExceededException tooCostly() {
		return ofKey(9);
	}

	static RateLimitExceededException keyExceeded() {
		return ofKey(2);
	}

	/** As a limiter throws it. */
	private static RateLimitExceededException ofKey(long cost) {
		RateLimiter limiter = new LimiterRegistry(new MovableTime()).register("llm",
				RateLimiterSpec.of(5, Duration.ofHours(5)).withTimeout(Duration.ZERO));
		RateLimiter customer = limiter.forKey("customer-4711");
		customer.tryAcquire(5);
		try {
			customer.enter(cost, null);
		}
		catch (RateLimitExceededException ex) {
			return ex;
		}
		throw new AssertionError("It was let in");
	}

	static BulkheadFullException bulkheadFull() {
		return new BulkheadFullException("inventory", RefusalReason.FULL, Duration.ZERO, 20, 20, 7, Duration.ZERO);
	}

	static RateLimitExceededException rateLimitExceeded() {
		return rateLimitExceeded("supplier-api", Duration.ofMillis(2001));
	}

	static RateLimitExceededException rateLimitExceeded(String name, Duration retryAfter) {
		return new RateLimitExceededException(name, RefusalReason.WAIT_TOO_LONG, retryAfter, "100 per 1s", 20, 5,
				Duration.ZERO);
	}

}
