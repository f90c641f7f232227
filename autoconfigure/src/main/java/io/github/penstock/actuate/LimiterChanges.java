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

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

import io.github.penstock.LimiterListener;
import io.github.penstock.TimeSource;
import io.github.penstock.VisibleText;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;

/**
 * Changes limiters at somebody's request, whole or not at all, for good or for a time,
 * and tells the listeners. Thread-safe.
 */
public final class LimiterChanges implements DisposableBean {

	private static final Log logger = LogFactory.getLog(LimiterChanges.class);

	private static final Duration LONGEST = Duration.ofDays(365);

	private final Reversions reversions;

	private final Iterable<LimiterChangeListener> listeners;

	private final Iterable<LimiterExchange> exchanges;

	/**
	 * Create the changes.
	 * @param time the time in which changes end
	 * @param listeners who hears of changes
	 * @param exchanges know what other instances change
	 */
	public LimiterChanges(TimeSource time, Iterable<LimiterChangeListener> listeners,
			Iterable<LimiterExchange> exchanges) {
		this.reversions = new Reversions(time);
		this.listeners = listeners;
		this.exchanges = exchanges;
	}

	/**
	 * Change values.
	 * @throws InvalidChangeException if one of them cannot be read, or there is none
	 * @throws io.github.penstock.InvalidLimitException if one of them is out of range
	 * @throws LostUpdateException if the version is not that of the values in force
	 */
	void change(AdjustableLimiter<?> limiter, Map<String, String> values, @Nullable String duration,
			@Nullable String version, @Nullable String principal) {
		if (values.isEmpty()) {
			throw new InvalidChangeException(
					"There is no value to change: write max, timeout, maxWaiting, enforce, maxKeys"
							+ ((limiter.kind() == LimiterKind.RATE_LIMIT) ? ", rps, limit, per, burst or sliding" : "")
							+ ".");
		}
		Duration holds = (duration != null) ? holds(duration) : null;
		boolean shared = limiter.limiter().sharedStatus() != null;
		if (shared && version != null) {
			this.exchanges.forEach(LimiterExchange::refresh);
		}
		List<String> names = new ArrayList<>();
		AdjustableLimiter.Changed changed = change(limiter, names, holds, () -> limiter.change(version, (before) -> {
			Map<String, @Nullable Object> parsed = limiter.parse(values, before);
			names.clear();
			names.addAll(parsed.keySet());
			return parsed;
		}));
		if (shared && version != null) {
			settle(limiter, version);
		}
		Instant until = Clock.systemUTC().instant().plus((holds != null) ? holds : Duration.ZERO);
		if (exchange(limiter) == null) {
			this.reversions.changed(limiter, changed, holds, until,
					(back) -> tell(LimiterChange.Cause.REVERTED, LimiterChange.Origin.ENDPOINT, limiter, back));
		}
		tell(LimiterChange.Cause.CHANGED, LimiterChange.Origin.ENDPOINT, limiter, changed,
				(holds != null) ? until : null, principal);
	}

	private AdjustableLimiter.Changed change(AdjustableLimiter<?> limiter, List<String> names, @Nullable Duration holds,
			Supplier<AdjustableLimiter.Changed> change) {
		LimiterExchange exchange = exchange(limiter);
		return (exchange != null) ? exchange.change(limiter.limiter(), names, holds, change) : change.get();
	}

	/** Who sees to it that changes end everywhere, {@code null} if that is done here. */
	private @Nullable LimiterExchange exchange(AdjustableLimiter<?> limiter) {
		if (limiter.limiter().sharedStatus() != null) {
			for (LimiterExchange exchange : this.exchanges) {
				if (exchange.isKnown(limiter.limiter())) {
					return exchange;
				}
			}
		}
		return null;
	}

	/** See to it that nobody has changed it elsewhere meanwhile. */
	private void settle(AdjustableLimiter<?> limiter, String version) {
		for (LimiterExchange exchange : this.exchanges) {
			if (!exchange.settle(limiter.limiter())) {
				throw new LostUpdateException(limiter.toString(), version, limiter.version());
			}
		}
	}

