/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.penstock;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A call that is told by a future, which an executor completes.
 * <p>
 * The outcome is handed over once ({@code handedOver}): by the executor; or by the timer
 * if the executor drops it or does not get to it in time; or by the caller, who completes
 * the future himself and so gives up what was granted. What was decided just when the
 * timeout was over has another moment ({@link #GRACE_NANOS}) to be handed over.
 *
 * @param <T> what the future gives
 */
final class FutureWaiter<T extends @Nullable Object> extends Waiter {

	/** How long an executor has for what was decided when the timeout was over. */
	static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

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

	/** The clock when the executor was asked to hand the outcome over. */
	private volatile long dispatchedAt;

	private volatile boolean dispatched;

	FutureWaiter(WaitLine line, TimeSource time, long timeoutNanos, long tokens, Executor executor, Desk<T> desk) {
		super(line, time, timeoutNanos, tokens);
		this.executor = executor;
		this.desk = desk;
	}

	/** The future of a call that has joined the line. */
	CompletableFuture<T> await() {
		if (this.met.compareAndSet(false, true)) {
			scheduleTimeout(this::timeOut, deadlineNanos());
		}
		else {
			handOver();
		}
		return this.future;
	}

	private void scheduleTimeout(Runnable task, long nanos) {
		Runnable before = this.cancelTimeout.get();
		if (before == DONE) {
			return;
		}
		Runnable cancel = this.time.schedule(task, nanos);
		if (!this.cancelTimeout.compareAndSet(before, cancel)) {
			cancel.run();
		}
	}

	@Override
	void tell() {
		// Whoever comes second acts: here nobody can have attached anything yet.
		if (this.met.compareAndSet(false, true)) {
			return;
		}
		if (this.future.isDone()) {
			handOver();
			return;
		}
		LimiterThreads.executeOffTimer(this::dispatchInTurn, this.time);
	}

	private void dispatchInTurn() {
		Trampoline.run(this::dispatch);
	}

	private void dispatch() {
		this.dispatchedAt = this.time.nanoTime();
		this.dispatched = true;
		try {
			this.executor.execute(this::handOver);
		}
		catch (Throwable ex) {
			// It is shut down, or broken; the caller must hear all the same.
			LimiterThreads.execute(this::handOver, this.time);
		}
	}

	private void handOver() {
		if (!this.handedOver.compareAndSet(false, true)) {
			return;
		}
		cancelTimers();
		if (state() == State.GRANTED) {
			give();
		}
		else {
			fail(() -> this.desk.refused(this));
		}
	}

	private void give() {
		T value;
		try {
			value = this.desk.granted(this);
		}
		catch (Throwable ex) {
			this.future.fail(ex);
			this.desk.abandoned(this);
			return;
		}
		if (!this.future.give(value)) {
			this.desk.abandoned(this);
		}
	}

	private void fail(Supplier<? extends Throwable> refusal) {
		Throwable failure;
		try {
			failure = refusal.get();
		}
		catch (Throwable ex) {
			failure = ex;
		}
		this.future.fail(failure);
	}

	/** Runs on the timer's thread. */
	private void timeOut() {
		if (this.dispatched && this.time.nanoTime() - this.dispatchedAt >= GRACE_NANOS) {
			conclude();
			return;
		}
		try {
			this.line.expire(this);
		}
		finally {
			settleSoon();
		}
	}

	/**
	 * The line decides now, or is about to: the executor has a moment to hand that over.
	 */
	private void settleSoon() {
		try {
			scheduleTimeout(this::settle, GRACE_NANOS);
		}
		catch (Throwable ex) {
			conclude();
		}
	}

	private void settle() {
		if (isSettled()) {
			conclude();
		}
		else {
			timeOut();
		}
	}

	/** The executor did not hand over what was decided: do it without. */
	private void conclude() {
		if (!isSettled() || !this.handedOver.compareAndSet(false, true)) {
			return;
		}
		cancelTimers();
		if (state() == State.GRANTED) {
			this.desk.takeBack(this);
			LimiterThreads.execute(() -> fail(() -> this.desk.tookBack(this)), this.time);
		}
		else {
			LimiterThreads.execute(() -> fail(() -> this.desk.refused(this)), this.time);
		}
	}

	/** The caller never gets the future. */
	void withdraw() {
		this.met.set(true);
		this.future.cancel(false);
	}

	/** The caller completes the future. */
	private void giveUp() {
		if (this.line.leave(this)) {
			this.handedOver.set(true);
			cancelTimers();
			this.desk.left(this);
		}
		else {
			abandon();
		}
	}

	/** The future is done, so that what was granted is nobody's. */
	private void abandon() {
		if (state() == State.GRANTED && this.handedOver.compareAndSet(false, true)) {
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
		void takeBack(Waiter waiter);

		/** What that caller gets. */
		LimitExceededException tookBack(Waiter waiter);

	}

	/**
	 * What the caller gets: to complete it, in any way, is to give up.
	 * <p>
	 * Given up before it is done, so that nobody who sees it done finds the call in line;
	 * and looked at again afterwards, for it may have been granted meanwhile.
	 */
	private final class Handle extends CompletableFuture<T> {

		@Override
		public boolean complete(T value) {
			giveUp();
			boolean completed = super.complete(value);
			abandon();
			return completed;
		}

		@Override
		public boolean completeExceptionally(Throwable failure) {
			giveUp();
			boolean completed = super.completeExceptionally(failure);
			abandon();
			return completed;
		}

		@Override
		public boolean cancel(boolean mayInterruptIfRunning) {
			giveUp();
			boolean cancelled = super.cancel(mayInterruptIfRunning);
			abandon();
			return cancelled;
		}

		@Override
		public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
			Objects.requireNonNull(supplier, "'supplier' must not be null");
			executor.execute(() -> {
				if (!isDone()) {
					try {
						complete(supplier.get());
					}
					catch (Throwable ex) {
						completeExceptionally(ex);
					}
				}
			});
			return this;
		}

		@Override
		public void obtrudeValue(T value) {
			giveUp();
			super.obtrudeValue(value);
			abandon();
		}

		@Override
		public void obtrudeException(Throwable failure) {
			giveUp();
			super.obtrudeException(failure);
			abandon();
		}

		private boolean give(T value) {
			return super.complete(value);
		}

		private void fail(Throwable failure) {
			super.completeExceptionally(failure);
		}

	}

}
