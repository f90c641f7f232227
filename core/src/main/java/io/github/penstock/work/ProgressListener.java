package io.github.penstock.work;

/**
 * Hears how far a call of the queue is: when it begins, after each item, and when it has
 * ended, however it ended.
 */
@FunctionalInterface
public interface ProgressListener {

	/**
	 * Called by the threads that process items, never by two at a time for one call of
	 * the queue. Items that end while it runs are told together, and it is best brief:
	 * the thread that is here processes nothing meanwhile. What it throws is ignored.
	 * @param progress how far the call is
	 */
	void onProgress(Progress progress);

}
