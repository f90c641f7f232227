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

package io.github.penstock.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.Limits;
import io.github.penstock.Permit;
import org.jspecify.annotations.Nullable;

/**
 * The end of a pause if there is one, then a token, each without a thread. A pause that
 * was asked for meanwhile is waited for as well, and then another token. To complete it
 * from outside leaves what it waits for.
 */
final class Turn extends CompletableFuture<@Nullable Void> {

	private static final Runnable NOTHING = () -> {
	};

	private final HttpLimit limit;

	private final Limits tokens;

	private final long timeoutNanos;

	/** How to leave what it waits for. */
	private final AtomicReference<Runnable> leave = new AtomicReference<>(NOTHING);

	// Of the one step that runs.
	private long waitedNanos;

	private Turn(HttpLimit limit, Limits tokens) {
		this.limit = limit;
		this.tokens = tokens;
		this.timeoutNanos = limit.timeoutNanos();
	}

	/**
	 * Wait for the turn of a request.
	 * @param tokens where it gets its token
	 */
	static Turn start(HttpLimit limit, Limits tokens) {
		Turn turn = new Turn(limit, tokens);
		// Whoever comes second of this and the step that runs sees what the first did.
		turn.whenComplete((done, failure) -> turn.leave.get().run());
		turn.attempt(turn::passPause);
		return turn;
	}

	/** Wait for something that can be left, unless it is too late for that. */
	private void waitFor(CompletableFuture<?> awaited) {
		Runnable leave = () -> awaited.cancel(false);
		this.leave.set(leave);
		if (isDone()) {
			leave.run();
		}
	}

	private void passPause() {
		long wait = this.limit.gate().take(this.timeoutNanos, this.waitedNanos);
		if (wait == 0) {
			pauseOver();
			return;
		}
		long begin = this.limit.time().nanoTime();
		CompletableFuture<Boolean> end = new CompletableFuture<>();
		Runnable shutOut = () -> dispatch(() -> end.complete(false));
		end.whenComplete((come, cancelled) -> {
			this.limit.gate().stopWaiting(shutOut);
			if (cancelled == null) {
				this.waitedNanos += (come) ? wait : this.limit.time().nanoTime() - begin;
				attempt((come) ? this::pauseOver : this::shutOut);
			}
		});
		this.limit.gate().startWaiting(shutOut);
		waitFor(end);
		if (!end.isDone()) {
			Runnable cancel = this.limit.time().schedule(() -> dispatch(() -> end.complete(true)), wait);
			end.whenComplete((come, cancelled) -> cancel.run());
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
		// While it waited, another one may have been asked for.
		if (this.limit.gate().isPaused()) {
			passPause();
			return;
		}
		CompletableFuture<Permit> token = this.tokens.acquireAsync(null);
		waitFor(token);
		token.whenComplete((taken, refusal) -> {
			if (refusal != null) {
				completeExceptionally(refusal);
			}
			else {
				attempt(this::tokenTaken);
			}
		});
	}

	private void tokenTaken() {
		if (this.limit.gate().isPaused()) {
			passPause();
		}
		else if (complete(null)) {
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
			completeExceptionally(ex);
		}
	}

}
