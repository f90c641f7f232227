package io.github.penstock.http;

import java.util.LinkedHashMap;
import java.util.Map;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Permit;
import org.jspecify.annotations.Nullable;

/**
 * Shares of the permits under which the subscriber of a request works, for the redirects
 * of the request: those are sent by other threads, and would wait for their own call.
 */
final class CallShares {

	/** Where they are found below the client's filters. */
	static final String ATTRIBUTE = CallShares.class.getName();

	static final CallShares NONE = new CallShares(Map.of());

	private final Map<ConcurrencyLimiter, Permit> shares;

	private CallShares(Map<ConcurrencyLimiter, Permit> shares) {
		this.shares = shares;
	}

	/** Share what the current thread holds. Never blocks. */
	static CallShares take(HttpLimits limits) {
		Map<ConcurrencyLimiter, Permit> shares = null;
		for (HttpLimit limit : limits.all().values()) {
			ConcurrencyLimiter bulkhead = limit.bulkhead();
			if (bulkhead == null || !bulkhead.isHeldByCurrentThread()) {
				continue;
			}
			shares = (shares != null) ? shares : new LinkedHashMap<>();
			if (!shares.containsKey(bulkhead)) {
				Permit share = bulkhead.tryAcquire();
				if (share != null) {
					shares.put(bulkhead, share);
				}
			}
		}
		return (shares != null) ? new CallShares(shares) : NONE;
	}

	/** Ask for what a redirected request needs. */
	Admission start(HttpLimit limit) {
		ConcurrencyLimiter bulkhead = limit.bulkhead();
		@Nullable Permit share = (bulkhead != null) ? this.shares.get(bulkhead) : null;
		if (share == null) {
			return Admission.start(limit);
		}
		try (Permit.Scope scope = share.makeCurrent()) {
			return Admission.start(limit);
		}
	}

	/** Give them back. */
	void close() {
		this.shares.values().forEach(Permit::close);
	}

}
