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

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

/**
 * One call that stands in a {@link WaitLine}. What becomes of it is decided once, by the
 * compare-and-set in {@link #claim} or {@link #leave}.
 */
abstract class Waiter {

	/** What became of a waiter, or that nothing did yet. */
	enum State {

		WAITING,

		/** The server of the line has decided, and is about to say what. */
		CLAIMED,

		GRANTED, REFUSED(RefusalReason.WAIT_TOO_LONG), TIMED_OUT, LEFT(RefusalReason.INTERRUPTED),

		/** Refused for nobody waits here any more. */
		SHUT_OUT(RefusalReason.SHUT_DOWN),

		/** As many as may wait stand before it. */
		CROWDED_OUT(RefusalReason.LINE_FULL);

		/** The reason that a call is refused with which ends its wait in this state. */
		final RefusalReason refusal;

		State() {
			this(RefusalReason.TIMED_OUT);
		}

		State(RefusalReason refusal) {
			this.refusal = refusal;
		}

	}

	private static final long NEVER = Long.MAX_VALUE;

	private static final VarHandle STATE;

	private static final VarHandle DEPARTING;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			STATE = lookup.findVarHandle(Waiter.class, "state", State.class);
			DEPARTING = lookup.findVarHandle(Waiter.class, "departing", boolean.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	final WaitLine line;

	final TimeSource time;

	/** The clock when the call came. */
	final long arrivedAt;

	/**
	 * How long it can wait; less than 0 if its call has waited for an answer before,
	 * which counts for {@link #graceNanos}.
	 */
	final long timeoutNanos;

	/** How long after that it hears what has become of it. */
	final long graceNanos;

	/** How many tokens it waits for; permits are waited for one by one. */
	final long tokens;

	// What the supply wants to find again when the permit comes back.
	long stamp;

	@Nullable Object grantedBy;

	/** Nanoseconds until a token would have come, once refused for that. */
	long retryAfterNanos;

	/**
	 * How many nanoseconds after the arrival there would be what it wants, as somebody
	 * else has said who does not let it in; 0 if nobody has.
	 */
	long toldNanos;

	/** Whether somebody else was asked for what it wants. */
	boolean asked;

	/** With which question. */
	int askedIn;

	// The neighbours in line; only the thread that serves the line looks at them. Of
	// those to be told, the one told before.
	@Nullable Waiter ahead;

	@Nullable Waiter behind;

	boolean linked;

	/** Whether the line does not count it any more, for it was decided there. */
	boolean counted;

	/** Whether it is off the stack of arrivals, so that its link there is free. */
	boolean admitted;

	/** Whether its timeout was over before it was admitted. */
	boolean overdue;

	/** The next on the stack of arrivals, later of those that have arrived. */
	@Nullable Waiter nextArrival;

	@Nullable Waiter nextDeparture;

	private volatile State state = State.WAITING;

	private volatile boolean departing;

	/** Nanoseconds after the arrival at which the line should be served for this one. */
	private volatile long turn = NEVER;

	Waiter(WaitLine line, TimeSource time, long timeoutNanos, long tokens) {
		this.line = line;
		this.time = time;
		this.timeoutNanos = timeoutNanos;
		this.graceNanos = line.graceNanos();
		this.tokens = tokens;
		this.arrivedAt = time.nanoTime();
	}

	final State state() {
		return this.state;
	}

	final boolean isWaiting() {
		return this.state == State.WAITING;
	}

	/** Whether what became of it is decided and said. */
	final boolean isSettled() {
		State state = this.state;
		return state != State.WAITING && state != State.CLAIMED;
	}

	/** Whether the server of the line has decided and not said what yet. */
	final boolean isClaimed() {
		return this.state == State.CLAIMED;
	}

	/** Decide for the server of the line; false if it was decided before. */
	final boolean claim() {
		return STATE.compareAndSet(this, State.WAITING, State.CLAIMED);
	}

	/** Say what the server has decided. */
	final void settle(State outcome) {
		this.state = outcome;
	}

	/** Decide to leave; false if it was decided before. */
	final boolean leave() {
		return STATE.compareAndSet(this, State.WAITING, State.LEFT);
	}

	/** Whether this is the first time that it goes on the stack of departures. */
	final boolean depart() {
		return DEPARTING.compareAndSet(this, false, true);
	}

	/** How many nanoseconds after its arrival a waiter must have been decided. */
	final long deadlineNanos() {
		return (this.timeoutNanos > Long.MAX_VALUE - this.graceNanos) ? Long.MAX_VALUE
				: Math.max(0, this.timeoutNanos + this.graceNanos);
	}

	final long waitedNanos() {
		return this.time.nanoTime() - this.arrivedAt;
	}

	final long turn() {
		return this.turn;
	}

	/** See to it that the line is served so many nanoseconds after the arrival. */
	final void serveAt(long due) {
		if (due < this.turn) {
			this.turn = due;
			boolean moved = false;
			try {
				turnMoved();
				moved = true;
			}
			finally {
				if (!moved) {
					this.turn = NEVER;
				}
			}
		}
	}

	/** The time for which {@link #serveAt} asked has come. */
	final void turnCame() {
		// Reset first: serving sets it anew if this one is still the first in line.
		this.turn = NEVER;
		this.line.serve();
	}

	/** The line must be served earlier than it was said before. */
	abstract void turnMoved();

	/** Tell the call what became of it. Never throws. */
	abstract void tell();

}
