package io.github.penstock;

/**
 * The right of one call to run, given by a {@link ConcurrencyLimiter}. It is given back
 * once, by any thread: closing it again, also at the same moment from another thread,
 * does nothing.
 */
public interface Permit extends AutoCloseable {

	/**
	 * Give the permit back. Never blocks, never throws; has no effect after the first
	 * time. What the holder did before is visible to the call that gets the permit next.
	 */
	@Override
	void close();

	/**
	 * Mark the current thread as working under this permit until the scope is closed, on
	 * the same thread: what it acquires from the same limiter meanwhile shares this
	 * permit and takes no second one, which could wait for itself.
	 * @return the scope, to be closed by this thread before any scope that was opened
	 * earlier
	 */
	Scope makeCurrent();

	/**
	 * The time in which a thread works under a permit.
	 */
	interface Scope extends AutoCloseable {

		/**
		 * End the scope. Does not give the permit back.
		 */
		@Override
		void close();

	}

}
