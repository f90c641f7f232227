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
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;

import io.github.penstock.Limiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.TimeSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Keeps what the limiters did in the last ten minutes, for whoever looks later. It looks
 * at all of them once in two seconds, so that calls know nothing of it, and keeps as many
 * limiters and as many numbers of each as there may be at most.
 */
public final class LimiterHistory implements SmartInitializingSingleton, DisposableBean {

	private static final Log logger = LogFactory.getLog(LimiterHistory.class);

	/** How many limiters are kept. */
	static final int MOST_LIMITERS = 1000;

	/** How long an interval is. */
	static final Duration INTERVAL = Duration.ofSeconds(2);

	private final Map<Limiter, LimiterPast> limiters = new ConcurrentHashMap<>();

	private final Instant begun = Instant.now();

	private final LimiterRegistry registry;

	private final TimeSource time;

	private final Executor executor;

	private volatile long start;

	private volatile Look last = new Look(0, this.begun);

	private volatile boolean stopped;

	private volatile Runnable cancel = () -> {
	};

	/**
	 * Create the history.
	 * @param registry the limiters
	 * @param time the time in which it looks at them
	 */
	public LimiterHistory(LimiterRegistry registry, TimeSource time) {
		this(registry, time, ForkJoinPool.commonPool());
	}

	LimiterHistory(LimiterRegistry registry, TimeSource time, Executor executor) {
		this.registry = registry;
		this.time = time;
		this.executor = executor;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.start = this.time.nanoTime();
		lookLater();
	}

	private void lookLater() {
		if (!this.stopped) {
			long interval = INTERVAL.toNanos();
			long sinceStart = this.time.nanoTime() - this.start;
			// The timer's own thread must not wait for a limiter.
			this.cancel = this.time.schedule(this::handOver, interval - Math.floorMod(sinceStart, interval));
		}
	}

	/** To an executor that may have no room for it just now. */
	private void handOver() {
		try {
			this.executor.execute(this::look);
		}
		catch (RejectedExecutionException ex) {
			lookLater();
		}
	}

	private void look() {
		try {
			lookAtAll();
		}
		catch (RuntimeException ex) {
			logger.warn("The limiters could not be looked at", ex);
		}
		finally {
			lookLater();
		}
	}

	private void lookAtAll() {
		long interval = (this.time.nanoTime() - this.start) / INTERVAL.toNanos();
		this.registry.concurrencyLimiters().forEach((limiter) -> look(limiter, interval));
		this.registry.rateLimiters().forEach((limiter) -> look(limiter, interval));
		this.last = new Look(interval, Instant.now());
	}

	private void look(Limiter limiter, long interval) {
		LimiterPast past = this.limiters.get(limiter);
		if (past != null) {
			past.look(interval, this.time.nanoTime());
		}
		else if (this.limiters.size() < MOST_LIMITERS) {
			long now = this.time.nanoTime();
			// Those that are there at the first look may have been for long.
			long before = this.last.interval();
			this.limiters.put(limiter, (before == 0) ? LimiterPast.from(limiter, interval, now)
					: LimiterPast.ofNew(limiter, before, interval, now));
		}
	}

	/**
	 * Return what is kept. Does not block.
	 * @param since the number of the last interval that is known already, {@code null} if
	 * none is
	 * @return all that is kept and not known, of each limiter
	 */
	HistoryDescriptor since(@Nullable Long since) {
		Look last = this.last;
		long after = (since != null && since >= 0 && since <= last.interval()) ? since : -1;
		List<HistoryDescriptor.PastDescriptor> limiters = this.limiters.values()
			.stream()
			.map((past) -> past.between(after, last.interval()))
			.sorted(Comparator.comparing(HistoryDescriptor.PastDescriptor::kind)
				.thenComparing(HistoryDescriptor.PastDescriptor::name))
			.toList();
		return new HistoryDescriptor(this.begun.toString(), last.at().toString(), last.interval(), INTERVAL.toSeconds(),
				limiters);
	}

	@Override
	public void destroy() {
		this.stopped = true;
		this.cancel.run();
	}

	/**
	 * A look at all limiters.
	 *
	 * @param interval the number of the interval that ended with it
	 * @param at when it was
	 */
	private record Look(long interval, Instant at) {
	}

}
