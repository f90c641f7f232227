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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Holder;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.TimeSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Reports each permit once that is held for longer than it should be, with who took it.
 * It takes no permit back: only the work itself knows whether it is still going on.
 */
public final class LeakWatch implements SmartInitializingSingleton, DisposableBean {

	private static final Log logger = LogFactory.getLog(LeakWatch.class);

	private static final int MOST_LOOKED_AT = 1000;

	private static final int LOOKS_PER_LEAK = 4;

	private static final long SHORTEST_PAUSE = Duration.ofMillis(100).toNanos();

	private final Map<String, Set<Long>> reported = new ConcurrentHashMap<>();

	private final LimiterRegistry registry;

	private final Duration leakAfter;

	private final TimeSource time;

	private volatile boolean stopped;

	private volatile Runnable cancel = () -> {
	};

	/**
	 * Create the watch.
	 * @param registry the limiters
	 * @param leakAfter how long a permit may be held
	 * @param time the time in which it is held
	 */
	public LeakWatch(LimiterRegistry registry, Duration leakAfter, TimeSource time) {
		this.registry = registry;
		this.leakAfter = leakAfter;
		this.time = time;
	}

	@Override
	public void afterSingletonsInstantiated() {
		lookLater();
	}

	private void lookLater() {
		if (!this.stopped) {
			long pause = Math.max(SHORTEST_PAUSE, this.leakAfter.toNanos() / LOOKS_PER_LEAK);
			// The timer's own thread must not wait for a log.
			this.cancel = this.time.schedule(() -> CompletableFuture.runAsync(this::look), pause);
		}
	}

	private void look() {
		try {
			this.registry.concurrencyLimiters().forEach(this::look);
		}
		catch (RuntimeException ex) {
			logger.warn("Permits that are held too long could not be looked for", ex);
		}
		finally {
			lookLater();
		}
	}

	private void look(ConcurrencyLimiter bulkhead) {
		List<Holder> late = bulkhead.holders(MOST_LOOKED_AT)
			.stream()
			.filter((holder) -> holder.age().compareTo(this.leakAfter) >= 0)
			.toList();
		Set<Long> before = this.reported.getOrDefault(bulkhead.name(), Set.of());
		Set<Long> now = new HashSet<>();
		for (Holder holder : late) {
			now.add(holder.id());
			if (!before.contains(holder.id())) {
				logger.warn("Bulkhead '" + bulkhead.name() + "': a permit has been held for " + holder.age().toMillis()
						+ " ms; it was taken by " + holder.what() + " on thread '" + holder.thread() + "'"
						+ ((holder.trace() != null) ? " in trace " + holder.trace() : "") + " (limit=" + bulkhead.max()
						+ ", inUse=" + bulkhead.inUse() + ", waiting=" + bulkhead.waiting() + ")");
			}
		}
		this.reported.put(bulkhead.name(), now);
	}

	@Override
	public void destroy() {
		this.stopped = true;
		this.cancel.run();
	}

}
