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

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;

/**
 * The keys of a limiter and what each of them has.
 * <p>
 * <b>A key is forgotten when that changes nothing</b>, see {@link KeySupply#retire}, and
 * never to make room for others: so memory follows the keys in use, and no key gets a
 * fresh supply by way of others that come and go. To find such keys, each new key looks
 * at a few of those that are there, and a timer at all of them while there are any.
 * <p>
 * <b>A supply is put in another one's place</b> when that one is of no use any more: it
 * retires first, so that whoever still has it in hand looks here again. Everybody may do
 * the second half of what somebody else has begun.
 */
final class KeyTable {

	/** For which something is done without another thread. */
	static final int FEW_KEYS = 128;

	private static final int LOOKED_AT_BY_NEWCOMER = 2;

	private static final int LOOKED_AT_WITHOUT_ROOM = 64;

	private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** A sweep takes at most this part of the time. */
	private static final int SWEEP_PART = 50;

	private final Map<Object, KeySupply> supplies = new ConcurrentHashMap<>();

	private final AtomicInteger size = new AtomicInteger();

	private final TimeSource time;

	private final AtomicBoolean looking = new AtomicBoolean();

	private final AtomicBoolean sweeping = new AtomicBoolean();

	/** Calls of keys that are forgotten, or of supplies that were replaced. */
	private final LongAdder grantedBefore = new LongAdder();

	/** Of the one who is looking. */
	private Iterator<Map.Entry<Object, KeySupply>> next = this.supplies.entrySet().iterator();

	KeyTable(TimeSource time) {
		this.time = time;
	}

	@Nullable KeySupply get(Object key) {
		return this.supplies.get(key);
	}

	/**
	 * Add a key.
	 * @return what the key has now; {@code null} if there is no room for it
	 */
	@Nullable KeySupply add(Object key, KeySupply supply, int mostKeys) {
		// Before it comes in: it is not in use yet.
		look((this.size.get() < mostKeys) ? LOOKED_AT_BY_NEWCOMER : LOOKED_AT_WITHOUT_ROOM);
		// The map and the number of keys must not be cut off from each other.
		StackRoom.check();
		// One step for each key: a key that another call is just adding is known.
		KeySupply known = this.supplies.computeIfAbsent(key, (unknown) -> reserve(mostKeys) ? supply : null);
		if (known == supply) {
			sweepLater(SWEEP_NANOS);
		}
		return known;
	}

	private boolean reserve(int mostKeys) {
		int size;
		do {
			size = this.size.get();
			if (size >= mostKeys) {
				return false;
			}
		}
		while (!this.size.compareAndSet(size, size + 1));
		return true;
	}

	/** Put a supply in the place of one that is of no use any more. */
	boolean replace(Object key, KeySupply retired, KeySupply supply) {
		return this.supplies.replace(key, retired, supply);
	}

	/** Forget a key whose supply is of no use any more. */
	void remove(Object key, KeySupply retired) {
		if (this.supplies.remove(key, retired)) {
			this.size.getAndDecrement();
			countBefore(retired.takeGranted());
		}
	}

	/** Count calls that no key counts any more. */
	void countBefore(long granted) {
		this.grantedBefore.add(granted);
	}

	/** Look at some of the keys, in turn. */
	private void look(int most) {
		if (!this.looking.compareAndSet(false, true)) {
			return;
		}
		try {
			for (int i = 0; i < most; i++) {
				if (!this.next.hasNext()) {
					this.next = this.supplies.entrySet().iterator();
				}
				if (!this.next.hasNext()) {
					return;
				}
				look(this.next.next());
			}
		}
		finally {
			this.looking.set(false);
		}
	}

	private void look(Map.Entry<Object, KeySupply> entry) {
		if (entry.getValue().retire(this.time.nanoTime())) {
			remove(entry.getKey(), entry.getValue());
		}
	}

	private void sweepLater(long nanos) {
		if (!this.sweeping.get() && this.sweeping.compareAndSet(false, true)) {
			schedule(nanos);
		}
	}

