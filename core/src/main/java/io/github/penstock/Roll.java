package io.github.penstock;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls that are somewhere, and since when. Thread-safe.
 */
final class Roll {

	private final Set<Entry> entries = ConcurrentHashMap.newKeySet();

	private final AtomicLong ids = new AtomicLong();

	private final TimeSource time;

	Roll(TimeSource time) {
		this.time = time;
	}

	/** Enter the current call. */
	Entry enter() {
		return enter(Callers.find(), Thread.currentThread().getName());
	}

	/** Enter a call that began elsewhere. */
	Entry enter(String what, String thread) {
		Entry entry = new Entry(this.ids.incrementAndGet(), what, thread, this.time.nanoTime());
		this.entries.add(entry);
		return entry;
	}

	void leave(Entry entry) {
		if (entry.shares.decrementAndGet() == 0) {
			this.entries.remove(entry);
		}
	}

	/** Those that have been there longest, the first of them first. */
	List<Holder> oldest(int most) {
		long now = this.time.nanoTime();
		return this.entries.stream()
			.map((entry) -> entry.toHolder(now))
			.sorted(Comparator.comparing(Holder::age).reversed().thenComparing(Holder::id))
			.limit(most)
			.toList();
	}

	/** One call, or several that share a permit. */
	static final class Entry {

		private final AtomicInteger shares = new AtomicInteger(1);

		private final long id;

		private final String what;

		private final String thread;

		private final long since;

		private Entry(long id, String what, String thread, long since) {
			this.id = id;
			this.what = what;
			this.thread = thread;
			this.since = since;
		}

		/** Whether there is something left to share. */
		boolean share() {
			return this.shares.getAndUpdate((before) -> (before > 0) ? before + 1 : 0) > 0;
		}

		private Holder toHolder(long now) {
			return new Holder(this.id, this.what, this.thread, Duration.ofNanos(Math.max(0, now - this.since)));
		}

	}

}
