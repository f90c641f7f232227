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

import java.util.Objects;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapterRegistry;

/**
 * Limits a method whose work begins with each subscription to what it returns, and ends
 * with it. The method itself is called at once and takes nothing.
 */
final class PublisherLimitInterceptor extends LimitInterceptor {

	/** {@code null} for a suspending function, which Spring turns into a publisher. */
	private final @Nullable ReactiveResult type;

	PublisherLimitInterceptor(LimitedOperation operation, LimitedMethod limited) {
		super(operation);
		this.type = KotlinDetector.isSuspendingFunction(limited.method()) ? null : declared(limited);
	}

	private static ReactiveResult declared(LimitedMethod limited) {
		return ReactiveResult.of(Objects
			.requireNonNull(ReactiveAdapterRegistry.getSharedInstance().getAdapter(ReturnKind.type(limited))));
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object result = invocation.proceed();
		if (result == null) {
			return null;
		}
		ReactiveResult type = (this.type != null) ? this.type
				: new ReactiveResult(null, ReactorLimits.isSingle(result));
		return type.limit(result, this, invocation, null);
	}

}
