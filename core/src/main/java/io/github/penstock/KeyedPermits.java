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

package io.github.penstock;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * The keys of a concurrency limiter: one rule and many supplies.
 * <p>
 * A key has {@link KeyPermits}, which are a word or two, as long as nobody waits and only
 * scopes of threads hold its permits. When somebody wants more than that, a
 * {@link KeyLine} takes their place, which is a {@link SemaphoreLimiter} of the key's own
 * with the same number for the scopes. A key whose permits are all there, and for which
 * nobody waits, is forgotten.
 */
final class KeyedPermits {

	private final SemaphoreLimiter limiter;

	private final LimiterCounters counters;

	private final KeyTable table;

	private final LongAdder overflowed = new LongAdder();

	/** What keys share that are not known, when there is no room for them. */
	private final AtomicReference<@Nullable KeyLine<SemaphoreLimiter>> overflow = new AtomicReference<>();

	private final KeyMax own;

	private final Map<String, KeyMax> byPlan = new ConcurrentHashMap<>();

	KeyedPermits(SemaphoreLimiter limiter) {
		this.limiter = limiter;
		this.counters = limiter.counters;
		this.table = new KeyTable(limiter.time);
		this.own = new KeyMax(limiter, null);
	}

	private KeyMax max(@Nullable String plan) {
		if (plan == null) {
			return this.own;
		}
		KeyMax max = this.byPlan.get(plan);
		if (max == null && this.limiter.spec().plans().containsKey(plan)) {
			max = this.byPlan.computeIfAbsent(plan, (name) -> new KeyMax(this.limiter, name));
		}
		if (max == null) {
			this.counters.listeners().planUnknown(plan);
			return this.own;
		}
		return max;
	}

	/** Enter a scope of the current thread, or have it wait or refused. */
	Object enter(Object key, @Nullable String plan, @Nullable UnaryOperator<Duration> timeout) {
		StackRoom.touch();
		if (this.table.get(key) instanceof KeyPermits permits && permits.max() == max(plan)) {
			long[] open = Scopes.current();
			if (open[0] == 0 && permits.tryTake() == KeyPermits.TAKEN) {
				open[0] = permits.number;
				open[1] = SemaphoreLimiter.TAKEN;
				return permits;
			}
		}
		return enterLater(key, plan, timeout);
	}

	private Object enterLater(Object key, @Nullable String plan, @Nullable UnaryOperator<Duration> timeout) {
		while (true) {
			KeyMax max = max(plan);
			KeySupply supply = supply(key, max);
			Object entry;
			if (supply instanceof KeyPermits permits) {
				entry = enter(key, permits, timeout);
			}
			else {
				entry = enter(key, supply, max, timeout);
			}
			if (entry != null) {
				return entry;
			}
		}
	}

	private @Nullable Object enter(Object key, KeySupply supply, KeyMax max,
			@Nullable UnaryOperator<Duration> timeout) {
		KeyLine<SemaphoreLimiter> line = use(key, supply, max);
		if (line == null) {
			return null;
		}
		try {
			Object entry = line.limiter.enter(timeout);
			return (entry != SemaphoreLimiter.NESTED) ? entry(line.limiter, entry) : entry;
		}
		finally {
			line.leave();
		}
	}

	private static LineEntry entry(SemaphoreLimiter limiter, Object entry) {
		try {
			return new LineEntry(limiter, entry);
		}
		catch (Throwable ex) {
			limiter.exit(entry);
			throw ex;
		}
	}

	/** Let a call in or refuse it; {@code null} if the key has something else now. */
	private @Nullable Object enter(Object key, KeyPermits permits, @Nullable UnaryOperator<Duration> timeout) {
		if (Scopes.last(permits.number) >= 0) {
			return SemaphoreLimiter.NESTED;
		}
		int taken = permits.tryTake();
		if (taken == KeyPermits.TAKEN) {
			return push(permits);
		}
		if (taken == KeyPermits.OUTDATED) {
			renew(key, permits);
			return null;
		}
		ConcurrencyLimiterSpec spec = permits.max().spec();
		long timeoutNanos = (spec.max() == 0) ? 0
				: Durations.toNanosSaturated(LineLimiter.timeout(this.limiter.spec(), timeout));
		RefusalReason refusal = refusal(spec, timeoutNanos);
		if (spec.enforce() != LimiterSpec.ENFORCED && !this.counters.isEnforced(spec.enforce())) {
			return letIn(key, permits, spec, timeoutNanos, refusal);
		}
		if (refusal == null && this.limiter.line.isClosed()) {
			refusal = RefusalReason.SHUT_DOWN;
		}
		if (refusal != null) {
			permits.countRefused();
			this.counters.refused(refusal);
			throw new BulkheadFullException(this.limiter.name(), refusal,
					this.counters.expectedWaitNanos(spec.max(), 0), spec.max(), permits.inUse(), 0, 0,
					Scopes.describe(), key);
		}
		renew(key, permits);
		return null;
	}

