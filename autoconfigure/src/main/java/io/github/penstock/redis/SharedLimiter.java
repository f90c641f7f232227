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

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Limiter;
import io.github.penstock.LimiterListener;
import io.github.penstock.LimiterSpec;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A limiter and what Redis has of its values: tells what is changed here, and goes by
 * what others have changed.
 */
final class SharedLimiter implements LimiterListener {

	private static final Log logger = LogFactory.getLog(SharedChanges.class);

	private static final LuaScript CHANGE = LuaScript.load("change.lua");

	/** Nothing new: tell what is in force. */
	private static final Doing NOTHING = new Doing(UnaryOperator.identity(), null);

	private final Limiter limiter;

	private final String name;

	private final RedisLimiterStore store;

	private final Executor executor;

	/** What more is known of what the current thread changes. */
	private final Supplier<@Nullable Intent> intent;

	/** Whether the last change that was made here is in force everywhere. */
	private final AtomicReference<CompletableFuture<Boolean>> told = new AtomicReference<>(
			CompletableFuture.completedFuture(true));

	/** Of what is in force here; written under the lock of this. */
	private volatile long version;

	/** What is in force here and for how long; written under the lock of this. */
	private volatile ValueSchedule schedule = ValueSchedule.CONFIGURED;

	/** What Redis has, as far as is known here; under the lock of this. */
	private ValueSchedule known = ValueSchedule.CONFIGURED;

	/**
	 * What was done here on top of that, and Redis has not taken yet; under that lock.
	 */
	private final Set<Doing> untold = new LinkedHashSet<>();

	/** What was done after that and waits to be told; under that lock. */
	private final Set<Doing> waiting = new LinkedHashSet<>();

	/** The thread that goes by what others have changed. */
	private volatile @Nullable Thread adopting;

	/** Whether that is what comes back after a time. */
	private volatile boolean ending;

	/** Whether it was said that what Redis has cannot be read. */
	private volatile boolean unreadable;

	SharedLimiter(Limiter limiter, RedisLimiterStore store, Executor executor, Supplier<@Nullable Intent> intent) {
		this.limiter = limiter;
		this.name = name(limiter);
		this.store = store;
		this.executor = executor;
		this.intent = intent;
	}

	/** What it is called in Redis. */
	static String name(Limiter limiter) {
		return ((limiter instanceof ConcurrencyLimiter) ? "bulkhead:" : "rate-limit:") + limiter.name();
	}

	String name() {
		return this.name;
	}

	long version() {
		return this.version;
	}

	ValueSchedule schedule() {
		return this.schedule;
	}

	/** Whether the last change that was made here is in force everywhere. */
	CompletionStage<Boolean> told() {
		return this.told.get();
	}

	/** Take note of a change of which there is nothing to tell: none that was lost. */
	void unchanged() {
		this.told.updateAndGet(
				(last) -> Boolean.FALSE.equals(last.getNow(null)) ? CompletableFuture.completedFuture(true) : last);
	}

	/** Whether the current thread puts values in force that come back after a time. */
	boolean isEnding() {
		return this.ending && Thread.currentThread() == this.adopting;
	}

	@Override
	public void changed(Change change) {
		if (Thread.currentThread() == this.adopting || change.cause() == Cause.CONFIGURED) {
			return;
		}
		Intent intent = this.intent.get();
		if (intent != null && intent.limiter == this.limiter && intent.reset) {
			intent.told = true;
			reset();
		}
		else if (change.cause() == Cause.RESET) {
			reset();
		}
		else if (intent != null && intent.limiter == this.limiter) {
			changed(intent, change.after());
		}
		else {
			changed(new Intent(this.limiter, different(change), null), change.after());
		}
	}

	/** Have each instance go by what it has configured. */
	void reset() {
		tell(new Doing((schedule) -> ValueSchedule.CONFIGURED, null));
	}

	private static Collection<String> different(Change change) {
		Map<String, String> before = ChangedValues.of(change.before());
		Map<String, String> after = ChangedValues.of(change.after());
		return Stream.concat(before.keySet().stream(), after.keySet().stream())
			.filter((name) -> !Objects.equals(before.get(name), after.get(name)))
			.toList();
	}

	void changed(Intent intent, LimiterSpec after) {
		intent.told = true;
		List<String> names = List.copyOf(intent.names);
		Map<String, String> own = ChangedValues.of(ChangedValues.configured(this.limiter));
		Map<String, String> now = ChangedValues.of(after);
		tell(new Doing((schedule) -> schedule.changedOnTop(names, now, intent.end, own), intent.end));
	}

