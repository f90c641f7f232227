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
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Knows which calls are somewhere, as in line or with a permit, and since when.
 * Thread-safe.
 */
final class CallTracker {

	private final Set<Entry> entries = ConcurrentHashMap.newKeySet();

	private final AtomicLong ids = new AtomicLong();

	private final TimeSource time;

	private final Supplier<@Nullable String> trace;

	CallTracker(TimeSource time, Supplier<@Nullable String> trace) {
		this.time = time;
		this.trace = trace;
	}

	/**
	 * Make an entry for the current thread, which is not tracked yet.
	 * @param what the method that calls, {@code null} to look for it on the stack
	 */
	Entry entry(@Nullable String what) {
		return new Entry((what != null) ? what : Callers.find(), Thread.currentThread().getName(), trace());
	}

	private @Nullable String trace() {
		try {
			return this.trace.get();
		}
		catch (RuntimeException | LinkageError ex) {
			// The call goes on without.
			return null;
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
	final class Entry {

		private final String what;

		private final String thread;

		private final @Nullable String trace;

		private final AtomicLong id = new AtomicLong();

		private long since;

		private Entry(String what, String thread, @Nullable String trace) {
			this.what = what;
			this.thread = thread;
			this.trace = trace;
		}

		/** Be tracked from now on. */
		Entry enter() {
			this.since = CallTracker.this.time.nanoTime();
			CallTracker.this.entries.add(this);
			return this;
		}

		void leave() {
			CallTracker.this.entries.remove(this);
		}

		private Holder toHolder(long now) {
			return new Holder(id(), VisibleText.of(this.what), VisibleText.of(this.thread),
					(this.trace != null) ? VisibleText.of(this.trace) : null,
					Duration.ofNanos(Math.max(0, now - this.since)));
		}

		/** Given when somebody asks: most calls come and go unseen. */
		private long id() {
			long id = this.id.get();
			if (id == 0) {
				this.id.compareAndSet(0, CallTracker.this.ids.incrementAndGet());
				id = this.id.get();
			}
			return id;
		}

	}

}
