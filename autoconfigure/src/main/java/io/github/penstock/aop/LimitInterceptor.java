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

import java.util.Map;
import java.util.function.Supplier;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.CallLimits;
import io.github.penstock.LimitExceededException;
import io.github.penstock.Limits;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * What to do at a call of one method, decided once: its heirs differ by how long the work
 * goes on after the method has returned.
 */
abstract class LimitInterceptor implements MethodInterceptor {

	private final LimitedOperation operation;

	// Written once, to an immutable object; by more than one thread at worst.
	private @Nullable CallLimits<MethodInvocation> place;

	/** What all calls are limited by, if that is the same for all. */
	private @Nullable Limits limits;

	LimitInterceptor(LimitedOperation operation) {
		this.operation = operation;
	}

	/** What a call is limited by. */
	final Limits limits(MethodInvocation call) {
		Limits limits = this.limits;
		return (limits != null) ? limits : bind().of(call);
	}

	/** What all calls are limited by, {@code null} if they differ. */
	final @Nullable Limits constantLimits() {
		Limits limits = this.limits;
		return (limits != null) ? limits : bind().constant();
	}

	/** Ask for the limiters, once all declarations that matter have been made. */
	final CallLimits<MethodInvocation> bind() {
		CallLimits<MethodInvocation> place = this.place;
		if (place == null) {
			place = this.operation.limits().get();
			this.limits = place.constant();
			this.place = place;
		}
		return place;
	}

	/**
	 * Whether it takes the caller's name to know whose permits and tokens a call takes.
	 */
	final boolean needsPrincipal() {
		return this.operation.needsPrincipal();
	}

	/** Answer a call that this method's own limits refused. */
	final @Nullable Object refused(LimitExceededException refusal, MethodInvocation invocation) throws Throwable {
		Fallback fallback = fallback(refusal);
		if (fallback == null) {
			throw refusal;
		}
		return fallback.invoke(invocation, refusal);
	}

	final @Nullable Fallback fallback(LimitExceededException refusal) {
		return (refusal instanceof BulkheadFullException) ? this.operation.onBulkheadFull()
				: this.operation.onRateLimitExceeded().get(refusal.name());
	}

	final boolean hasFallback() {
		return this.operation.onBulkheadFull() != null || !this.operation.onRateLimitExceeded().isEmpty();
	}

	/**
	 * What a call goes by.
	 *
	 * @param limits gives the limiters
	 * @param onBulkheadFull answers calls that the bulkhead refuses
	 * @param onRateLimitExceeded answers calls that a rate limit refuses, by the name of
	 * that
	 * @param needsPrincipal whether the caller's name is a part of a key or a cost
	 */
	record LimitedOperation(Supplier<CallLimits<MethodInvocation>> limits, @Nullable Fallback onBulkheadFull,
			Map<String, Fallback> onRateLimitExceeded, boolean needsPrincipal) {
	}

}
