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

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Where a connection stands while it is out, one connection after the other.
 * <p>
 * The turn is odd while the place is taken and grows each time that it is taken or left,
 * so that a connection can leave it once only, and only the place that it took. The
 * holder is written without a look at the turn, and so has the lower bits of its turn
 * with it: whoever comes too late says nothing about the next connection.
 */
final class Place {

	/** No thread has it as its number. */
	static final long NOBODY = 0;

	private static final int THREAD_BITS = 40;

	private static final VarHandle TURN;

	private static final VarHandle HOLDER;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			TURN = lookup.findVarHandle(Place.class, "turn", long.class);
			HOLDER = lookup.findVarHandle(Place.class, "holder", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private volatile long turn;

	@SuppressWarnings("unused")
	private long holder;

	/** A place of its own. */
	static Place taken() {
		Place place = new Place();
		place.take(ThreadNumber.ofCurrent());
		return place;
	}

	/** Take it for a connection that the thread holds, if it is free. */
	boolean take(long thread) {
		long turn = this.turn;
		if ((turn & 1) == 0 && TURN.compareAndSet(this, turn, turn + 1)) {
			HOLDER.setOpaque(this, mark(turn + 1, thread));
			return true;
		}
		return false;
	}

	/** The turn of whoever has taken it just now. */
	long turn() {
		return this.turn;
	}

	/** Whether the connection that took it in this turn is still out. */
	boolean isTaken(long turn) {
		return this.turn == turn;
	}

	/** Leave it, if the connection that took it in this turn is still out. */
	boolean leave(long turn) {
		return TURN.compareAndSet(this, turn, turn + 1);
	}

	/** Have the connection that took it in this turn be held by the current thread. */
	void hold(long turn) {
		long mark = mark(turn, ThreadNumber.ofCurrent());
		if ((long) HOLDER.getOpaque(this) != mark) {
			HOLDER.setOpaque(this, mark);
		}
	}

	/** The thread that holds the connection here. */
	long holder() {
		long turn = this.turn;
		long holder = (long) HOLDER.getOpaque(this);
		long thread = holder & ((1L << THREAD_BITS) - 1);
		return ((turn & 1) != 0 && holder == mark(turn, thread)) ? thread : NOBODY;
	}

	private static long mark(long turn, long thread) {
		return (turn << THREAD_BITS) | thread;
	}

}
