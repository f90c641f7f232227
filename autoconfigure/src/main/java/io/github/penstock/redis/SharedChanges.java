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

package io.github.penstock.redis;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.penstock.Limiter;
import io.github.penstock.LimiterRegistry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Has what is changed at run time on one instance changed on all.
 * <p>
 * Each change has a version, which Redis gives it if nobody was faster: of two that are
 * made at the same time, one is put down, and who made the other one hears that and goes
 * by the first. All hear of it by a message, and ask in any case once a second. Redis
 * keeps the values for as long as an instance is there that asks, and what it has lost is
 * put down anew.
 * <p>
 * When a change for a time ends is part of it: whoever asks first after that has Redis
 * put the values of later in force. While Redis does not answer, each instance does so
 * for itself.
 */
public final class SharedChanges implements SmartInitializingSingleton, DisposableBean {

	private static final Log logger = LogFactory.getLog(SharedChanges.class);

	private static final LuaScript CHANGES = LuaScript.load("changes.lua");

	private static final long POLL_MILLIS = 1_000;

	/** A restart of all instances, one after the other, does not take that long. */
	static final String KEPT_MILLIS = String.valueOf(TimeUnit.MINUTES.toMillis(10));

	private final Map<String, SharedLimiter> limiters = new ConcurrentHashMap<>();

	/** One thread, so that what was put down later is put in force later. */
	private final ScheduledExecutorService executor = Timers.create("penstock-redis-changes");

	/** What the current thread changes, where more is known of it than its values. */
	private final ThreadLocal<SharedLimiter.@Nullable Intent> intent = new ThreadLocal<>();

	private final RedisLimiterStore store;

	private final LimiterRegistry registry;

	/**
	 * Create the changes.
	 * @param store where they are
	 * @param registry the limiters
	 */
	public SharedChanges(RedisLimiterStore store, LimiterRegistry registry) {
		this.store = store;
		this.registry = registry;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.registry.forEachLimiter((limiter) -> {
			if (limiter.sharedStatus() != null) {
				add(limiter);
			}
		});
	}

	private void add(Limiter limiter) {
		SharedLimiter shared = new SharedLimiter(limiter, this.store, this.executor, this.intent::get);
		boolean first = this.limiters.isEmpty();
		this.limiters.put(shared.name(), shared);
		limiter.listen(shared);
		if (first) {
			this.store.listen(this.store.names().changes(), (message) -> pull());
			this.store.every(this::pull, POLL_MILLIS);
			Timers.every(this.executor, this::endByOurselves, POLL_MILLIS);
		}
		pull();
	}

	/** Ask what has changed, and go by it. Does not wait for the answer. */
	private CompletionStage<?> pull() {
		String changes = this.store.names().changes();
		return this.store.ask(changes, CHANGES, Function.identity(), KEPT_MILLIS, changes)
			.thenAcceptAsync(this::goByAll, this.executor);
	}

	private void goByAll(List<Object> changes) {
		Set<String> unknown = new HashSet<>(this.limiters.keySet());
		for (int at = 0; at + 1 < changes.size(); at += 2) {
			SharedLimiter shared = this.limiters.get((String) changes.get(at));
			if (shared != null) {
				String entry = (String) changes.get(at + 1);
				int space = entry.indexOf(' ');
				long version = Long.parseLong(entry.substring(0, space));
				shared.goBy(version, entry.substring(space + 1));
				if (version >= shared.version()) {
					unknown.remove(shared.name());
				}
			}
		}
		unknown.stream().map(this.limiters::get).forEach(SharedLimiter::tellAnew);
	}

	private void endByOurselves() {
		if (!this.store.isUp()) {
			this.limiters.values().forEach(SharedLimiter::endByOurselves);
		}
	}

