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

package io.github.penstock.reactive;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/**
 * A subscription that passes Reactor's context on to the work. Loaded only where Reactor
 * is there.
 *
 * @param <T> the type of the elements
 */
final class CoreSubscription<T> extends LimitedSubscription<T> implements CoreSubscriber<T> {

	private CoreSubscription(LimitedWork<T> work, Subscriber<? super T> actual) {
		super(work, actual);
	}

	static <T> LimitedSubscription<T> of(LimitedWork<T> work, Subscriber<? super T> actual) {
		return new CoreSubscription<>(work, actual);
	}

	@Override
	@Nullable CompletableFuture<@Nullable String> principal() {
		return ReactorPrincipal.of(currentContext());
	}

	@Override
	public Context currentContext() {
		return (actual() instanceof CoreSubscriber<?> subscriber) ? subscriber.currentContext() : Context.empty();
	}

}
