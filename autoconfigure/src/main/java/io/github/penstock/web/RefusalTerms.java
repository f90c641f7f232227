package io.github.penstock.web;

import java.time.Duration;

import io.github.penstock.LimitExceededException;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RefusalReason;

/**
 * What a caller is told of a refusal, whatever the protocol.
 *
 * @param tooMany whether the caller has asked too often; the service is busy otherwise
 * @param limiter the name of the limiter
 * @param retryAfterSeconds when to come again, at least 1
 */
record RefusalTerms(boolean tooMany, String limiter, long retryAfterSeconds) {

	/** More causes than any chain of wrappers has; one that leads back to itself ends. */
	static final int MAX_CAUSES = 32;

	static RefusalTerms of(LimitExceededException exception) {
		// Whoever may not wait because the application ends has not asked too often.
		boolean tooMany = exception instanceof RateLimitExceededException
				&& exception.reason() != RefusalReason.SHUT_DOWN;
		return new RefusalTerms(tooMany, exception.name(), wholeSeconds(exception.retryAfter()));
	}

	/** For people, without anything of the inside. */
	String detail() {
		return (this.tooMany ? "Too many requests." : "The service is busy.") + " Try again in "
				+ this.retryAfterSeconds + ((this.retryAfterSeconds == 1) ? " second." : " seconds.");
	}

	/**
	 * Rounded up, so that nobody comes back too early, and never 0: a loop is no wait.
	 */
	private static long wholeSeconds(Duration duration) {
		return Math.max(1, duration.getSeconds() + ((duration.getNano() > 0) ? 1 : 0));
	}

}
