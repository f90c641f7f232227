package io.github.penstock.web;

import java.time.Duration;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RefusalReason;

/**
 * The exceptions that the limiters throw, and what they must become.
 */
final class Refusals {

	static final String BULKHEAD_PROBLEM = """
			{"type":"about:blank","title":"Service Unavailable","status":503,\
			"detail":"The service is busy. Try again in 1 second.","instance":"%s",\
			"limiter":"inventory","retryAfter":1}""";

	static final String RATE_LIMIT_PROBLEM = """
			{"type":"about:blank","title":"Too Many Requests","status":429,\
			"detail":"Too many requests. Try again in 3 seconds.","instance":"%s",\
			"limiter":"supplier-api","retryAfter":3}""";

	private Refusals() {
	}

	static BulkheadFullException bulkheadFull() {
		return new BulkheadFullException("inventory", RefusalReason.FULL, Duration.ZERO, 20, 20, 7, Duration.ZERO);
	}

	static RateLimitExceededException rateLimitExceeded() {
		return rateLimitExceeded("supplier-api", Duration.ofMillis(2001));
	}

	static RateLimitExceededException rateLimitExceeded(String name, Duration retryAfter) {
		return new RateLimitExceededException(name, RefusalReason.WAIT_TOO_LONG, retryAfter, "100 per 1s", 20, 5,
				Duration.ZERO);
	}

}
