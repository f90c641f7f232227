package io.github.penstock;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * A call that is told by a future, which an executor completes.
 * <p>
 * The outcome is handed over once ({@code handedOver}): by the executor, or by the
 * timeout if the executor did not get to it in time, or by the caller, who completes the
 * future himself and so gives up what was granted.
 *
 * @param <T> what the future gives
 */
final class FutureWaiter<T extends @Nullable Object> extends Waiter {

	private static final Runnable NOT_SCHEDULED = () -> {
	};

	private static final Runnable DONE = () -> {
	};

	private final Handle future = new Handle();

	private final AtomicBoolean handedOver = new AtomicBoolean();

	/** Whether one of the two has come: the caller for the future, or the outcome. */
	private final AtomicBoolean met = new AtomicBoolean();

	private final AtomicReference<Runnable> cancelTimeout = new AtomicReference<>(NOT_SCHEDULED);

	private final Executor executor;

	private final Desk<T> desk;

	private volatile Runnable cancelTurn = DONE;

	FutureWaiter(WaitLine line, TimeSource time, long timeoutNanos, Executor executor, Desk<T> desk) {
		super(line, time, timeoutNanos);
		this.executor = executor;
		this.desk = desk;
	}

	/** The future of a call that has joined the line. */
	CompletableFuture<T> await() {
		if (this.met.compareAndSet(false, true)) {
			Runnable cancel = this.time.schedule(this::timeOut, this.timeoutNanos);
			if (!this.cancelTimeout.compareAndSet(NOT_SCHEDULED, cancel)) {
				cancel.run();
			}
		}
		else {
			handOver();
		}
		return this.future;
	}

	@Override
	void tell() {
		// Whoever comes second acts: here nobody can have attached anything yet.
		if (this.met.compareAndSet(false, true)) {
			return;
		}
		Trampoline.run(this::dispatch);
	}

	private void dispatch() {
		try {
			this.executor.execute(this::handOver);
		}
		catch (Throwable ex) {
			dispatchElsewhere();
		}
	}

	/**
	 * The caller's executor is shut down, or broken; the caller must hear all the same.
	 */
	private void dispatchElsewhere() {
		try {
			LineLimiter.defaultExecutor().execute(this::handOver);
		}
		catch (Throwable ex) {
			handOver();
		}
	}

	private void handOver() {
		if (this.handedOver.compareAndSet(false, true)) {
			cancelTimers();
			if (state() != State.GRANTED) {
				this.future.fail(this.desk.refused(this));
			}
			else if (!this.future.give(this.desk.granted(this))) {
				this.desk.abandoned(this);
			}
		}
	}

	private void timeOut() {
		this.line.expire(this);
		if (state() == State.GRANTED && this.handedOver.compareAndSet(false, true)) {
			this.cancelTurn.run();
			LimitExceededException refusal = this.desk.abandonedInTime(this);
			Trampoline.run(() -> failElsewhere(refusal));
		}
	}

	private void failElsewhere(LimitExceededException refusal) {
		try {
			LineLimiter.defaultExecutor().execute(() -> this.future.fail(refusal));
		}
		catch (Throwable ex) {
			this.future.fail(refusal);
		}
	}

	/** The caller completes the future. */
	private void giveUp() {
		if (this.line.leave(this)) {
			this.handedOver.set(true);
			cancelTimers();
			this.desk.left(this);
		}
		else if (state() == State.GRANTED && this.handedOver.compareAndSet(false, true)) {
			cancelTimers();
			this.desk.abandoned(this);
		}
	}

	private void cancelTimers() {
		this.cancelTimeout.getAndSet(DONE).run();
		this.cancelTurn.run();
	}

	@Override
	void turnMoved() {
		this.cancelTurn.run();
		this.cancelTurn = this.time.schedule(this::turnCame, Math.max(0, turn() - waitedNanos()));
	}

	/** Where a waiter is served once it is decided. */
	interface Desk<T extends @Nullable Object> {

		/** What a call that was let in gets. */
		T granted(Waiter waiter);

		/** What a call that was refused gets. */
		LimitExceededException refused(Waiter waiter);

		/** The caller left the line. */
		void left(Waiter waiter);

		/** The caller does not want what it was granted. */
		void abandoned(Waiter waiter);

		/** The caller could not be told in time what it was granted. */
		LimitExceededException abandonedInTime(Waiter waiter);

	}

	/** What the caller gets: to complete it is to give up. */
	private final class Handle extends CompletableFuture<T> {

		@Override
		public boolean complete(T value) {
			giveUp();
			return super.complete(value);
		}

		@Override
		public boolean completeExceptionally(Throwable failure) {
			giveUp();
			return super.completeExceptionally(failure);
		}

		@Override
		public boolean cancel(boolean mayInterruptIfRunning) {
			giveUp();
			return super.cancel(mayInterruptIfRunning);
		}

		private boolean give(T value) {
			return super.complete(value);
		}

		private void fail(Throwable failure) {
			super.completeExceptionally(failure);
		}

	}

}
