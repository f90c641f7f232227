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
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Function;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterFactory;
import io.github.penstock.RateLimiter;
import io.github.penstock.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link BoundedWorkQueue}. It must be told a concurrency, a bulkhead, or both.
 * With Spring Boot there is a bean of this type, a new one at each injection, which knows
 * the application's limiters and takes the caller's context along. Not thread-safe.
 */
public final class BoundedWorkQueueBuilder {

	/** Longer than anybody waits. */
	private static final Duration PATIENT = Duration.ofNanos(Long.MAX_VALUE);

	private final Function<String, ConcurrencyLimiter> bulkheads;

	private final Function<String, RateLimiter> rateLimits;

	private int concurrency;

	private @Nullable ConcurrencyLimiter bulkhead;

	private @Nullable RateLimiter rateLimit;

	private Duration timeout = PATIENT;

	private int window;

	private @Nullable Executor executor;

	private ContextCapture context = ContextCapture.none();

	private @Nullable ProgressListener listener;

	BoundedWorkQueueBuilder(Function<String, ConcurrencyLimiter> bulkheads, Function<String, RateLimiter> rateLimits) {
		this.bulkheads = bulkheads;
		this.rateLimits = rateLimits;
	}

	/**
	 * Set how many items run at once. With a bulkhead it is how many items of one call
	 * run, or wait for the bulkhead, at once; left out, that is as many as the bulkhead
	 * has permits.
	 * @param concurrency the number, 1 or more
	 * @return this builder
	 * @throws IllegalArgumentException if it is not positive
	 */
	public BoundedWorkQueueBuilder concurrency(int concurrency) {
		this.concurrency = positive("concurrency", concurrency);
		return this;
	}

	/**
	 * Take the permit of each item from a bulkhead that others use as well.
	 * @param bulkhead the bulkhead
	 * @return this builder
	 */
	public BoundedWorkQueueBuilder bulkhead(ConcurrencyLimiter bulkhead) {
		this.bulkhead = Objects.requireNonNull(bulkhead, "'bulkhead' must not be null");
		return this;
	}

	/**
	 * Take the permit of each item from a bulkhead that others use as well.
	 * @param name the bulkhead's name
	 * @return this builder
	 * @throws io.github.penstock.NoSuchLimiterException if there is none of that name
	 * @throws IllegalStateException if the builder has no registry
	 */
	public BoundedWorkQueueBuilder bulkhead(String name) {
		return bulkhead(this.bulkheads.apply(name));
	}

	/**
	 * Take a token for each item, while it holds its permit.
	 * @param rateLimit the rate limit
	 * @return this builder
	 */
	public BoundedWorkQueueBuilder rateLimit(RateLimiter rateLimit) {
		this.rateLimit = Objects.requireNonNull(rateLimit, "'rateLimit' must not be null");
		return this;
	}

	/**
	 * Take a token for each item, while it holds its permit.
	 * @param name the rate limit's name
	 * @return this builder
	 * @throws io.github.penstock.NoSuchLimiterException if there is none of that name
	 * @throws IllegalStateException if the builder has no registry
	 */
	public BoundedWorkQueueBuilder rateLimit(String name) {
		return rateLimit(this.rateLimits.apply(name));
	}

	/**
	 * Set how long an item waits for its permit, and then for its token, before it fails.
	 * Left out, it waits until its turn comes: the limiters' own timeouts are for calls
	 * that somebody waits for.
	 * @param timeout how long, zero for not at all
	 * @return this builder
	 * @throws IllegalArgumentException if it is negative
	 */
	public BoundedWorkQueueBuilder timeout(Duration timeout) {
		if (timeout.isNegative()) {
			throw new IllegalArgumentException("Invalid timeout " + timeout + ": it must be 0 (do not wait) or more");
		}
		this.timeout = timeout;
		return this;
	}

	/**
	 * Set how many items {@link BoundedWorkQueue#stream stream} reads ahead of the result
	 * that it hands over. More than the concurrency, the default, lets others run while a
	 * slow one holds the results back.
	 * @param window the number, 1 or more
	 * @return this builder
	 * @throws IllegalArgumentException if it is not positive
	 */
	public BoundedWorkQueueBuilder window(int window) {
		this.window = positive("window", window);
		return this;
	}

	/**
	 * Set what runs the items. A call gives it at most as many tasks at a time as items
	 * may run; a task stays as long as there are items. If it lets all tasks of a call
	 * wait, the calling thread does the work.
	 * @param executor the executor
	 * @return this builder
	 */
	public BoundedWorkQueueBuilder executor(Executor executor) {
		this.executor = Objects.requireNonNull(executor, "'executor' must not be null");
		return this;
	}

	/**
	 * Set what is taken along to the threads that run the items.
	 * @param context what is taken along
	 * @return this builder
	 */
	public BoundedWorkQueueBuilder context(ContextCapture context) {
		this.context = Objects.requireNonNull(context, "'context' must not be null");
		return this;
	}

	/**
	 * Set who hears of the progress of all calls; for a single one see
	 * {@link BoundedWorkQueue#withProgress}.
	 * @param listener the listener
	 * @return this builder
	 */
	public BoundedWorkQueueBuilder progress(ProgressListener listener) {
		this.listener = Objects.requireNonNull(listener, "'listener' must not be null");
		return this;
	}

	/**
	 * Build the queue.
	 * @return a queue
	 * @throws IllegalStateException if neither a concurrency nor a bulkhead is set
	 */
	public BoundedWorkQueue build() {
		ConcurrencyLimiter limiter = this.bulkhead;
		if (limiter == null) {
			if (this.concurrency == 0) {
				throw new IllegalStateException("A work queue needs a concurrency or a bulkhead");
			}
			limiter = LimiterFactory.local(TimeSource.system())
				.concurrencyLimiter("work-queue", ConcurrencyLimiterSpec.of(this.concurrency));
		}
		return new BoundedWorkQueue(new WorkSettings(limiter, this.concurrency, this.rateLimit, this.timeout,
				this.window, this.executor, this.context, this.listener));
	}

	private static int positive(String name, int value) {
		if (value <= 0) {
			throw new IllegalArgumentException("Invalid " + name + " " + value + ": it must be 1 or more");
		}
		return value;
	}

}
