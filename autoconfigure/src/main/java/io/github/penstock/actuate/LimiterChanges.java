package io.github.penstock.actuate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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

	/**
	 * Create the changes.
	 * @param time the time in which changes end
	 * @param listeners who hears of changes
	 */
	public LimiterChanges(TimeSource time, Iterable<LimiterChangeListener> listeners) {
		this.reversions = new Reversions(time);
		this.listeners = listeners;
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
		AdjustableLimiter.Changed changed = limiter.change(version, (before) -> limiter.parse(values, before));
		Instant until = Clock.systemUTC().instant().plus((holds != null) ? holds : Duration.ZERO);
		this.reversions.changed(limiter, changed, holds, until,
				(back) -> tell(LimiterChange.Cause.REVERTED, LimiterChange.Origin.ENDPOINT, limiter, back));
		tell(LimiterChange.Cause.CHANGED, LimiterChange.Origin.ENDPOINT, limiter, changed,
				(holds != null) ? until : null, principal);
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
		this.reversions.forget(limiter, List.copyOf(limiter.values().keySet()));
		tell(LimiterChange.Cause.RESET, LimiterChange.Origin.ENDPOINT, limiter, limiter.reset(), null, principal);
	}

	/** Tell of a change that was not made here. */
	void heard(AdjustableLimiter<?> limiter, LimiterListener.Change change) {
		Map<String, @Nullable Object> after = limiter.valuesOf(change.after());
		AdjustableLimiter.Changed changed = new AdjustableLimiter.Changed(limiter.valuesOf(change.before()), after,
				List.copyOf(after.keySet()));
		switch (change.cause()) {
			case CHANGED -> tell(LimiterChange.Cause.CHANGED, LimiterChange.Origin.CODE, limiter, changed);
			case RESET -> tell(LimiterChange.Cause.RESET, LimiterChange.Origin.CODE, limiter, changed);
			case CONFIGURED ->
				tell(LimiterChange.Cause.REFRESHED, LimiterChange.Origin.CONFIGURATION, limiter, changed);
		}
	}

	/** When a value that was changed for a time comes back, {@code null} for never. */
	@Nullable Instant until(AdjustableLimiter<?> limiter, String name) {
		return this.reversions.until(limiter, name);
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
