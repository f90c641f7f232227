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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import io.github.penstock.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * The changes that hold for a time, the oldest first, and what comes back when each of
 * them ends. Where a later change of the same value is still in force, that one goes on,
 * and will bring back what this one would have brought back. Thread-safe; no limiter is
 * touched while the lock is held.
 */
final class Reversions {

	private final List<Reversion> pending = new ArrayList<>();

	private final TimeSource time;

	Reversions(TimeSource time) {
		this.time = time;
	}

	/** A change was made: what it is about is in its hands from now on. */
	void changed(AdjustableLimiter<?> limiter, AdjustableLimiter.Changed changed, @Nullable Duration duration,
			Instant until, Consumer<AdjustableLimiter.Changed> reverted) {
		if (duration == null) {
			forget(limiter, changed.names());
			return;
		}
		Reversion reversion = new Reversion(limiter, until, this.time.nanoTime() + duration.toNanos(), reverted);
		for (String name : changed.names()) {
			Object before = changed.before().get(name);
			reversion.values.put(name, new Value(before, changed.after().get(name),
					Objects.equals(before, limiter.configuredValues().get(name))));
		}
		synchronized (this.pending) {
			this.pending.add(reversion);
		}
		reversion.cancel = this.time.schedule(() -> CompletableFuture.runAsync(() -> expire(reversion)),
				duration.toNanos());
	}

	/** The values of that name stay as they are. */
	void forget(AdjustableLimiter<?> limiter, List<String> names) {
		List<Runnable> cancelled = new ArrayList<>();
		synchronized (this.pending) {
			this.pending.removeIf((reversion) -> {
				if (reversion.limiter.limiter() == limiter.limiter()) {
					reversion.values.keySet().removeAll(names);
				}
				if (reversion.values.isEmpty()) {
					cancelled.add(reversion.cancel);
				}
				return reversion.values.isEmpty();
			});
		}
		cancelled.forEach(Runnable::run);
	}

	/** When the value of that name comes back, {@code null} for never. */
	@Nullable Instant until(AdjustableLimiter<?> limiter, String name) {
		Instant until = null;
		synchronized (this.pending) {
			for (Reversion reversion : this.pending) {
				if (reversion.limiter.limiter() == limiter.limiter() && reversion.values.containsKey(name)) {
					until = reversion.until;
				}
			}
		}
		return until;
	}

	/** End what is due by then, whichever thread comes first. */
	private void expire(Reversion last) {
		List<Reversion> due;
		synchronized (this.pending) {
			due = this.pending.stream()
				.filter((reversion) -> reversion.due - last.due <= 0)
				.sorted(Comparator.comparingLong((reversion) -> reversion.due - last.due))
				.toList();
		}
		due.forEach(this::end);
	}

	private void end(Reversion reversion) {
		Map<String, Value> due = new LinkedHashMap<>();
		synchronized (this.pending) {
			int index = this.pending.indexOf(reversion);
			if (index < 0) {
				return;
			}
			this.pending.remove(index);
			reversion.values.forEach((name, value) -> {
				if (!handOn(name, value, reversion, index)) {
					due.put(name, value);
				}
			});
		}
		AdjustableLimiter.Changed changed = reversion.limiter.change(null,
				(current) -> revert(reversion.limiter, current, due));
		if (!changed.names().isEmpty()) {
			reversion.reverted.accept(changed);
		}
	}

	private boolean handOn(String name, Value value, Reversion expired, int from) {
		for (Reversion later : this.pending.subList(from, this.pending.size())) {
			Value over = later.values.get(name);
			if (later.limiter.limiter() == expired.limiter.limiter() && over != null
					&& Objects.equals(over.before(), value.set())) {
				later.values.put(name, new Value(value.before(), over.set(), value.configured()));
				return true;
			}
		}
		return false;
	}

	/** Values that somebody else has changed since are left alone. */
	private static Map<String, @Nullable Object> revert(AdjustableLimiter<?> limiter,
			Map<String, @Nullable Object> current, Map<String, Value> due) {
		Map<String, @Nullable Object> reverted = new LinkedHashMap<>();
		due.forEach((name, value) -> {
			if (Objects.equals(current.get(name), value.set())) {
				reverted.put(name, (value.configured()) ? limiter.configuredValues().get(name) : value.before());
			}
		});
		return reverted;
	}

	/** Nothing comes back any more. */
	void cancelAll() {
		List<Reversion> cancelled;
		synchronized (this.pending) {
			cancelled = List.copyOf(this.pending);
			this.pending.clear();
		}
		for (Reversion reversion : cancelled) {
			reversion.cancel.run();
		}
	}

	/**
	 * A value of before, and the one that holds for a time. If it was the configured one,
	 * what comes back is the one that is configured by then.
	 */
	private record Value(@Nullable Object before, @Nullable Object set, boolean configured) {
	}

	/** One change that ends. */
	private static final class Reversion {

		private static final Runnable NOTHING = () -> {
		};

		private final AdjustableLimiter<?> limiter;

		private final Instant until;

		/** The same in the time of the limiters, which nobody sets back. */
		private final long due;

		private final Consumer<AdjustableLimiter.Changed> reverted;

		private final Map<String, Value> values = new LinkedHashMap<>();

		private volatile Runnable cancel = NOTHING;

		private Reversion(AdjustableLimiter<?> limiter, Instant until, long due,
				Consumer<AdjustableLimiter.Changed> reverted) {
			this.limiter = limiter;
			this.until = until;
			this.due = due;
			this.reverted = reverted;
		}

	}

}
