package io.github.penstock.aop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import org.jspecify.annotations.Nullable;

/**
 * The limiters of one method. The permit is taken first, then the token while the permit
 * is held; a refused token gives the permit back. Immutable, so that it may be published
 * by a data race.
 */
final class Limits {

	/** Lets everybody in. */
	static final Limits NONE = new Limits(null, null);

	private final @Nullable ConcurrencyLimiter permits;

	private final @Nullable RateLimiter tokens;

	/**
	 * Create the limits.
	 * @param permits limits how many calls run at once
	 * @param tokens limits how many calls begin in a time
	 */
	Limits(@Nullable ConcurrencyLimiter permits, @Nullable RateLimiter tokens) {
		this.permits = permits;
		this.tokens = tokens;
	}

	/**
	 * Let the current thread in. Blocks.
	 * @return what {@link #exit} wants
	 */
	@Nullable Object enter() {
		ConcurrencyLimiter permits = this.permits;
		Object entry = (permits != null) ? permits.enter() : null;
		if (this.tokens != null) {
			enter(this.tokens, entry);
		}
		return entry;
	}

	private void enter(RateLimiter tokens, @Nullable Object entry) {
		try {
			tokens.enter();
		}
		catch (Throwable ex) {
			exit(entry);
			throw ex;
		}
	}

	void exit(@Nullable Object entry) {
		if (entry != null && this.permits != null) {
			this.permits.exit(entry);
		}
	}

	/**
	 * A share of the permit that the current thread has entered with, for work that goes
	 * on after it has left.
	 */
	Permit share() {
		Permit share = (this.permits != null) ? this.permits.tryAcquire() : null;
		return (share != null) ? share : NoPermit.INSTANCE;
	}

	/**
	 * Ask for a permit and a token. Never blocks.
	 * @param executor what completes the future of a call that had to wait, {@code null}
	 * for the limiters' own
	 * @return a future that is done already if the call need not wait; to cancel it
	 * leaves the line
	 */
	CompletableFuture<Permit> acquireAsync(@Nullable Executor executor) {
		CompletableFuture<Permit> permit = acquirePermit(executor);
		return (this.tokens != null) ? new Acquisition(permit, this.tokens, executor) : permit;
	}

	private CompletableFuture<Permit> acquirePermit(@Nullable Executor executor) {
		ConcurrencyLimiter permits = this.permits;
		if (permits == null) {
			return CompletableFuture.completedFuture(NoPermit.INSTANCE);
		}
		return (executor != null) ? permits.acquireAsync(permits.spec().timeout(), executor) : permits.acquireAsync();
	}

	/** The permit of a call that needs none. */
	private enum NoPermit implements Permit, Permit.Scope {

		INSTANCE;

		@Override
		public void close() {
		}

		@Override
		public Scope makeCurrent() {
			return this;
		}

	}

}
