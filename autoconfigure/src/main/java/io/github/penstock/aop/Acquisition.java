package io.github.penstock.aop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import org.jspecify.annotations.Nullable;

/**
 * A permit, and then a token while it is held. To complete it from outside leaves the
 * line that it stands in.
 */
final class Acquisition extends CompletableFuture<Permit> {

	private final RateLimiter tokens;

	private final @Nullable Executor executor;

	private volatile CompletableFuture<?> pending;

	/**
	 * Create an acquisition.
	 * @param permit the permit to come
	 * @param tokens gives the token
	 * @param executor what completes the wait for a token, {@code null} for the limiter's
	 * own
	 */
	Acquisition(CompletableFuture<Permit> permit, RateLimiter tokens, @Nullable Executor executor) {
		this.tokens = tokens;
		this.executor = executor;
		this.pending = permit;
		permit.whenComplete(this::takeToken);
		if (!isDone()) {
			whenComplete((done, failure) -> this.pending.cancel(false));
		}
	}

	private void takeToken(@Nullable Permit permit, @Nullable Throwable refusal) {
		if (permit == null) {
			completeExceptionally(refusal);
		}
		else if (isDone()) {
			permit.close();
		}
		else {
			CompletableFuture<?> token = acquireToken(permit);
			this.pending = token;
			if (isDone()) {
				token.cancel(false);
			}
			token.whenComplete((taken, failure) -> finish(permit, failure));
		}
	}

	private CompletableFuture<?> acquireToken(Permit permit) {
		try {
			return (this.executor != null) ? this.tokens.acquireAsync(this.tokens.spec().timeout(), this.executor)
					: this.tokens.acquireAsync();
		}
		catch (Throwable ex) {
			permit.close();
			throw ex;
		}
	}

	private void finish(Permit permit, @Nullable Throwable refusal) {
		boolean told = (refusal != null) ? completeExceptionally(refusal) : complete(permit);
		if (refusal != null || !told) {
			permit.close();
		}
	}

}
