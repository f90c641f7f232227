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

	private final Supply supply;

	private volatile int waiting;

	private volatile int work;

	private volatile @Nullable Waiter arrivals;

	private volatile @Nullable Waiter departures;

	private volatile boolean retime;

	// Only for the thread that moved 'work' from 0.
	private @Nullable Waiter first;

	private @Nullable Waiter last;

	private @Nullable Waiter arrived;

	private @Nullable Waiter told;

	private int length;

	WaitLine(Supply supply) {
		this.supply = supply;
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
		if (this.waiting != 0) {
			work();
		}
	}

	/** Hand out what the supply has, and refuse whom it will not serve in time. */
	void serveAnew() {
		this.retime = true;
		serve();
	}

	private void work() {
		int seen = (int) WORK.getAndAdd(this, 1) + 1;
		if (seen != 1) {
			return;
		}
		Waiter told = null;
		boolean finished = false;
		try {
			do {
				this.told = told;
				pass();
				told = this.told;
				this.told = null;
			}
			while ((seen = (int) WORK.getAndAdd(this, -seen) - seen) != 0);
			finished = true;
		}
		finally {
			if (!finished) {
				// A StackOverflowError, say: the next call goes on where this one fell.
				told = this.told;
				this.told = null;
				this.work = 0;
			}
			tellAll(told);
		}
	}

	/** Executors are foreign code: they are called when the line is free again. */
	private static void tellAll(@Nullable Waiter newest) {
		Waiter waiter = oldestFirst(newest);
		while (waiter != null) {
			Waiter next = waiter.nextArrival;
			waiter.nextArrival = null;
			waiter.tell();
			waiter = next;
		}
	}

	private void pass() {
		// In this order: who leaves and then comes again must not find himself in line.
		if (this.arrived == null) {
			this.arrived = oldestFirst((Waiter) ARRIVALS.getAndSet(this, null));
		}
		Waiter departed = (Waiter) DEPARTURES.getAndSet(this, null);
		for (Waiter waiter = departed; waiter != null; waiter = waiter.nextDeparture) {
			if (!waiter.isWaiting()) {
				unlink(waiter);
			}
		}
		handOut();
		for (Waiter waiter = this.arrived; waiter != null; waiter = this.arrived) {
			this.arrived = waiter.nextArrival;
			waiter.nextArrival = null;
			admit(waiter);
		}
		for (Waiter waiter = departed; waiter != null; waiter = waiter.nextDeparture) {
			timeOut(waiter);
		}
		if (this.retime) {
			this.retime = false;
			refuseTheLate();
		}
	}

	private void handOut() {
		for (Waiter waiter = this.first; waiter != null; waiter = this.first) {
			if (waiter.isWaiting()) {
				long due = this.supply.takeFor(waiter);
				if (due != 0) {
					if (due != Supply.UNKNOWN) {
						waiter.serveAt(due);
					}
					return;
				}
				grant(waiter);
			}
			unlink(waiter);
		}
	}

	private void admit(Waiter waiter) {
		waiter.admitted = true;
		if (!waiter.isWaiting()) {
			return;
		}
		Waiter first = this.first;
		long due = (first != null) ? this.supply.expectedFor(waiter, first, this.length) : this.supply.takeFor(waiter);
		if (due == 0) {
			grant(waiter);
		}
		else if (due > waiter.timeoutNanos) {
			refuse(waiter, due);
		}
		else if (waiter.overdue) {
			timeOut(waiter);
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

	private void refuseTheLate() {
		handOut();
		int ahead = 0;
		Waiter waiter = this.first;
		while (waiter != null) {
			Waiter next = waiter.behind;
			Waiter first = this.first;
			if (first != null && waiter.isWaiting()) {
				long due = this.supply.expectedFor(waiter, first, ahead);
				if (due > waiter.timeoutNanos) {
					refuse(waiter, due);
					unlink(waiter);
				}
				else {
					ahead++;
				}
			}
			waiter = next;
		}
		handOut();
	}

	private void grant(Waiter waiter) {
		if (waiter.claim()) {
			settle(waiter, Waiter.State.GRANTED);
		}
		else {
			this.supply.untake(waiter);
		}
	}

	private void refuse(Waiter waiter, long due) {
		if (waiter.claim()) {
			waiter.retryAfterNanos = due - waiter.waitedNanos();
			settle(waiter, Waiter.State.REFUSED);
		}
	}

	private void timeOut(Waiter waiter) {
		if (!waiter.admitted) {
			// It came and went while this pass looked from the arrivals to the
			// departures.
			waiter.overdue = true;
		}
		else if (waiter.claim()) {
			unlink(waiter);
			settle(waiter, Waiter.State.TIMED_OUT);
			handOut();
		}
	}

	private void settle(Waiter waiter, Waiter.State outcome) {
		// Counted first: a call that knows that it was let in finds itself gone from
		// here.
		WAITING.getAndAdd(this, -1);
		waiter.settle(outcome);
		tell(waiter);
	}

	private void tell(Waiter waiter) {
		if (waiter instanceof ParkedWaiter) {
			waiter.tell();
		}
		else {
			waiter.nextArrival = this.told;
			this.told = waiter;
		}
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
		this.length++;
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
		this.length--;
	}

	private static @Nullable Waiter oldestFirst(@Nullable Waiter newest) {
		Waiter oldest = null;
		for (Waiter waiter = newest; waiter != null;) {
			Waiter next = waiter.nextArrival;
			waiter.nextArrival = oldest;
			oldest = waiter;
			waiter = next;
		}
		return oldest;
	}

}
