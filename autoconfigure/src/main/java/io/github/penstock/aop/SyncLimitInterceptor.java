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

import io.github.penstock.CallLimits;
import io.github.penstock.LimitExceededException;
import io.github.penstock.Limits;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Limits a method whose work has ended when it returns. The caller's thread waits.
 */
final class SyncLimitInterceptor extends LimitInterceptor {

	SyncLimitInterceptor(LimitedOperation operation) {
		super(operation);
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Limits limits = constantLimits();
		if (limits == null) {
			return callByItself(invocation);
		}
		@Nullable Object entry;
		try {
			entry = limits.enter();
		}
		catch (LimitExceededException ex) {
			return refused(ex, invocation);
		}
		try {
			return invocation.proceed();
		}
		finally {
			limits.exit(entry);
		}
	}

	/** Limit a call by what it has itself, such as a key. */
	private @Nullable Object callByItself(MethodInvocation invocation) throws Throwable {
		CallLimits<MethodInvocation> place = bind();
		if (!place.isDirect()) {
			return callAndSettle(place.of(invocation), invocation);
		}
		@Nullable Object entry;
		try {
			entry = place.enter(invocation);
		}
		catch (LimitExceededException ex) {
			return refused(ex, invocation);
		}
		try {
			return invocation.proceed();
		}
		finally {
			place.exit(entry);
		}
	}

	private @Nullable Object callAndSettle(Limits limits, MethodInvocation invocation) throws Throwable {
		@Nullable Object entry;
		try {
			entry = limits.enter();
		}
		catch (LimitExceededException ex) {
			return refused(ex, invocation);
		}
		try {
			Object result = invocation.proceed();
			limits.settle(result, null);
			return result;
		}
		catch (Throwable ex) {
			limits.settle(null, ex);
			throw ex;
		}
		finally {
			limits.exit(entry);
		}
	}

}
