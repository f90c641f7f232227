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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

/**
 * What the caller gets of work that must wait for its limits. To complete it from
 * outside, as by cancelling it, leaves the line; or, when the work has begun, gives the
 * permit back and cancels the work's own stage.
 * <p>
 * A permit is not free before the method that begins the work has returned, whatever
 * became of the call meanwhile. Whoever ends the call reads {@code beginning} after that,
 * and who begins the work reads whether the call has ended after the method has returned:
 * one of them gives the permit back, or both, which does no harm.
 *
 * @param <T> the type of the result
 */
final class WaitingCall<T extends @Nullable Object> extends CompletableFuture<T> {

	private final Limits limits;

	private final Limits.AsyncCall<T> call;

	private final CompletableFuture<Permit> acquired;

	private volatile boolean beginning;

	private volatile @Nullable Permit permit;

	private volatile @Nullable CompletionStage<T> stage;

	private WaitingCall(Limits limits, Limits.AsyncCall<T> call, CompletableFuture<Permit> acquired) {
		this.limits = limits;
		this.call = call;
		this.acquired = acquired;
	}

	/**
	 * Create a call that begins when it is let in.
	 * @param limits what it is limited by
	 * @param call the work
	 * @param acquired tells when
	 * @return what the caller gets
	 */
	static <T extends @Nullable Object> CompletableFuture<T> start(Limits limits, Limits.AsyncCall<T> call,
			CompletableFuture<Permit> acquired) {
		try {
			WaitingCall<T> waiting = new WaitingCall<>(limits, call.later(), acquired);
			waiting.whenComplete((value, failure) -> waiting.end());
			acquired.whenComplete(waiting::waited);
			return waiting;
		}
		catch (Throwable ex) {
			Acquisition.giveUp(acquired);
			return CompletableFuture.failedFuture(ex);
		}
	}

	private void waited(@Nullable Permit permit, @Nullable Throwable failure) {
		this.permit = permit;
		this.beginning = true;
		CompletionStage<T> stage = null;
		Throwable thrown = null;
		try {
			if (!isDone()) {
				stage = (permit != null) ? Limits.beginIn(this.call, permit) : refused(failure);
			}
		}
		catch (Throwable ex) {
			thrown = ex;
		}
		this.stage = stage;
		this.beginning = false;
		if (isDone()) {
			end();
		}
		if (thrown != null) {
			finish(null, thrown);
		}
		else if (stage == null) {
			finish(null, null);
		}
		else {
			follow(stage);
		}
	}

	private @Nullable CompletionStage<T> refused(@Nullable Throwable failure) throws Throwable {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		if (cause instanceof LimitExceededException refusal) {
			return this.call.refused(refusal);
		}
		return CompletableFuture.failedFuture((cause != null) ? cause : new IllegalStateException("No permit"));
	}

	private void follow(CompletionStage<T> stage) {
		try {
			stage.whenComplete(this::finish);
		}
		catch (Throwable ex) {
			finish(null, ex);
		}
	}

	/** The permit first: who sees the result may need one. */
	@SuppressWarnings("NullAway") // a stage completes with null where T may be null
	private void finish(@Nullable T value, @Nullable Throwable failure) {
		this.limits.settle(value, (failure != null) ? Acquisition.cause(failure) : null);
		release();
		if (failure != null) {
			completeExceptionally(failure);
		}
		else {
			complete(value);
		}
	}

	/** The call is over for its caller. */
	private void end() {
		this.acquired.cancel(false);
		if (this.beginning) {
			return;
		}
		try {
			if (isCancelled() && this.stage instanceof Future<?> future) {
				future.cancel(true);
			}
		}
		finally {
			release();
		}
	}

	private void release() {
		Permit permit = this.permit;
		if (permit != null) {
			permit.close();
		}
	}

}