	/**
	 * One after the other: each is tied to the version that the one before has got.
	 */
	private void tell(Doing change) {
		add(change);
		CompletableFuture<Boolean> told = new CompletableFuture<>();
		this.told.getAndSet(told).whenComplete((first, failure) -> tell(draft(change), told));
	}

	private synchronized void add(Doing change) {
		this.waiting.add(change);
		this.schedule = change.on(this.schedule);
	}

	private synchronized Draft draft(Doing change) {
		this.waiting.remove(change);
		this.untold.add(change);
		this.schedule = change.on(this.schedule);
		return new Draft(this.version, this.schedule, List.copyOf(this.untold));
	}

	private void tell(Draft draft, CompletableFuture<Boolean> told) {
		String changes = this.store.names().changes();
		this.store
			.ask(changes, CHANGE, Function.identity(), this.name, String.valueOf(draft.version),
					draft.schedule.write(System.nanoTime()), SharedChanges.KEPT_MILLIS, changes)
			.thenAcceptAsync((answer) -> goByAnswer(answer, draft, told), this.executor)
			.whenComplete((done, failure) -> {
				if (failure != null) {
					this.store.whenAvailable(() -> tellAgain(told));
					// Not by this thread, which may have thousands to tell in a row.
					told.completeAsync(() -> true, this.executor);
				}
			});
	}

	/** What Redis was not there to hear, unless it was changed since. */
	private void tellAgain(CompletableFuture<Boolean> told) {
		if (isUntold() && told == this.told.get()) {
			tell(NOTHING);
		}
	}

	private synchronized boolean isUntold() {
		return !this.untold.isEmpty();
	}

	/** What Redis has known and does not know any more. */
	void tellAnew() {
		if (this.version > 0 && this.told.get().isDone()) {
			tell(NOTHING);
		}
	}

	private void goByAnswer(List<Object> answer, Draft draft, CompletableFuture<Boolean> told) {
		boolean first = (Long) answer.get(0) == 1;
		long version = (Long) answer.get(1);
		// Of a later change, which is on its way, nothing is undone here.
		boolean last = told == this.told.get();
		if (first) {
			hasTaken(draft, version);
			// What others had changed just before may have come into force after it.
			if (last && !ChangedValues.areInForce(draft.schedule.values(), this.limiter)) {
				putInForce(draft.schedule, false);
			}
			told.complete(true);
			return;
		}
		ValueSchedule others = read((String) answer.get(2));
		if (others != null) {
			goBy(version, others, last);
		}
		if (others != null && isUntold(draft)) {
			tell(draft(NOTHING), told);
		}
		else {
			told.complete(false);
		}
	}

	private synchronized void hasTaken(Draft draft, long version) {
		if (version > this.version) {
			this.version = version;
			this.known = draft.schedule;
		}
		draft.changes.forEach(this.untold::remove);
	}

	private synchronized boolean isUntold(Draft draft) {
		return draft.changes.stream().anyMatch(this.untold::contains);
	}

	/** Go by what another instance has put down, if that is news. */
	void goBy(long version, String values) {
		ValueSchedule others = read(values);
		if (others != null && goBy(version, others, false) && this.told.get().isDone()) {
			tell(NOTHING);
		}
	}

	private @Nullable ValueSchedule read(String values) {
		try {
			ValueSchedule read = ValueSchedule.read(values, System.nanoTime());
			this.unreadable = false;
			return read;
		}
		catch (RuntimeException ex) {
			// Once, and not each time that they are asked for.
			if (!this.unreadable) {
				this.unreadable = true;
				logger.warn("What Redis has of " + this.limiter.name() + " cannot be read, perhaps as an instance with"
						+ " another version has changed it; what is in force here stays: [" + values + "]", ex);
			}
			return null;
		}
	}

	/** Whether something that was done here is to be told on top of it. */
	private boolean goBy(long version, ValueSchedule others, boolean again) {
		ValueSchedule schedule;
		boolean ending;
		boolean untold;
		List<String> lost = new ArrayList<>();
		synchronized (this) {
			ValueSchedule here = this.schedule;
			if (!(again && version == this.version) && !isNews(version, others)) {
				return false;
			}
			this.version = version;
			schedule = on(merge(others, lost::add), this.waiting);
			this.schedule = schedule;
			untold = !this.untold.isEmpty();
			ending = untold || others.follows(here);
		}
		lost.forEach(logger::warn);
		putInForce(schedule, ending);
		return untold;
	}

