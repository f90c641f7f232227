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

import java.util.concurrent.CompletionStage;

import io.github.penstock.LimitExceededException;
import io.github.penstock.Limits;
import io.github.penstock.Permit;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Limits a method that may return something whose work goes on, which only the object
 * that it returns can tell: a stage, or what a controller returns for a response that
 * comes later. The caller's thread waits.
 */
final class ResponseLimitInterceptor extends LimitInterceptor {

	ResponseLimitInterceptor(LimitedOperation operation) {
		super(operation);
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Limits limits = limits(invocation);
		@Nullable Object entry;
		try {
			entry = limits.enter();
		}
		catch (LimitExceededException ex) {
			return refused(ex, invocation);
		}
		try {
			Object result = invocation.proceed();
			if (result == null) {
				limits.settle(null, null);
			}
			return (result != null) ? hold(result, limits, invocation) : null;
		}
		catch (Throwable ex) {
			limits.settle(null, ex);
			throw ex;
		}
		finally {
			limits.exit(entry);
		}
	}

	/** Keep the permit if the work goes on after this call. */
	private Object hold(Object result, Limits limits, MethodInvocation invocation) {
		if (result instanceof CompletionStage<?> stage) {
			StageHold.hold(stage, limits);
			return result;
		}
		if (ResponseTypes.mayComeLater(result) && holdResponse(result, limits.share())) {
			limits.settle(result, null);
			return result;
		}
		if (!ReturnKind.REACTIVE_STREAMS_PRESENT) {
			limits.settle(result, null);
			return result;
		}
		return ResponseTypes.isEntity(result.getClass())
				? EntityBody.replace(result, (body) -> limitLater(body, limits, invocation))
				: limitLater(result, limits, invocation);
	}

	/** Its work has not begun, so that this call's permit is not for it. */
	private Object limitLater(Object result, Limits limits, MethodInvocation invocation) {
		ReactiveResult reactive = ReactiveResult.of(result);
		if (reactive == null) {
			limits.settle(result, null);
			return result;
		}
		return reactive.limit(result, this, invocation, limits);
	}

	private static boolean holdResponse(Object result, Permit permit) {
		boolean goesOn = false;
		try {
			goesOn = ResponseHold.hold(result, permit, ResponseHold.GRACE);
			return goesOn;
		}
		finally {
			if (!goesOn) {
				permit.close();
			}
		}
	}

}
