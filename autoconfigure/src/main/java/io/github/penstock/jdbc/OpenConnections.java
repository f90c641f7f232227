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

package io.github.penstock.jdbc;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

import io.github.penstock.ConcurrencyLimiter;
import org.jspecify.annotations.Nullable;

/**
 * The connections that are out under the permits of one limiter, be it that of one data
 * source or of several, and the threads that hold one and wait for another.
 * <p>
 * <b>Who is out.</b> Rows of places, of which a connection takes one, from a place on
 * that depends on the thread. Where a row is crowded a longer one is put in front of it;
 * connections keep the place that they have.
 * <p>
 * <b>Who waits for himself.</b> A thread that holds a connection and has to wait for
 * another one says so under the lock and looks, still under the lock, how many
 * connections are held by threads that have said so. They can neither close what they
 * hold nor take more. So if that is as many as there were permits in use just before,
 * nobody is left who could give one back. A connection is here only while its permit is
 * out, and a permit that was given to a waiter a moment ago has none here yet: either
 * mistake is on the side of waiting.
 */
final class OpenConnections {

	private static final int SHORTEST = 64;

	private static final int LONGEST = 1 << 16;

	private static final int CROWDED = 16;

	/** Puts threads that were made one after the other far from each other. */
	private static final int GOLDEN = 0x9E3779B9;

	private static final Map<ConcurrencyLimiter, OpenConnections> ALL = new WeakHashMap<>();

	private final Set<Long> blocked = new HashSet<>();

	private volatile Rows rows = new Rows(row(SHORTEST), null);

	private OpenConnections() {
	}

	static OpenConnections of(ConcurrencyLimiter limiter) {
		synchronized (ALL) {
			return ALL.computeIfAbsent(limiter, (key) -> new OpenConnections());
		}
	}

	/** Take a place for a connection that the current thread holds. */
	Place take() {
		Rows rows = this.rows;
		Place place = take(rows.first);
		return (place != null) ? place : takeInLonger(rows);
	}

	private static @Nullable Place take(Place[] row) {
		long thread = ThreadNumber.ofCurrent();
		int from = ((int) thread * GOLDEN) >>> 16;
		for (int i = 0; i < CROWDED; i++) {
			Place place = row[(from + i) & (row.length - 1)];
			if (place.take(thread)) {
				return place;
			}
		}
		return null;
	}

	private Place takeInLonger(Rows crowded) {
		Rows longer = crowded;
		Place place = null;
		while (place == null && longer.first.length < LONGEST) {
			longer = longer(longer);
			place = take(longer.first);
		}
		// One that nobody looks at is on the side of waiting too.
		return (place != null) ? place : Place.taken();
	}

	private synchronized Rows longer(Rows crowded) {
		if (this.rows == crowded) {
			this.rows = new Rows(row(crowded.first.length * 2), crowded);
		}
		return this.rows;
	}

	private static Place[] row(int length) {
		Place[] row = new Place[length];
		Arrays.setAll(row, (place) -> new Place());
		return row;
	}

	/**
	 * Say that the current thread is going to wait, if it holds a connection.
	 * @return how the wait would end
	 */
	synchronized Prospect block(ConcurrencyLimiter limiter) {
		long thread = ThreadNumber.ofCurrent();
		this.blocked.add(thread);
		int inUse = limiter.inUse();
		int max = limiter.max();
		int held = 0;
		boolean holds = false;
		for (Rows rows = this.rows; rows != null; rows = rows.next) {
			for (Place place : rows.first) {
				long holder = place.holder();
				if (holder != Place.NOBODY && this.blocked.contains(holder)) {
					held++;
					holds |= holder == thread;
				}
			}
		}
		if (holds && (held < inUse || inUse < max || max == 0)) {
			return Prospect.HOLDING;
		}
		this.blocked.remove(thread);
		return (holds) ? Prospect.HOPELESS : Prospect.FREE;
	}

	/** Take back what {@link #block} said for a holder. */
	synchronized void unblock() {
		this.blocked.remove(ThreadNumber.ofCurrent());
	}

	/** The limiters under which the current thread holds connections. */
	static Set<String> heldByCurrentThread() {
		Set<String> names = new LinkedHashSet<>();
		synchronized (ALL) {
			ALL.forEach((limiter, connections) -> {
				if (connections.isHolder(ThreadNumber.ofCurrent())) {
					names.add("'" + limiter.name() + "'");
				}
			});
		}
		return names;
	}

	private boolean isHolder(long thread) {
		for (Rows rows = this.rows; rows != null; rows = rows.next) {
			for (Place place : rows.first) {
				if (place.holder() == thread) {
					return true;
				}
			}
		}
		return false;
	}

	/** What a thread that waits can expect. */
	enum Prospect {

		/** It holds no connection. */
		FREE,

		/** It holds one, and others may give theirs back. */
		HOLDING,

		/** All are held by threads that wait. */
		HOPELESS

	}

	/**
	 * A row, and those that it replaced.
	 *
	 * @param first the longest one, where newcomers go
	 * @param next those before
	 */
	@SuppressWarnings("ArrayRecordComponent")
	private record Rows(Place[] first, @Nullable Rows next) {
	}

}
