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

package io.github.penstock;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

/**
 * A limiter did not let a call in. It carries no stack trace, so that refusing stays
 * cheap under the load that it is there for: the message has the limiter's name and the
 * numbers at the time of the refusal.
 *
 * @serial exclude
 */
public abstract sealed class LimitExceededException extends RejectedExecutionException
		permits BulkheadFullException, RateLimitExceededException {

	private static final long serialVersionUID = 1L;

	private final String name;

	private final RefusalReason reason;

	private final long retryAfterNanos;

	private final long waitedNanos;

	private final @Nullable KeyHash key;

	LimitExceededException(String name, @Nullable Object key, RefusalReason reason, long retryAfterNanos,
			long waitedNanos) {
		this.name = name;
		this.key = (key != null) ? new KeyHash(key) : null;
		this.reason = reason;
		this.retryAfterNanos = retryAfterNanos;
		this.waitedNanos = waitedNanos;
	}

	/**
	 * Return the name of the limiter that refused.
	 * @return the limiter's name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return by what the key of the call is known to those who may not know the key
	 * itself.
	 * @return the beginning of its SHA-256 hash, {@code null} if the limit is not one of
	 * a key
	 */
	public @Nullable String keyHash() {
		return (this.key != null) ? this.key.toString() : null;
	}

	/** The key of the call, as part of a message. */
	final String describeKey() {
		String hash = keyHash();
		return (hash != null) ? "key=" + hash + ", " : "";
	}

	/**
	 * Return why the call was not let in.
	 * @return the reason
	 */
	public RefusalReason reason() {
		return this.reason;
	}

	/**
	 * Return when another try is worth it: exact for a rate limit, an estimate from the
	 * hold times for a bulkhead, zero where nothing is known.
	 * @return the time from the refusal on
	 */
	public Duration retryAfter() {
		return Duration.ofNanos(this.retryAfterNanos);
	}

	/**
	 * Return how long the call stood in line before it was refused.
	 * @return the time that was waited
	 */
	public Duration waited() {
		return Duration.ofNanos(this.waitedNanos);
	}

	@Override
	public final Throwable fillInStackTrace() {
		return this;
	}

	@Override
	public abstract String getMessage();

}
