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

package io.github.penstock.work;

import java.time.Duration;
import java.util.concurrent.Executor;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Limits;
import io.github.penstock.RateLimiter;
import org.jspecify.annotations.Nullable;

/**
 * How a queue works.
 *
 * @param limiter where each item gets its permit
 * @param concurrency how many items are in work in a call, 0 for the limiter's permits
 * @param rateLimiter where each item gets its token, if anywhere
 * @param timeout how long an item waits for its permit, and then for its token
 * @param window how many items a stream is ahead of its consumer, 0 for the concurrency
 * @param executor what runs the items, {@code null} for threads of our own
 * @param context what is taken along
 * @param listener who hears of the progress, if anybody
 */
record WorkSettings(ConcurrencyLimiter limiter, int concurrency, @Nullable RateLimiter rateLimiter, Duration timeout,
		int window, @Nullable Executor executor, ContextCapture context, @Nullable ProgressListener listener) {

	/** How many workers there are where nothing limits them. */
	private static final int UNLIMITED = 256;

	/** How many workers a call may have now. */
	int workers() {
		if (this.concurrency > 0) {
			return this.concurrency;
		}
		int max = this.limiter.max();
		return (max == Integer.MAX_VALUE) ? UNLIMITED : Math.max(1, max);
	}

	/** What each item waits for. */
	Limits limits() {
		return Limits.of(this.limiter, this.rateLimiter)
			.withTimeouts((configured) -> this.timeout, (configured) -> this.timeout);
	}

	WorkSettings withListener(ProgressListener listener) {
		return new WorkSettings(this.limiter, this.concurrency, this.rateLimiter, this.timeout, this.window,
				this.executor, this.context, listener);
	}

}