	private static @Nullable RefusalReason refusal(ConcurrencyLimiterSpec spec, long timeoutNanos) {
		if (timeoutNanos <= 0) {
			return (spec.max() == 0) ? RefusalReason.CLOSED : RefusalReason.FULL;
		}
		return (spec.maxWaiting() == 0) ? RefusalReason.LINE_FULL : null;
	}

	private static Object push(KeyPermits permits) {
		try {
			Scopes.push(permits.number, SemaphoreLimiter.TAKEN);
			return permits;
		}
		catch (Throwable ex) {
			permits.giveBack();
			throw ex;
		}
	}

	/** Let a call in for which the limit does not hold. */
	private @Nullable Object letIn(Object key, KeyPermits permits, ConcurrencyLimiterSpec spec, long timeoutNanos,
			@Nullable RefusalReason refused) {
		int ahead = Math.max(0, permits.inUse() - spec.max());
		RefusalReason refusal = refused;
		if (refusal == null && ahead >= spec.maxWaiting()) {
			refusal = RefusalReason.LINE_FULL;
		}
		if (refusal == null && this.counters.expectedWaitNanos(spec.max(), ahead) > timeoutNanos) {
			refusal = RefusalReason.TIMED_OUT;
		}
		if (refusal != null) {
			this.counters.wouldRefuse(refusal);
			return SemaphoreLimiter.NESTED;
		}
		if (permits.takeBeyond()) {
			return push(permits);
		}
		renew(key, permits);
		return null;
	}

	/** The limiter of a key, for what takes more than a scope; to be left after use. */
	KeyLine<SemaphoreLimiter> line(Object key, @Nullable String plan) {
		while (true) {
			KeyMax max = max(plan);
			KeySupply supply = supply(key, max);
			if (supply instanceof KeyPermits permits) {
				renew(key, permits);
			}
			else {
				KeyLine<SemaphoreLimiter> line = use(key, supply, max);
				if (line != null) {
					return line;
				}
			}
		}
	}

	/** What a key has, with as many permits as this says. */
	private KeySupply supply(Object key, KeyMax max) {
		KeySupply supply = this.table.get(key);
		if (supply == null) {
			supply = this.table.add(key, newSupply(key, max), this.limiter.spec().maxKeys());
			if (supply == null) {
				this.overflowed.increment();
				this.counters.listeners().keysExhausted(this.limiter.spec().maxKeys());
				return overflow();
			}
		}
		if (supply instanceof KeyPermits permits) {
			permits.max(max);
		}
		return supply;
	}

	private KeySupply newSupply(Object key, KeyMax max) {
		long number = LimiterNumbers.ofKey(this.limiter.number());
		if (!this.limiter.isShared()) {
			return new KeyPermits(number, max);
		}
		KeyLine<SemaphoreLimiter> line = new KeyLine<>(
				new SemaphoreLimiter(this.limiter.identity().of(key), max.spec(), number), null);
		line.max = max;
		return line;
	}

	/** An outage of the store has begun or ended. */
	@SuppressWarnings("unchecked")
	void outageChanged() {
		this.table.forEachSoon((key, supply) -> {
			if (supply instanceof KeyLine<?> line) {
				((KeyLine<SemaphoreLimiter>) line).limiter.ofKeyOutageChanged();
			}
		});
		KeyLine<SemaphoreLimiter> overflow = this.overflow.get();
		if (overflow != null) {
			overflow.limiter.ofKeyOutageChanged();
		}
	}

	private KeyLine<SemaphoreLimiter> overflow() {
		KeyLine<SemaphoreLimiter> overflow = this.overflow.get();
		if (overflow == null) {
			KeyLine<SemaphoreLimiter> made = new KeyLine<>(
					new SemaphoreLimiter(this.limiter.identity().of(LimiterStore.OtherKeys.TOGETHER), this.own.spec(),
							LimiterNumbers.ofKey(this.limiter.number())),
					null);
			made.max = this.own;
			this.overflow.compareAndSet(null, made);
			overflow = Objects.requireNonNull(this.overflow.get());
		}
		return overflow;
	}

