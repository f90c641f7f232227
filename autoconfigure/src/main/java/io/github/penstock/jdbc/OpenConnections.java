package io.github.penstock.jdbc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

import io.github.penstock.ConcurrencyLimiter;
import org.jspecify.annotations.Nullable;

/**
 * The connections that are out under the permits of one limiter, be it that of one data
 * source or of several, and the threads that hold one and wait for another.
 * <p>
 * <b>Who is out.</b> Rows of places that are taken by a compare-and-set, from a place on
 * that depends on the thread, and cleared by a write. Where a row is crowded a longer one
 * is put in front of it; connections keep the place that they have.
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

	private static final int GOLDEN = 0x9E3779B9;

	private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(LimitedConnection[].class);

	private static final Map<ConcurrencyLimiter, OpenConnections> ALL = new WeakHashMap<>();

	private final Set<Thread> blocked = Collections.newSetFromMap(new IdentityHashMap<>());

	private volatile Rows rows = new Rows(new LimitedConnection[SHORTEST], null);

	private OpenConnections() {
	}

	static OpenConnections of(ConcurrencyLimiter limiter) {
		synchronized (ALL) {
			return ALL.computeIfAbsent(limiter, (key) -> new OpenConnections());
		}
	}

	void add(LimitedConnection connection) {
		int start = (int) Thread.currentThread().getId() * GOLDEN;
		Rows rows = this.rows;
		while (!add(connection, rows.first, start)) {
			if (rows.first.length == LONGEST) {
				return;
			}
			rows = longer(rows);
		}
	}

	private static boolean add(LimitedConnection connection, LimitedConnection[] row, int start) {
		int mask = row.length - 1;
		int from = start >>> 16;
		for (int i = 0; i < CROWDED; i++) {
			int place = (from + i) & mask;
			if (row[place] == null && PLACE.compareAndSet(row, place, null, connection)) {
				connection.row = row;
				connection.place = place;
				return true;
			}
		}
		return false;
	}

	private synchronized Rows longer(Rows crowded) {
		if (this.rows == crowded) {
			this.rows = new Rows(new LimitedConnection[crowded.first.length * 2], crowded);
		}
		return this.rows;
	}

	static void remove(LimitedConnection connection) {
		LimitedConnection[] row = connection.row;
		if (row != null) {
			PLACE.setRelease(row, connection.place, null);
		}
	}

	/**
	 * Say that the current thread is going to wait, if it holds a connection.
	 * @return how the wait would end
	 */
	synchronized Prospect block(ConcurrencyLimiter limiter) {
		Thread thread = Thread.currentThread();
		this.blocked.add(thread);
		int inUse = limiter.inUse();
		int max = limiter.max();
		int held = 0;
		boolean holds = false;
		for (Rows rows = this.rows; rows != null; rows = rows.next) {
			for (int i = 0; i < rows.first.length; i++) {
				LimitedConnection connection = (LimitedConnection) PLACE.getAcquire(rows.first, i);
				if (connection != null && this.blocked.contains(connection.holder)) {
					held++;
					holds |= connection.holder == thread;
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
		this.blocked.remove(Thread.currentThread());
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
	private record Rows(LimitedConnection[] first, @Nullable Rows next) {
	}

}
