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
 * The line in front of a {@link Supply}: first come, first served, for calls that park a
 * thread and calls that wait for a callback alike.
 * <p>
 * <b>How it works.</b> Joining and leaving are pushes on two lock-free stacks, so that
 * nobody ever blocks: not the call that gives a permit back, nor an event loop. The line
 * proper is a doubly linked list that belongs to whoever moved {@code work} from 0; that
 * thread takes the arrivals and departures in, hands out what the supply has, and goes on
 * until {@code work} says that nothing happened meanwhile. Others who find {@code work}
 * above 0 only add to it and go: their business is done for them.
 * <p>
 * <b>Nobody is passed.</b> {@code waiting} counts a call from before its push until it is
 * decided, and the supplies' fast paths let nobody in while it is above 0.
 * <p>
 * <b>No wake-up is lost.</b> A call counts itself in {@code waiting} and then looks at
 * the supply; who gives a permit back changes the supply and then looks at
 * {@code waiting}. Both are sequentially consistent, so one of them sees the other.
 * <p>
 * <b>Grant against departure.</b> The server takes a permit, then tries
 * {@link Waiter#claim}. If the waiter has just left, the permit is given on to the next
 * one. A waiter who leaves uses the same compare-and-set, and keeps the permit if it
 * loses. Its place is unlinked in constant time. Whose timeout is over does not decide
 * himself: the server does, once it has handed out what was due before.
 * <p>
 * <b>Nothing that is thrown breaks the line.</b> A {@code StackOverflowError} may come
 * out of any call that is made in here. So whatever the server has in hand stands in
 * fields, each step may be taken again, and the next thread that serves goes on where the
 * last one fell. That one asks for it at once, by the timer.
 * <p>
 * <b>Time.</b> A supply that knows when the next token comes has the first in line see to
 * it that the line is served then: a parked thread parks until its own turn, a callback
 * has a timer. Whoever wakes late is given the token of the time when it was due.
 */
final class WaitLine {

	private static final VarHandle WAITING;

	private static final VarHandle WORK;

	private static final VarHandle ARRIVALS;

	private static final VarHandle DEPARTURES;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			WAITING = lookup.findVarHandle(WaitLine.class, "waiting", int.class);
			WORK = lookup.findVarHandle(WaitLine.class, "work", int.class);
			ARRIVALS = lookup.findVarHandle(WaitLine.class, "arrivals", Waiter.class);
			DEPARTURES = lookup.findVarHandle(WaitLine.class, "departures", Waiter.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** If calls never stop to come, those that are there do not wait for them. */
	private static final int PASSES_BEFORE_A_PLAN = 8;

	/** How often the timer's thread serves for others what they bring meanwhile. */
	private static final int MOST_PASSES_OF_TIMER = 8;

	private final Supply supply;

	/** Whether the supply looks at the line though nobody stands in it. */
	private final boolean attentive;

	private final TimeSource time;

	private volatile int waiting;

	private volatile int work;

	private volatile @Nullable Waiter arrivals;

	private volatile @Nullable Waiter departures;

	private volatile boolean retime;

	private volatile boolean closed;

	// Only for the thread that moved 'work' from 0.
	private @Nullable Waiter first;

	private @Nullable Waiter last;

	private @Nullable Waiter arrived;

	private @Nullable Waiter departed;

	/** The one that is being decided; of what was granted, it is the owner. */
	private @Nullable Waiter inHand;

	private Waiter.State verdict = Waiter.State.GRANTED;

	private @Nullable Waiter told;

	/** The tokens that those in line wait for. */
	private long wanted;

	private int question;

	/** For how many that are here somebody else was asked. */
	private int askedFor;

	WaitLine(Supply supply, TimeSource time) {
		this.supply = supply;
		this.attentive = supply.isShared();
		this.time = time;
	}

	/** See {@link Waiter#graceNanos}. */
	long graceNanos() {
		return this.supply.graceNanos();
	}

	/** Something is to be asked. Only for who serves the line. */
	void beginQuestion() {
		this.question++;
	}

	/** Whether somebody was asked for a waiter before the last question. */
	boolean isAnswered(Waiter waiter) {
		return waiter.asked && waiter.askedIn != this.question;
	}

	/** Somebody else is asked for what a waiter wants. Only for who serves the line. */
	void markAsked(Waiter waiter) {
		if (!waiter.asked && waiter.linked) {
			waiter.asked = true;
			waiter.askedIn = this.question;
			this.askedFor++;
		}
	}

	/**
	 * The same of all waiters. Those who come last are asked for last.
	 * @return whether that was said of one for the first time
	 */
	boolean markAllAsked() {
		Waiter waiter = this.last;
		boolean marked = false;
		for (; waiter != null && !waiter.asked; waiter = waiter.ahead) {
			markAsked(waiter);
			marked = true;
		}
		return marked;
	}

	/** The tokens that those in line wait for; of a moment ago, for who looks on. */
	long wanted() {
		return this.wanted;
	}

	/** How many calls stand here and are not decided yet. */
	int waiting() {
		return this.waiting;
	}

	/** Join; false if as many as may wait do so already. */
	boolean join(Waiter waiter, int maxWaiting) {
		int now;
		do {
			now = this.waiting;
			if (now >= maxWaiting) {
				return false;
			}
		}
		while (!WAITING.compareAndSet(this, now, now + 1));
		Waiter newest;
		do {
			newest = this.arrivals;
			waiter.nextArrival = newest;
		}
		while (!ARRIVALS.compareAndSet(this, newest, waiter));
		work();
		return true;
	}

	/** Leave at once; false if the waiter was decided before. */
	boolean leave(Waiter waiter) {
		StackRoom.checkLittle();
		if (!waiter.leave()) {
			return false;
		}
		WAITING.getAndAdd(this, -1);
		depart(waiter);
		return true;
	}

	/** Leave, unless what it waits for is there: the timeout is over. */
	void expire(Waiter waiter) {
		if (waiter.isWaiting()) {
			depart(waiter);
		}
		else if (!waiter.isSettled()) {
			goOn();
		}
	}

	/** Go on where whoever served the line was cut off, if that is so. */
	void goOn() {
		work();
	}

	private void depart(Waiter waiter) {
		if (waiter.depart()) {
			Waiter newest;
			do {
				newest = this.departures;
				waiter.nextDeparture = newest;
			}
			while (!DEPARTURES.compareAndSet(this, newest, waiter));
		}
		work();
	}

	/** Hand out what the supply has. To be called when it may have got more. */
	void serve() {
		if (this.waiting != 0 || this.attentive) {
			work();
		}
	}

	/**
	 * Hand out what the supply has, after a permit came back. Throws nothing: what was
	 * given back is back, and others serve the line if the stack has no room for it.
	 */
	void serveNow() {
		if (this.waiting != 0 || this.attentive) {
			try {
				work();
			}
			catch (Throwable ex) {
				serveSoon();
			}
		}
	}

	/** Hand out what the supply has, and refuse whom it will not serve in time. */
	void serveAnew() {
		this.retime = true;
		serve();
	}

	/**
	 * Serve the line, and have the supply look at it, also if nobody stands in it. Throws
	 * nothing, as it is no call that comes with this.
	 */
	void attend() {
		try {
			work();
		}
		catch (Throwable ex) {
			serveSoon();
		}
	}

	/** The same, and refuse whom the supply will not serve in time. */
	void attendAnew() {
		this.retime = true;
		attend();
	}

	/** Refuse whoever waits, now and from now on. */
	void close() {
		this.closed = true;
		work();
	}

	boolean isClosed() {
		return this.closed;
	}

	private void work() {
		if ((int) WORK.getAndAdd(this, 1) == 0) {
			work(1, EngineThread.isTimer() ? MOST_PASSES_OF_TIMER : Integer.MAX_VALUE);
		}
	}

	/** Go on for the timer's thread, which others wait for. */
	private void goOnForTimer() {
		work(this.work, Integer.MAX_VALUE);
	}

	private void work(int work, int mostPasses) {
		int seen = work;
		Waiter told = null;
		boolean finished = false;
		try {
			for (int passes = 1; seen != 0; passes++) {
				this.told = told;
				pass(seen, passes % PASSES_BEFORE_A_PLAN == 0);
				told = this.told;
				this.told = null;
				seen = (int) WORK.getAndAdd(this, -seen) - seen;
				if (seen != 0 && passes >= mostPasses && handOnToOther()) {
					break;
				}
			}
			finished = true;
		}
		finally {
			if (!finished) {
				if (this.told != null) {
					told = this.told;
					this.told = null;
				}
				this.work = 0;
				serveSoon();
			}
			tellAll(told);
			act();
		}
	}

	private void act() {
		try {
			this.supply.act();
		}
		catch (Throwable ex) {
			serveSoon();
		}
	}

	/** Have another thread serve the line now; false if that cannot be. */
	private boolean handOnToOther() {
		try {
			LimiterThreads.INSTANCE.execute(this::goOnForTimer);
			return true;
		}
		catch (Throwable ex) {
			return false;
		}
	}

	/** Have the line served by a thread whose stack is not full. */
	private void serveSoon() {
		try {
			this.time.schedule(this::goOn, 0);
		}
		catch (Throwable ex) {
			// Those who wait look by themselves, at the latest when their time is over.
		}
	}

	/** Executors are foreign code: they are called when the line is free again. */
	private static void tellAll(@Nullable Waiter newest) {
		Waiter oldest = null;
		for (Waiter waiter = newest; waiter != null;) {
			Waiter next = waiter.behind;
			waiter.behind = oldest;
			oldest = waiter;
			waiter = next;
		}
		while (oldest != null) {
			Waiter waiter = oldest;
			oldest = waiter.behind;
			waiter.behind = null;
			try {
				waiter.tell();
			}
			catch (Throwable ex) {
				// Its own timer tells it.
			}
		}
	}

	/**
	 * Take in what happened, hand out and decide.
	 * @param seen {@code work} as this pass has found it
	 * @param plans whether to look at what is missing though somebody comes meanwhile
	 */
	private void pass(int seen, boolean plans) {
		if (this.attentive && this.supply.hear()) {
			this.retime = true;
		}
		boolean leftOver;
		do {
			leftOver = this.arrived != null || this.departed != null;
			finishDecision();
			takeArrivals();
			takeDepartures();
			handOut();
			admitArrived();
			timeOutDeparted();
		}
		while (leftOver);
		if (this.retime) {
			this.retime = false;
			boolean done = false;
			try {
				refuseTheLate();
				done = true;
			}
			finally {
				this.retime |= !done;
			}
		}
		if (this.closed) {
			refuseAll();
		}
		// Who came meanwhile is part of the question of the next pass.
		if ((plans || this.work == seen) && this.supply.plan(this.first)) {
			this.retime = true;
			WORK.getAndAdd(this, 1);
		}
	}

	/** Before the departures: who leaves and comes again must not find himself here. */
	private void takeArrivals() {
		if (this.arrived == null && this.arrivals != null) {
			Waiter newest = (Waiter) ARRIVALS.getAndSet(this, null);
			Waiter oldest = null;
			while (newest != null) {
				Waiter next = newest.nextArrival;
				newest.nextArrival = oldest;
				oldest = newest;
				newest = next;
			}
			this.arrived = oldest;
		}
	}

	private void takeDepartures() {
		if (this.departed == null && this.departures != null) {
			this.departed = (Waiter) DEPARTURES.getAndSet(this, null);
		}
		for (Waiter waiter = this.departed; waiter != null; waiter = waiter.nextDeparture) {
			if (!waiter.isWaiting()) {
				unlink(waiter);
			}
		}
	}

	private void handOut() {
		for (Waiter waiter = this.first; waiter != null; waiter = this.first) {
			if (waiter.isWaiting()) {
				long due = this.supply.takeFor(waiter);
				if (due != 0) {
					if (due != Supply.UNKNOWN && !Supply.isTooLate(due)) {
						waiter.serveAt(due);
					}
					return;
				}
				this.verdict = Waiter.State.GRANTED;
				this.inHand = waiter;
				finishDecision();
			}
			else {
				unlink(waiter);
			}
		}
	}

	private void admitArrived() {
		for (Waiter waiter = this.arrived; waiter != null; waiter = this.arrived) {
			admit(waiter);
			this.arrived = waiter.nextArrival;
			waiter.nextArrival = null;
		}
	}

	private void admit(Waiter waiter) {
		waiter.admitted = true;
		if (waiter.linked || !waiter.isWaiting()) {
			return;
		}
		Waiter first = this.first;
		long due = (first != null) ? this.supply.expectedFor(waiter, first, this.wanted) : this.supply.takeFor(waiter);
		if (due == 0) {
			this.verdict = Waiter.State.GRANTED;
			this.inHand = waiter;
			finishDecision();
		}
		else if (isTooLate(due, waiter)) {
			refuse(waiter, due);
		}
		else if (this.askedFor != 0 && this.askedFor >= this.supply.mostWaiting()) {
			decide(waiter, Waiter.State.CROWDED_OUT);
		}
		else if (waiter.overdue) {
			decide(waiter, Waiter.State.TIMED_OUT);
		}
		else {
			link(waiter);
			// A timer for the first is enough; a thread that parks needs to know how
			// long.
			if (due != Supply.UNKNOWN && (first == null || waiter instanceof ParkedWaiter)) {
				waiter.serveAt(due);
			}
		}
	}

	private void timeOutDeparted() {
		for (Waiter waiter = this.departed; waiter != null; waiter = this.departed) {
			timeOut(waiter);
			this.departed = waiter.nextDeparture;
			waiter.nextDeparture = null;
		}
	}

	private void timeOut(Waiter waiter) {
		if (!waiter.admitted) {
			// It came and went while this pass looked from the arrivals to the
			// departures.
			waiter.overdue = true;
		}
		else if (waiter.isWaiting()) {
			if (this.supply.outlasts(waiter)) {
				waiter.overdue = true;
				return;
			}
			if (waiter.graceNanos != 0) {
				// The supply may have become another one since the pass began.
				handOut();
			}
			if (waiter.isWaiting()) {
				decide(waiter, Waiter.State.TIMED_OUT);
				handOut();
			}
		}
	}

	private void refuseTheLate() {
		handOut();
		long ahead = 0;
		int waiting = 0;
		Waiter waiter = this.first;
		while (waiter != null) {
			Waiter next = waiter.behind;
			Waiter first = this.first;
			if (first != null && waiter.isWaiting()) {
				long due = this.supply.expectedFor(waiter, first, ahead);
				if (isTooLate(due, waiter)) {
					refuse(waiter, due);
				}
				else if (waiter.overdue && this.supply.isSettled()) {
					decide(waiter, Waiter.State.TIMED_OUT);
				}
				else if (waiter.asked && waiting >= this.supply.mostWaiting()) {
					decide(waiter, Waiter.State.CROWDED_OUT);
				}
				else {
					ahead += waiter.tokens;
					waiting++;
				}
			}
			waiter = next;
		}
		handOut();
	}

	private static boolean isTooLate(long due, Waiter waiter) {
		return Supply.isTooLate(due) || due > waiter.deadlineNanos() || due == Supply.NEVER;
	}

	private void refuse(Waiter waiter, long answer) {
		long due = Supply.isTooLate(answer) ? answer - Long.MIN_VALUE : answer;
		waiter.retryAfterNanos = (due != Supply.NEVER) ? due - waiter.waitedNanos() : 0;
		decide(waiter, Waiter.State.REFUSED);
	}

	private void refuseAll() {
		for (Waiter waiter = this.first; waiter != null; waiter = this.first) {
			decide(waiter, Waiter.State.SHUT_OUT);
		}
	}

	private void decide(Waiter waiter, Waiter.State verdict) {
		this.verdict = verdict;
		this.inHand = waiter;
		finishDecision();
	}

	/**
	 * Decide for the one in hand, or give what it was to be granted back if it has left.
	 * May be tried again after whatever it throws.
	 */
	private void finishDecision() {
		Waiter waiter = this.inHand;
		if (waiter == null) {
			return;
		}
		unlink(waiter);
		if (waiter.claim() || waiter.isClaimed()) {
			// Counted first: a call that knows that it was let in finds itself gone from
			// here.
			if (!waiter.counted) {
				WAITING.getAndAdd(this, -1);
				waiter.counted = true;
			}
			waiter.settle(this.verdict);
		}
		if (waiter.state() == this.verdict) {
			if (waiter instanceof ParkedWaiter) {
				waiter.tell();
			}
			else {
				waiter.behind = this.told;
				this.told = waiter;
			}
		}
		else if (this.verdict == Waiter.State.GRANTED) {
			this.supply.untake(waiter);
		}
		this.inHand = null;
	}

	private void link(Waiter waiter) {
		Waiter last = this.last;
		waiter.ahead = last;
		waiter.linked = true;
		if (last == null) {
			this.first = waiter;
		}
		else {
			last.behind = waiter;
		}
		this.last = waiter;
		this.wanted += waiter.tokens;
	}

	private void unlink(Waiter waiter) {
		if (!waiter.linked) {
			return;
		}
		Waiter ahead = waiter.ahead;
		Waiter behind = waiter.behind;
		if (ahead == null) {
			this.first = behind;
		}
		else {
			ahead.behind = behind;
		}
		if (behind == null) {
			this.last = ahead;
		}
		else {
			behind.ahead = ahead;
		}
		waiter.ahead = null;
		waiter.behind = null;
		waiter.linked = false;
		if (waiter.asked) {
			this.askedFor--;
		}
		this.wanted -= waiter.tokens;
	}

}