	/** Put a line in the place of permits, or forget them. */
	private void renew(Object key, KeyPermits permits) {
		KeyMax max = permits.max();
		KeyLine<SemaphoreLimiter> line = null;
		if (!permits.isRetired()) {
			KeyLine<SemaphoreLimiter> made = new KeyLine<>(
					new SemaphoreLimiter(this.limiter.identity().of(key), max.spec(), permits.number), permits);
			made.max = max;
			line = permits.replaceBy(made);
		}
		if (line != null) {
			this.table.replace(key, permits, line);
		}
		else {
			this.table.remove(key, permits);
		}
	}

	/** Begin to use a line; {@code null} if it is of no use any more. */
	@SuppressWarnings("unchecked")
	private @Nullable KeyLine<SemaphoreLimiter> use(Object key, KeySupply supply, KeyMax max) {
		KeyLine<SemaphoreLimiter> line = (KeyLine<SemaphoreLimiter>) supply;
		if (!line.use()) {
			this.table.remove(key, line);
			return null;
		}
		if (line != this.overflow.get()) {
			line.max = max;
		}
		bringToLatest(line);
		line.limiter.catchUpOnOutage();
		if (this.limiter.line.isClosed()) {
			line.limiter.shutdown();
		}
		return line;
	}

	private static void bringToLatest(KeyLine<SemaphoreLimiter> line) {
		KeyMax max = line.max;
		// Until nothing has changed meanwhile: whoever writes last, what he wrote is
		// right.
		for (boolean again = true; again && max != null; max = line.max) {
			ConcurrencyLimiterSpec before = line.limiter.spec();
			ConcurrencyLimiterSpec spec = max.spec();
			if (before != spec) {
				line.limiter.adopt(before, spec);
			}
			again = line.max != max || max.spec() != line.limiter.spec();
		}
	}

	/** Have the limiter's values, which have changed, in force for all keys. */
	@SuppressWarnings("unchecked")
	void adopt() {
		this.table.forEach((key, supply) -> {
			if (supply instanceof KeyPermits permits) {
				permits.changed();
			}
			else {
				bringAtOnce((KeyLine<SemaphoreLimiter>) supply);
			}
		});
		KeyLine<SemaphoreLimiter> overflow = this.overflow.get();
		if (overflow != null) {
			bringAtOnce(overflow);
		}
	}

	/** The same if somebody else is about to, who may not have come to the end of it. */
	private static void bringAtOnce(KeyLine<SemaphoreLimiter> line) {
		bringToLatest(line);
		line.limiter.putInForce();
	}

	/** What a key has, or shares for want of room. */
	private @Nullable KeySupply supplyNow(Object key) {
		KeySupply supply = this.table.get(key);
		return (supply == null && this.table.size() >= this.limiter.spec().maxKeys()) ? this.overflow.get() : supply;
	}

	boolean isHeldByCurrentThread(Object key) {
		KeySupply supply = supplyNow(key);
		if (supply instanceof KeyLine<?> line) {
			return ((SemaphoreLimiter) line.limiter).isHeldByCurrentThread();
		}
		return supply instanceof KeyPermits permits && Scopes.last(permits.number) >= 0;
	}

	int inUse(Object key) {
		KeySupply supply = supplyNow(key);
		if (supply instanceof KeyLine<?> line) {
			return ((SemaphoreLimiter) line.limiter).inUse();
		}
		return (supply instanceof KeyPermits permits) ? permits.inUse() : 0;
	}

	int waiting(Object key) {
		return (supplyNow(key) instanceof KeyLine<?> line) ? line.limiter.waiting() : 0;
	}

	int waiting() {
		int[] waiting = new int[1];
		this.table.forEachLine((line) -> waiting[0] += line.limiter.waiting());
		KeyLine<SemaphoreLimiter> overflow = this.overflow.get();
		return waiting[0] + ((overflow != null) ? overflow.limiter.waiting() : 0);
	}

	void shutdown() {
		this.table.forEachLine((line) -> line.limiter.shutdown());
		KeyLine<SemaphoreLimiter> overflow = this.overflow.get();
		if (overflow != null) {
			overflow.limiter.shutdown();
		}
	}

	long granted() {
		KeyLine<SemaphoreLimiter> overflow = this.overflow.get();
		return this.table.granted() + ((overflow != null) ? overflow.granted() : 0);
	}

	LimiterKeys keys(int most) {
		return this.table.keys(most, this.overflowed.sum());
	}

	/**
	 * What a call has entered that came through a line.
	 *
	 * @param limiter the limiter of its key
	 * @param entry what that returned
	 */
	record LineEntry(SemaphoreLimiter limiter, Object entry) {

		void exit() {
			this.limiter.exit(this.entry);
		}

	}

}