	private void schedule(long nanos) {
		boolean scheduled = false;
		try {
			this.time.schedule(this::sweepElsewhere, nanos);
			scheduled = true;
		}
		finally {
			if (!scheduled) {
				this.sweeping.set(false);
			}
		}
	}

	/** The timer's thread has no time for it. */
	private void sweepElsewhere() {
		boolean goesOn = false;
		try {
			LimiterThreads.INSTANCE.execute(this::sweep);
			goesOn = true;
		}
		finally {
			if (!goesOn) {
				this.sweeping.set(false);
			}
		}
	}

	private void sweep() {
		long began = System.nanoTime();
		try {
			this.supplies.entrySet().forEach(this::look);
		}
		finally {
			this.sweeping.set(false);
			if (!this.supplies.isEmpty()) {
				sweepLater(Math.max(SWEEP_NANOS, SWEEP_PART * (System.nanoTime() - began)));
			}
		}
	}

	int size() {
		return this.size.get();
	}

	/** Calls of all keys that were let in; less than that while keys are forgotten. */
	long granted() {
		long granted = this.grantedBefore.sum();
		for (KeySupply supply : this.supplies.values()) {
			granted += supply.granted();
		}
		return granted;
	}

	/** Do something for each key. */
	void forEach(KeyAction action) {
		this.supplies.forEach(action::run);
	}

	/**
	 * Do something for each key, here if they are few: who is here may have no time for
	 * many, as a thread that reads answers or ends what is too late. What fails for one
	 * key is done for all others.
	 */
	void forEachSoon(KeyAction action) {
		if (this.size.get() <= FEW_KEYS) {
			forEachDespiteFailures(action);
		}
		else {
			LimiterThreads.execute(() -> forEachDespiteFailures(action), this.time);
		}
	}

	private void forEachDespiteFailures(KeyAction action) {
		Throwable failure = null;
		int done = 0;
		for (Map.Entry<Object, KeySupply> entry : this.supplies.entrySet()) {
			try {
				action.run(entry.getKey(), entry.getValue());
			}
			catch (RuntimeException | Error ex) {
				failure = ex;
			}
			if (++done % FEW_KEYS == 0) {
				// Virtual threads share a few, which others need as well.
				Thread.yield();
			}
		}
		if (failure instanceof Error error) {
			throw error;
		}
		if (failure instanceof RuntimeException exception) {
			throw exception;
		}
	}

	/** The lines in which calls of some keys stand. */
	void forEachLine(Consumer<KeyLine<?>> action) {
		for (KeySupply supply : this.supplies.values()) {
			if (supply instanceof KeyLine<?> line) {
				action.accept(line);
			}
		}
	}

	/** The keys that stand out. */
	LimiterKeys keys(int most, long overflowed) {
		return new LimiterKeys(size(), overflowed, top(most, KeySupply::granted), top(most, KeySupply::refused));
	}

	private List<LimiterKeys.Key> top(int most, ToLongFunction<KeySupply> count) {
		if (most == 0) {
			return List.of();
		}
		PriorityQueue<Ranked> top = new PriorityQueue<>(Comparator.comparingLong(Ranked::count));
		this.supplies.forEach((key, supply) -> {
			long ofKey = count.applyAsLong(supply);
			if (ofKey > 0 && (top.size() < most || (most > 0 && ofKey > top.element().count()))) {
				top.add(new Ranked(key, supply, ofKey));
				if (top.size() > most) {
					top.remove();
				}
			}
		});
		List<Ranked> ranked = new ArrayList<>(top);
		ranked.sort(Comparator.comparingLong(Ranked::count).reversed());
		long now = this.time.nanoTime();
		return ranked.stream().map((key) -> key.toKey(now)).toList();
	}

	/** What to do for a key. */
	interface KeyAction {

		void run(Object key, KeySupply supply);

	}

	private record Ranked(Object key, KeySupply supply, long count) {

		LimiterKeys.Key toKey(long now) {
			return new LimiterKeys.Key(Keys.hash(this.key), Keys.text(this.key), this.supply.granted(),
					this.supply.refused(), this.supply.available(now));
		}

	}

}
