package io.github.penstock;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * A permit, and then a token while it is held. To complete it from outside leaves the
 * line that it stands in.
 */
final class Acquisition extends CompletableFuture<Permit> {

	private final RateLimiter tokens;

	private final @Nullable UnaryOperator<Duration> timeout;

	private final @Nullable Executor executor;

	private volatile CompletableFuture<?> pending;

	private Acquisition(CompletableFuture<Permit> permit, RateLimiter tokens, @Nullable UnaryOperator<Duration> timeout,
			@Nullable Executor executor) {
		this.tokens = tokens;
		this.timeout = timeout;
		this.executor = executor;
		this.pending = permit;
	}

	/**
	 * Acquire a token when the permit has come.
	 * @param permit the permit to come
	 * @param tokens gives the token
	 * @param timeout makes how long to wait for it of the timeout in force, {@code null}
	 * for that
	 * @param executor what completes the wait for a token, {@code null} for the limiter's
	 * own
	 */
	static Acquisition start(CompletableFuture<Permit> permit, RateLimiter tokens,
			@Nullable UnaryOperator<Duration> timeout, @Nullable Executor executor) {
		Acquisition acquisition;
		try {
			acquisition = new Acquisition(permit, tokens, timeout, executor);
		}
		catch (Throwable ex) {
			giveUp(permit);
			throw ex;
		}
		acquisition.start(permit);
		return acquisition;
	}

	private void start(CompletableFuture<Permit> permit) {
		try {
			permit.whenComplete(this::takeToken);
			if (!isDone()) {
				whenComplete((done, failure) -> this.pending.cancel(false));
			}
		}
		catch (Throwable ex) {
			giveUp(permit);
			throw ex;
		}
	}

	/** Leave the line, or give back what was granted. */
	static void giveUp(CompletableFuture<Permit> permit) {
		if (!permit.cancel(false) && !permit.isCompletedExceptionally()) {
			permit.join().close();
		}
	}

	private void takeToken(@Nullable Permit permit, @Nullable Throwable refusal) {
		if (permit == null) {
			completeExceptionally(refusal);
			return;
		}
		boolean goesOn = false;
		try {
			if (!isDone()) {
				CompletableFuture<?> token = acquireToken();
				this.pending = token;
				if (isDone()) {
					token.cancel(false);
				}
				token.whenComplete((taken, failure) -> finish(permit, failure));
				goesOn = true;
			}
		}
		catch (Throwable ex) {
			completeExceptionally(ex);
		}
		finally {
			if (!goesOn) {
				permit.close();
			}
		}
	}

	private CompletableFuture<?> acquireToken() {
		if (this.executor == null && this.timeout == null) {
			return this.tokens.acquireAsync();
		}
		return this.tokens.acquireAsync(LineLimiter.timeout(this.tokens.spec(), this.timeout),
				(this.executor != null) ? this.executor : LineLimiter.defaultExecutor());
	}

	private void finish(Permit permit, @Nullable Throwable refusal) {
		if (refusal != null) {
			permit.close();
			completeExceptionally(refusal);
		}
		else if (!complete(permit)) {
			permit.close();
		}
	}

	/** What a future has failed with, without what it was wrapped in. */
	static Throwable failure(CompletableFuture<?> failed) {
		try {
			failed.join();
			throw new IllegalStateException("The future has not failed");
		}
		catch (CompletionException ex) {
			return (ex.getCause() != null) ? ex.getCause() : ex;
		}
		catch (RuntimeException ex) {
			return ex;
		}
	}

}
