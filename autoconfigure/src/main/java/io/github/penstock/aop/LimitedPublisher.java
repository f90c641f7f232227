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

import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.LimitExceededException;
import io.github.penstock.Limits;
import io.github.penstock.reactive.LimitedSubscription;
import io.github.penstock.reactive.LimitedWork;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/**
 * A publisher that subscribes to its source when the limits let it.
 *
 * @param <T> the type of the elements
 */
final class LimitedPublisher<T> implements Publisher<T>, LimitedWork<T> {

	private final LimitInterceptor interceptor;

	private final ReactiveResult type;

	private final Publisher<T> source;

	private final MethodInvocation invocation;

	/** The limits by which the method's call has paid for the first subscription. */
	private final AtomicReference<@Nullable Limits> paid;

	LimitedPublisher(LimitInterceptor interceptor, ReactiveResult type, Publisher<T> source,
			MethodInvocation invocation, @Nullable Limits paid) {
		this.interceptor = interceptor;
		this.type = type;
		this.source = source;
		this.invocation = invocation;
		this.paid = new AtomicReference<>(paid);
	}

	@Override
	public void subscribe(Subscriber<? super T> actual) {
		LimitedSubscription.subscribe(this, actual);
	}

	@Override
	public Publisher<T> source() {
		return this.source;
	}

	@Override
	public boolean isSingle() {
		return this.type.isSingle();
	}

	@Override
	public Limits limits(@Nullable String principal, boolean known) {
		Limits paid = (this.paid.get() != null) ? this.paid.getAndSet(null) : null;
		return (paid != null) ? paid.withoutTokens()
				: this.interceptor.limits(known ? new KnownCaller(this.invocation, principal) : this.invocation);
	}

	@Override
	public boolean needsPrincipal() {
		return this.interceptor.needsPrincipal();
	}

	@Override
	@SuppressWarnings("unchecked")
	public @Nullable Publisher<T> refused(LimitExceededException refusal) throws Throwable {
		Fallback fallback = this.interceptor.fallback(refusal);
		Object result = (fallback != null) ? fallback.invoke(this.invocation, refusal) : null;
		return (result != null) ? (Publisher<T>) this.type.publisherOf(result) : null;
	}

}
