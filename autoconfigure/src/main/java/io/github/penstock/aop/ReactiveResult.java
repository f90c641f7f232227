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

import io.github.penstock.Limits;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/**
 * A reactive type that a method returns. Needs Reactive Streams.
 *
 * @param adapter makes publishers of it, {@code null} where it is one of Reactor's
 * @param isSingle whether there is one element at most
 */
record ReactiveResult(@Nullable ReactiveAdapter adapter, boolean isSingle) {

	static final boolean REACTOR_PRESENT = ClassUtils.isPresent("reactor.core.publisher.Flux",
			ReactiveResult.class.getClassLoader());

	/** The type of an object, {@code null} if it is not reactive. */
	static @Nullable ReactiveResult of(Object result) {
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(result.getClass());
		return (adapter != null && adapter.getDescriptor().isDeferred()) ? of(adapter) : null;
	}

	static ReactiveResult of(ReactiveAdapter adapter) {
		return new ReactiveResult(adapter, !adapter.isMultiValue());
	}

	/**
	 * Limit what a method has returned.
	 * @param paid the limits that have taken the tokens of the first subscription
	 * already, {@code null} if none has
	 */
	Object limit(Object result, LimitInterceptor interceptor, MethodInvocation invocation, @Nullable Limits paid) {
		LimitedPublisher<?> limited = new LimitedPublisher<>(interceptor, this, publisherOf(result), invocation, paid);
		Publisher<?> publisher = REACTOR_PRESENT ? ReactorLimits.wrap(limited, this.isSingle) : limited;
		return (this.adapter != null) ? this.adapter.fromPublisher(publisher) : publisher;
	}

	@SuppressWarnings("unchecked")
	Publisher<Object> publisherOf(Object result) {
		return (this.adapter != null) ? this.adapter.toPublisher(result) : (Publisher<Object>) result;
	}

}
