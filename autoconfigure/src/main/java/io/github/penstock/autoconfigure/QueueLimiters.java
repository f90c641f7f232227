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

import java.util.Set;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.actuate.LimiterOrigin;
import io.github.penstock.properties.ConfiguredLimiters;
import io.github.penstock.work.BoundedWorkQueueBuilder;

/**
 * Looks up the limiters of work queues, and tells whose queues use them.
 */
final class QueueLimiters {

	private static final StackWalker WALKER = StackWalker.getInstance();

	private static final Set<String> OURS = Set.of(QueueLimiters.class.getName(),
			BoundedWorkQueueBuilder.class.getName());

	private final LimiterRegistry registry;

	private final ConfiguredLimiters limiters;

	QueueLimiters(LimiterRegistry registry, ConfiguredLimiters limiters) {
		this.registry = registry;
		this.limiters = limiters;
	}

	ConcurrencyLimiter bulkhead(String name) {
		ConcurrencyLimiter limiter = this.registry.concurrencyLimiter(name);
		this.limiters.useBulkhead(name, place());
		return limiter;
	}

	RateLimiter rateLimit(String name) {
		RateLimiter limiter = this.registry.rateLimiter(name);
		this.limiters.useRateLimit(name, place());
		return limiter;
	}

	/** The class that builds the queue. */
	private static String place() {
		return LimiterOrigin.QUEUE_OF + WALKER.walk((frames) -> frames.map(StackWalker.StackFrame::getClassName)
			.filter((type) -> !OURS.contains(type))
			.findFirst()
			.orElse("?"));
	}

}