	private boolean isNews(long version, ValueSchedule others) {
		if (version != this.version) {
			return version > this.version;
		}
		if (!this.untold.isEmpty() || !this.told.get().isDone()) {
			return false;
		}
		if (this.schedule.values().equals(others.values())) {
			// Its times are those of Redis.
			this.schedule = others;
			return false;
		}
		// If a failover has lost a change, and another one has got its version.
		return !this.schedule.follows(others);
	}

	/**
	 * What was done here and not told, on top of what others say if nobody was faster.
	 * @param lost hears what was done here for nothing
	 */
	private ValueSchedule merge(ValueSchedule others, Consumer<String> lost) {
		boolean faster = isOfSomebodyElse(others);
		this.known = others;
		this.untold.removeIf((change) -> change.hasEnded(System.nanoTime()));
		ValueSchedule merged = on(others, this.untold);
		if (faster && !resolved(merged).equals(resolved(others))) {
			lost.accept(this.limiter.name() + " was changed here to [" + different(merged, others)
					+ "] while another instance changed it, and has [" + different(others, merged)
					+ "], which is in force now");
		}
		if (faster || merged.isLike(others)) {
			this.untold.clear();
			return others;
		}
		return merged;
	}

	private static ValueSchedule on(ValueSchedule schedule, Collection<Doing> changes) {
		ValueSchedule changed = schedule;
		for (Doing change : changes) {
			changed = change.on(changed);
		}
		return changed;
	}

	/**
	 * Whether neither an end that has come nor what was done here explains what Redis
	 * has: its answer may have been lost.
	 */
	private boolean isOfSomebodyElse(ValueSchedule others) {
		ValueSchedule here = this.known;
		if (others.isLike(here) || others.follows(here)) {
			return false;
		}
		List<Doing> taken = new ArrayList<>();
		for (Doing change : this.untold) {
			here = change.on(here);
			taken.add(change);
			if (others.isLike(here) || others.follows(here)) {
				taken.forEach(this.untold::remove);
				return false;
			}
		}
		return true;
	}

	private String different(ValueSchedule schedule, ValueSchedule from) {
		Map<String, String> different = resolved(schedule);
		different.entrySet().removeAll(resolved(from).entrySet());
		return ChangedValues.write(different);
	}

	private Map<String, String> resolved(ValueSchedule schedule) {
		return ChangedValues.resolved(schedule.values(), ChangedValues.of(ChangedValues.configured(this.limiter)));
	}

	/** What has ended while Redis does not answer. */
	void endByOurselves() {
		ValueSchedule left;
		synchronized (this) {
			left = this.schedule.at(System.nanoTime());
			if (left == this.schedule) {
				return;
			}
			this.schedule = left;
		}
		putInForce(left, true);
	}

	private void putInForce(ValueSchedule schedule, boolean ending) {
		this.adopting = Thread.currentThread();
		this.ending = ending;
		try {
			ChangedValues.adopt(schedule.values(), this.limiter);
		}
		catch (RuntimeException ex) {
			logger.warn("The values [" + ChangedValues.write(resolved(schedule)) + "] of " + this.limiter.name()
					+ " from another instance cannot be put in force here", ex);
		}
		finally {
			this.adopting = null;
		}
	}

	/**
	 * What is told to Redis.
	 *
	 * @param version that this stands on
	 * @param schedule as it is with all changes
	 * @param changes those that Redis has not taken yet
	 */
	private record Draft(long version, ValueSchedule schedule, List<Doing> changes) {
	}

	/** Something that was done here; none equals another, though both do the same. */
	private static final class Doing {

		/** To what is known by then: twice is once. */
		private final UnaryOperator<ValueSchedule> change;

		/** By {@link System#nanoTime}, or {@code null} for never. */
		private final @Nullable Long end;

		Doing(UnaryOperator<ValueSchedule> change, @Nullable Long end) {
			this.change = change;
			this.end = end;
		}

		ValueSchedule on(ValueSchedule schedule) {
			return this.change.apply(schedule);
		}

		boolean hasEnded(long nanos) {
			return this.end != null && this.end - nanos <= 0;
		}

	}

	/** What is known of a change that is being made. */
	static final class Intent {

		private final Limiter limiter;

		private final Collection<String> names;

		private final @Nullable Long end;

		private boolean reset;

		private boolean told;

		/** Bring back what each instance has configured. */
		static Intent reset(Limiter limiter) {
			Intent intent = new Intent(limiter, List.of(), null);
			intent.reset = true;
			return intent;
		}

		Intent(Limiter limiter, Collection<String> names, @Nullable Long end) {
			this.limiter = limiter;
			this.names = names;
			this.end = end;
		}

		boolean isTold() {
			return this.told;
		}

	}

}
