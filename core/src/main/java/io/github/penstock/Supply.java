package io.github.penstock;

/**
 * What a {@link WaitLine} hands out: permits that come back, or tokens that the clock
 * makes. Called by one thread at a time.
 */
interface Supply {

	/** The answer of a supply that cannot tell when the next permit comes. */
	long UNKNOWN = -1;

	/** The answer if the supply never has as much as the waiter wants. */
	long NEVER = Long.MAX_VALUE;

	/**
	 * Take one for the first in line.
	 * @return 0 if taken; else how many nanoseconds after its arrival there will be one,
	 * or {@link #UNKNOWN}
	 */
	long takeFor(Waiter first);

	/** Undo {@link #takeFor} for a waiter who was gone already, or gave up later. */
	void untake(Waiter waiter);

	/**
	 * How many nanoseconds after its arrival a waiter will be served that has others
	 * before it which wait for {@code ahead} tokens, {@link #UNKNOWN} or {@link #NEVER}.
	 */
	long expectedFor(Waiter waiter, Waiter first, long ahead);

}
