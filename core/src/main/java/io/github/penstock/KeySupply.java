package io.github.penstock;

/**
 * What one key of a limiter has: nothing that it shares with other keys is in here.
 */
abstract class KeySupply {

	/**
	 * Be of no use any more, if to forget the key changes nothing: nobody finds out
	 * whether the next call got this supply or a new one.
	 * @param now the clock
	 * @return whether it is of no use any more
	 */
	abstract boolean retire(long now);

	/** Calls that were let in since the key is known. */
	abstract long granted();

	/** Count {@link #granted} elsewhere from now on: nothing is counted twice. */
	abstract long takeGranted();

	/** Calls that were refused since the key is known. */
	abstract long refused();

	/** What could be taken now. */
	abstract long available(long now);

}
