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

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.TimeSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Out of service while one of the chosen bulkheads has been full for longer than it may
 * be. Looks at them itself once a second, so that the answer does not depend on how often
 * it is asked for.
 */
public final class LimiterHealth extends AbstractHealthIndicator implements SmartInitializingSingleton, DisposableBean {

	private static final Log logger = LogFactory.getLog(LimiterHealth.class);

	private static final long PAUSE = Duration.ofSeconds(1).toNanos();

	/** When each bulkhead was seen full first, of those that have been full since. */
	private final Map<String, Long> fullSince = new ConcurrentHashMap<>();

	private final LimiterRegistry registry;

	private final Function<String, @Nullable Duration> outAfter;

	private final TimeSource time;

	private final Executor executor;

	private volatile boolean stopped;

	private volatile Runnable cancel = () -> {
	};

	/**
	 * Create the indicator.
	 * @param registry the limiters
	 * @param outAfter how long a bulkhead may be full, {@code null} for any time
	 * @param time the time in which it is full
	 */
	public LimiterHealth(LimiterRegistry registry, Function<String, @Nullable Duration> outAfter, TimeSource time) {
		this(registry, outAfter, time, ForkJoinPool.commonPool());
	}

	LimiterHealth(LimiterRegistry registry, Function<String, @Nullable Duration> outAfter, TimeSource time,
			Executor executor) {
		super("The bulkheads could not be looked at");
		this.registry = registry;
		this.outAfter = outAfter;
		this.time = time;
		this.executor = executor;
	}

	@Override
	public void afterSingletonsInstantiated() {
		look();
	}

	private void lookLater() {
		if (!this.stopped) {
			// The timer's own thread must not wait for a limiter.
			this.cancel = this.time.schedule(() -> this.executor.execute(this::look), PAUSE);
		}
	}

	private void look() {
		try {
			lookAtAll();
		}
		catch (RuntimeException ex) {
			logger.warn("The bulkheads could not be looked at", ex);
		}
		finally {
			lookLater();
		}
	}

	private void lookAtAll() {
		for (ConcurrencyLimiter bulkhead : this.registry.concurrencyLimiters()) {
			if (!isFull(bulkhead)) {
				this.fullSince.remove(bulkhead.name());
			}
			else if (this.outAfter.apply(bulkhead.name()) != null) {
				this.fullSince.putIfAbsent(bulkhead.name(), this.time.nanoTime());
			}
		}
	}

	/** In shadow mode it changes nothing, not even this. */
	private static boolean isFull(ConcurrencyLimiter bulkhead) {
		return bulkhead.available() == 0 && bulkhead.spec().enforce() > 0;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		Map<String, Object> full = new TreeMap<>();
		boolean out = false;
		for (Map.Entry<String, Long> entry : this.fullSince.entrySet()) {
			ConcurrencyLimiter bulkhead = this.registry.findConcurrencyLimiter(entry.getKey());
			Duration allowed = this.outAfter.apply(entry.getKey());
			if (bulkhead != null && allowed != null && isFull(bulkhead)) {
				Duration since = Duration.ofNanos(Math.max(0, this.time.nanoTime() - entry.getValue()));
				full.put(entry.getKey(), Map.of("limit", bulkhead.max(), "inUse", bulkhead.inUse(), "waiting",
						bulkhead.waiting(), "fullForSeconds", since.toSeconds()));
				out |= since.compareTo(allowed) >= 0;
			}
		}
		if (out) {
			builder.outOfService();
		}
		else {
			builder.up();
		}
		builder.withDetail("full", full);
	}

	@Override
	public void destroy() {
		this.stopped = true;
		this.cancel.run();
	}

}
