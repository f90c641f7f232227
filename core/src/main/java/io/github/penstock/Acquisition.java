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
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A permit, and then a token, or another permit, while it is held. To complete it from
 * outside leaves the line that it stands in.
 */
final class Acquisition extends CompletableFuture<Permit> {

	private final Supplier<CompletableFuture<?>> tokens;

	private final Runnable begin;

	private volatile CompletableFuture<?> pending;

	private Acquisition(CompletableFuture<Permit> permit, Supplier<CompletableFuture<?>> tokens, Runnable begin) {
		this.tokens = tokens;
		this.begin = begin;
		this.pending = permit;
	}

	/**
	 * Acquire tokens when the permit has come.
	 * @param permit the permit to come
	 * @param tokens acquires the tokens
	 * @param begin hears when the tokens were taken
	 */
	static Acquisition start(CompletableFuture<Permit> permit, Supplier<CompletableFuture<?>> tokens, Runnable begin) {
		Acquisition acquisition;
		try {
			acquisition = new Acquisition(permit, tokens, begin);
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
				CompletableFuture<?> token = this.tokens.get();
				this.pending = token;
				if (isDone()) {
					token.cancel(false);
				}
				token.whenComplete((taken, failure) -> finish(permit, taken, failure));
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

	private void finish(Permit first, @Nullable Object taken, @Nullable Throwable refusal) {
		if (refusal != null) {
			first.close();
			completeExceptionally(refusal);
		}
		else {
			Permit permit = (taken instanceof Permit second) ? new BothPermits(first, second) : first;
			this.begin.run();
			if (!complete(permit)) {
				permit.close();
			}
		}
	}

	/** The failure of a stage without what it was wrapped in. */
	static Throwable cause(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
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
