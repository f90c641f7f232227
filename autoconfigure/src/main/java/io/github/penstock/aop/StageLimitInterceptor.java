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

package io.github.penstock.aop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.penstock.LimitExceededException;
import io.github.penstock.Limits;
import io.github.penstock.aop.expression.CallExpressionException;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;

/**
 * Limits a method whose work has ended when the stage that it returns is completed. Never
 * blocks: a call that is let in at once returns the method's own stage, one that must
 * wait returns a future at once. Behind {@code @Async} it is the other way round: the
 * thread is there for this call, and waits.
 */
final class StageLimitInterceptor extends LimitInterceptor {

	/** Whether calls come through {@code @Async}, once that is known. */
	private volatile boolean async;

	private volatile boolean known;

	StageLimitInterceptor(LimitedOperation operation) {
		super(operation);
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		if (!this.known) {
			look(invocation);
		}
		if (this.async) {
			return callHere(invocation);
		}
		Limits limits;
		try {
			limits = limits(invocation);
		}
		catch (CallExpressionException ex) {
			// What is wrong with the call comes the way in which its result does.
			return CompletableFuture.failedFuture(ex);
		}
		return limits.callAsync(new StageCall(invocation));
	}

	private void look(MethodInvocation invocation) {
		this.async = AsyncThread.isOf(invocation, this);
		this.known = true;
	}

	private @Nullable Object callHere(MethodInvocation invocation) throws Throwable {
		Limits limits = limits(invocation);
		@Nullable Object entry;
		try {
			entry = limits.enter();
		}
		catch (LimitExceededException ex) {
			return refusedStage(ex, invocation);
		}
		try {
			Object stage = invocation.proceed();
			if (stage != null) {
				StageHold.hold((CompletionStage<?>) stage, limits);
			}
			return stage;
		}
		catch (Throwable ex) {
			limits.settle(null, ex);
			throw ex;
		}
		finally {
			limits.exit(entry);
		}
	}

	/**
	 * Answer a refused call.
	 * @return the fallback's stage, or one that has failed
	 */
	@SuppressWarnings("unchecked")
	private @Nullable CompletionStage<@Nullable Object> refusedStage(LimitExceededException refusal,
			MethodInvocation invocation) throws Throwable {
		return (fallback(refusal) != null) ? (CompletionStage<@Nullable Object>) refused(refusal, invocation)
				: CompletableFuture.failedFuture(refusal);
	}

	/** One call, whose caller's thread it begins on. */
	private final class StageCall implements Limits.AsyncCall<@Nullable Object> {

		private final MethodInvocation invocation;

		private StageCall(MethodInvocation invocation) {
			this.invocation = invocation;
		}

		@Override
		@SuppressWarnings("unchecked")
		public @Nullable CompletionStage<@Nullable Object> begin() throws Throwable {
			return (CompletionStage<@Nullable Object>) this.invocation.proceed();
		}

		@Override
		public Limits.AsyncCall<@Nullable Object> later() {
			MethodInvocation detached = (this.invocation instanceof ProxyMethodInvocation proxied)
					? proxied.invocableClone() : this.invocation;
			return new LaterStageCall(new StageCall(detached), CallerContext.capture());
		}

		@Override
		public @Nullable CompletionStage<@Nullable Object> refused(LimitExceededException refusal) throws Throwable {
			return refusedStage(refusal, this.invocation);
		}

	}

	/**
	 * One call that another thread begins, in the context of its caller.
	 *
	 * @param call the call
	 * @param context what belongs to the caller's thread
	 */
	private record LaterStageCall(StageCall call, CallerContext context) implements Limits.AsyncCall<@Nullable Object> {

		@Override
		public @Nullable CompletionStage<@Nullable Object> begin() throws Throwable {
			return this.context.call(this.call::begin);
		}

		@Override
		public @Nullable CompletionStage<@Nullable Object> refused(LimitExceededException refusal) throws Throwable {
			return this.context.call(() -> this.call.refused(refusal));
		}

	}

}
