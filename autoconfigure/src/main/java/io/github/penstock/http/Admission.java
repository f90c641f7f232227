package io.github.penstock.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Limits;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import org.jspecify.annotations.Nullable;

/**
 * A permit, then the end of a pause if there is one, then a token, each without a thread.
 * To complete it from outside leaves what it waits for and gives the permit back.
 */
final class Admission extends CompletableFuture<Permit> {

	private static final Runnable NOTHING = () -> {
	};

	private final HttpLimit limit;

	private final long timeoutNanos;

	/** How to leave what it waits for. */
	private final AtomicReference<Runnable> leave = new AtomicReference<>(NOTHING);

	private volatile @Nullable Permit permit;

	// Of the one step that runs.
	private long waitedNanos;

	private Admission(HttpLimit limit) {
		this.limit = limit;
		this.timeoutNanos = limit.timeoutNanos();
	}

	static Admission start(HttpLimit limit) {
		Admission admission = new Admission(limit);
		admission.whenComplete((permit, failure) -> {
			if (failure != null) {
				admission.withdraw();
			}
		});
		admission.acquirePermit();
		return admission;
	}

	/** Whoever comes second of this and the step that runs sees what the first did. */
	private void withdraw() {
		try {
			this.leave.get().run();
		}
		finally {
			Permit permit = this.permit;
			if (permit != null) {
				permit.close();
			}
		}
	}

	/** Wait for something that can be left, unless it is too late for that. */
	private void waitFor(Runnable leave) {
		this.leave.set(leave);
		if (isDone()) {
			leave.run();
		}
	}

	private void acquirePermit() {
		attempt(() -> {
			this.limit.gate().check(this.timeoutNanos);
			ConcurrencyLimiter bulkhead = this.limit.bulkhead();
			if (bulkhead == null) {
				permitted(NoPermit.INSTANCE, null);
				return;
			}
			CompletableFuture<Permit> acquired = bulkhead.acquireAsync();
			waitFor(() -> giveUp(acquired));
			acquired.whenComplete(this::permitted);
		});
	}

	/** Leave the line, or give back what was granted. */
	private static void giveUp(CompletableFuture<Permit> acquired) {
		if (!acquired.cancel(false) && !acquired.isCompletedExceptionally()) {
			acquired.join().close();
		}
	}

	private void permitted(@Nullable Permit permit, @Nullable Throwable refusal) {
		this.permit = permit;
		if (permit == null) {
			fail(refusal);
		}
		else if (isDone()) {
			permit.close();
		}
		else {
			attempt(this::passPause);
		}
	}

	private void passPause() {
		long wait = this.limit.gate().take(this.timeoutNanos, this.waitedNanos);
		if (wait == 0) {
			pauseOver();
			return;
		}
		long begin = this.limit.time().nanoTime();
		CompletableFuture<Boolean> turn = new CompletableFuture<>();
		Runnable shutOut = () -> dispatch(() -> turn.complete(false));
		turn.whenComplete((come, cancelled) -> {
			this.limit.gate().stopWaiting(shutOut);
			if (cancelled == null) {
				this.waitedNanos += (come) ? wait : this.limit.time().nanoTime() - begin;
				attempt((come) ? this::pauseOver : this::shutOut);
			}
		});
		this.limit.gate().startWaiting(shutOut);
		waitFor(() -> turn.cancel(false));
		if (!turn.isDone()) {
			Runnable cancel = this.limit.time().schedule(() -> dispatch(() -> turn.complete(true)), wait);
			turn.whenComplete((come, cancelled) -> cancel.run());
		}
	}

	private static void dispatch(Runnable step) {
		try {
			Limits.executor().execute(step);
		}
		catch (Throwable ex) {
			// There is no thread to be had; the caller must hear all the same.
			step.run();
		}
	}

	private void shutOut() {
		throw this.limit.gate().shutOut(this.waitedNanos);
	}

	private void pauseOver() {
		RateLimiter rateLimit = this.limit.rateLimit();
		// While it waited, another one may have been asked for.
		if (this.limit.gate().isPaused()) {
			passPause();
		}
		else if (rateLimit == null) {
			admit();
		}
		else {
			CompletableFuture<@Nullable Void> token = rateLimit.acquireAsync();
			waitFor(() -> token.cancel(false));
			token.whenComplete((taken, refusal) -> {
				if (refusal != null) {
					fail(refusal);
				}
				else {
					attempt(this::tokenTaken);
				}
			});
		}
	}

	private void tokenTaken() {
		if (this.limit.gate().isPaused()) {
			passPause();
		}
		else {
			admit();
		}
	}

	private void admit() {
		Permit permit = this.permit;
		if (permit != null && complete(permit)) {
			this.limit.gate().began();
		}
	}

	private void attempt(Runnable step) {
		if (isDone()) {
			return;
		}
		try {
			step.run();
		}
		catch (Throwable ex) {
			fail(ex);
		}
	}

	private void fail(@Nullable Throwable failure) {
		completeExceptionally((failure != null) ? failure : new IllegalStateException("No permit"));
	}

}