	/**
	 * Make a change of which more is known than the values before and after.
	 * @param <T> what the change returns
	 * @param limiter what is changed
	 * @param names the values that are meant, also those that stay the same; read when
	 * the change is made
	 * @param holds how long it holds, {@code null} for good
	 * @param change makes it
	 * @return what the change has returned
	 */
	public <T> T change(Limiter limiter, Collection<String> names, @Nullable Duration holds, Supplier<T> change) {
		SharedLimiter shared = this.limiters.get(SharedLimiter.name(limiter));
		if (shared == null) {
			return change.get();
		}
		SharedLimiter.Intent intent = new SharedLimiter.Intent(limiter, names,
				(holds != null) ? Long.valueOf(System.nanoTime() + holds.toNanos()) : null);
		this.intent.set(intent);
		try {
			T changed = change.get();
			if (!intent.isTold()) {
				if (holds != null || !shared.schedule().steps().isEmpty()) {
					shared.changed(intent, ChangedValues.spec(limiter));
				}
				else {
					shared.unchanged();
				}
			}
			return changed;
		}
		finally {
			this.intent.remove();
		}
	}

	/**
	 * Bring the configured values back on each instance, also if none is changed here.
	 * @param <T> what the reset returns
	 * @param limiter what is reset
	 * @param reset resets it here
	 * @return what the reset has returned
	 */
	public <T> T reset(Limiter limiter, Supplier<T> reset) {
		SharedLimiter shared = this.limiters.get(SharedLimiter.name(limiter));
		if (shared == null) {
			return reset.get();
		}
		SharedLimiter.Intent intent = SharedLimiter.Intent.reset(limiter);
		this.intent.set(intent);
		try {
			T done = reset.get();
			if (!intent.isTold()) {
				shared.reset();
			}
			return done;
		}
		finally {
			this.intent.remove();
		}
	}

	/**
	 * Whether changes of a limiter are told to others.
	 * @param limiter any limiter
	 * @return whether they are
	 */
	public boolean isKnown(Limiter limiter) {
		return this.limiters.containsKey(SharedLimiter.name(limiter));
	}

	/**
	 * When a value comes back that was changed for a time, wherever it was changed.
	 * @param limiter what was changed
	 * @param value the name of the value
	 * @return how long that takes from now on, {@code null} for ever
	 */
	public @Nullable Duration endsIn(Limiter limiter, String value) {
		SharedLimiter shared = this.limiters.get(SharedLimiter.name(limiter));
		Long end = (shared != null) ? shared.schedule().end(value, ChangedValues.of(ChangedValues.configured(limiter)))
				: null;
		return (end != null) ? Duration.ofNanos(Math.max(0, end - System.nanoTime())) : null;
	}

	/**
	 * Whether the current thread puts values in force that come back after a time.
	 * @param limiter what is changed
	 * @return whether it does so now
	 */
	public boolean isEnding(Limiter limiter) {
		SharedLimiter shared = this.limiters.get(SharedLimiter.name(limiter));
		return shared != null && shared.isEnding();
	}

	/**
	 * Have what other instances have changed in force here. Blocks for as long as Redis
	 * may take to answer.
	 */
	public void refresh() {
		if (!this.limiters.isEmpty()) {
			await(pull());
		}
	}

	/**
	 * Wait until a change that was made here is known to all. Blocks for as long as Redis
	 * may take to answer.
	 * @param limiter what was changed
	 * @return false if another instance was faster, whose values are in force now
	 */
	public boolean settle(Limiter limiter) {
		SharedLimiter shared = this.limiters.get(SharedLimiter.name(limiter));
		return shared == null || !Boolean.FALSE.equals(await(shared.told()));
	}

	private <T> @Nullable T await(CompletionStage<T> answer) {
		try {
			return answer.toCompletableFuture()
				.completeOnTimeout(null, this.store.budget().toMillis() * 2, TimeUnit.MILLISECONDS)
				.join();
		}
		catch (CompletionException ex) {
			logger.debug("Redis did not answer", ex);
			return null;
		}
	}

	@Override
	public void destroy() {
		this.executor.shutdown();
	}

}
