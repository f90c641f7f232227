package io.github.penstock;

/**
 * Why a limiter did not let a call in.
 */
public enum RefusalReason {

	/** No permit was free, and the call may not wait. */
	FULL,

	/** As many calls as may wait stood in line already. */
	LINE_FULL,

	/** The gate is closed: the limit is 0. */
	CLOSED,

	/** The call waited for its whole timeout. */
	TIMED_OUT,

	/** The token would have come after the timeout, so the call did not wait for it. */
	WAIT_TOO_LONG,

	/** The call costs more tokens than there can ever be at once. */
	TOO_COSTLY,

	/** The waiting thread was interrupted. */
	INTERRUPTED,

	/** The caller gave up the wait, as by cancelling its future. */
	CANCELLED,

	/** The application ends, so that nobody waits any more. */
	SHUT_DOWN

}