	private static Duration holds(String text) {
		Duration duration = DurationText.parsePeriod("for", text);
		if (duration.isNegative() || duration.isZero() || duration.compareTo(LONGEST) > 0) {
			throw new InvalidChangeException(
					"'for' must be more than 0 and at most 365 days: '" + VisibleText.of(text, 40) + "'.");
		}
		return duration;
	}

	/** Bring the configured values back. */
	void reset(AdjustableLimiter<?> limiter, @Nullable String principal) {
		List<String> all = List.copyOf(limiter.values().keySet());
		this.reversions.forget(limiter, all);
		LimiterExchange exchange = exchange(limiter);
		AdjustableLimiter.Changed changed = (exchange != null) ? exchange.reset(limiter.limiter(), limiter::reset)
				: limiter.reset();
		tell(LimiterChange.Cause.RESET, LimiterChange.Origin.ENDPOINT, limiter, changed, null, principal);
	}

	/** Tell of a change that was not made here. */
	void heard(AdjustableLimiter<?> limiter, LimiterListener.Change change) {
		Map<String, @Nullable Object> after = limiter.valuesOf(change.after());
		AdjustableLimiter.Changed changed = new AdjustableLimiter.Changed(limiter.valuesOf(change.before()), after,
				List.copyOf(after.keySet()));
		switch (change.cause()) {
			case CHANGED -> {
				LimiterExchange exchange = exchange(limiter);
				boolean ends = exchange != null && exchange.isEnding(limiter.limiter());
				tell(ends ? LimiterChange.Cause.REVERTED : LimiterChange.Cause.CHANGED,
						ends ? LimiterChange.Origin.ENDPOINT : LimiterChange.Origin.CODE, limiter, changed);
			}
			case RESET -> tell(LimiterChange.Cause.RESET, LimiterChange.Origin.CODE, limiter, changed);
			case CONFIGURED ->
				tell(LimiterChange.Cause.REFRESHED, LimiterChange.Origin.CONFIGURATION, limiter, changed);
		}
	}

	/** When a value that was changed for a time comes back, {@code null} for never. */
	@Nullable Instant until(AdjustableLimiter<?> limiter, String name) {
		LimiterExchange exchange = exchange(limiter);
		if (exchange == null) {
			return this.reversions.until(limiter, name);
		}
		Duration left = exchange.endsIn(limiter.limiter(), name);
		return (left != null) ? Clock.systemUTC().instant().plus(left).truncatedTo(ChronoUnit.SECONDS) : null;
	}

	private void tell(LimiterChange.Cause cause, LimiterChange.Origin origin, AdjustableLimiter<?> limiter,
			AdjustableLimiter.Changed changed) {
		tell(cause, origin, limiter, changed, null, null);
	}

	private void tell(LimiterChange.Cause cause, LimiterChange.Origin origin, AdjustableLimiter<?> limiter,
			AdjustableLimiter.Changed changed, @Nullable Instant until, @Nullable String principal) {
		Map<String, @Nullable Object> before = new LinkedHashMap<>();
		Map<String, @Nullable Object> after = new LinkedHashMap<>();
		changed.after().forEach((name, value) -> {
			if (!Objects.equals(value, changed.before().get(name))) {
				before.put(name, ValueText.of(name, changed.before().get(name)));
				after.put(name, ValueText.of(name, value));
			}
		});
		LimiterChange change = new LimiterChange(cause, origin, limiter.kind(), limiter.name(), before, after, until,
				principal);
		logger
			.info(limiter + " " + cause + ": " + before + " -> " + after + ((until != null) ? " until " + until : ""));
		for (LimiterChangeListener listener : this.listeners) {
			try {
				listener.changed(change);
			}
			catch (RuntimeException | LinkageError ex) {
				logger.warn("A listener failed on the change of " + limiter, ex);
			}
		}
	}

	@Override
	public void destroy() {
		this.reversions.cancelAll();
	}

}
