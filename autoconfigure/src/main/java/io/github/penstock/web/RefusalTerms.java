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
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.penstock.LimitExceededException;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RefusalReason;
import org.jspecify.annotations.Nullable;

/**
 * What a caller is told of a refusal, whatever the protocol.
 *
 * @param tooMany whether the caller has asked too often; the service is busy otherwise
 * @param limiter the name of the limiter
 * @param retryAfterSeconds when to come again, at least 1; {@link #NEVER} if no other try
 * is worth it
 * @param key the hash of the key of the call, {@code null} if the limit is not one of a
 * key
 * @param cost the tokens that the call would have taken
 */
record RefusalTerms(boolean tooMany, String limiter, long retryAfterSeconds, @Nullable String key, long cost) {

	/** The same call would be refused at any time. */
	static final long NEVER = 0;

	/** More causes than any chain of wrappers has; one that leads back to itself ends. */
	static final int MAX_CAUSES = 32;

	static RefusalTerms of(LimitExceededException exception) {
		// Whoever may not wait because the application ends, or gets in nowhere because
		// the
		// store is out, has not asked too often.
		boolean tooMany = exception instanceof RateLimitExceededException
				&& exception.reason() != RefusalReason.SHUT_DOWN && exception.reason() != RefusalReason.UNAVAILABLE;
		long cost = (exception instanceof RateLimitExceededException rate) ? rate.cost() : 1;
		long retryAfter = (exception.reason() != RefusalReason.TOO_COSTLY) ? wholeSeconds(exception.retryAfter())
				: NEVER;
		return new RefusalTerms(tooMany, exception.name(), retryAfter, exception.keyHash(), cost);
	}

	boolean hasRetryAfter() {
		return this.retryAfterSeconds != NEVER;
	}

	/** What a program is told, by name. */
	Map<String, Object> properties() {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("limiter", this.limiter);
		if (hasRetryAfter()) {
			properties.put("retryAfter", this.retryAfterSeconds);
		}
		if (this.key != null) {
			properties.put("key", this.key);
		}
		if (this.cost != 1) {
			properties.put("cost", this.cost);
		}
		return properties;
	}

	/** For people, without anything of the inside. */
	String detail() {
		if (!hasRetryAfter()) {
			return "The request costs more than is ever available at once.";
		}
		return (this.tooMany ? "Too many requests." : "The service is busy.") + " Try again in "
				+ this.retryAfterSeconds + ((this.retryAfterSeconds == 1) ? " second." : " seconds.");
	}

	/**
	 * Rounded up, so that nobody comes back too early, and never 0: a loop is no wait.
	 */
	private static long wholeSeconds(Duration duration) {
		return Math.max(1, duration.getSeconds() + ((duration.getNano() > 0) ? 1 : 0));
	}

}
