package io.github.penstock.work;

/**
 * How far a call of the queue is. Each item that was read is either running, or waiting
 * for its permit or token, or done, or failed, or was cancelled.
 *
 * @param done how many items have a result
 * @param failed how many items have failed
 * @param running how many items are being processed
 * @param total how many items there are, {@link #UNKNOWN} if the input does not tell
 * @param ended whether the call has ended, so that this is the last to be heard of it
 */
public record Progress(long done, long failed, int running, long total, boolean ended) {

	/** The total of an input that does not tell its size. */
	public static final long UNKNOWN = -1;

}
