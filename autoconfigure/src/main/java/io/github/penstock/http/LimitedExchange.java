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

package io.github.penstock.http;

import java.util.Objects;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * A request that is sent when the limits let it. Each subscription is a request.
 *
 * @param <T> the type of the response
 * @param limit the limits, {@code null} for a request that nobody limits and whose
 * redirects may lead to limited hosts
 * @param next sends the request
 * @param responses how to handle responses
 * @param shares takes what the call holds that sends the request
 */
record LimitedExchange<T>(@Nullable HttpLimit limit, Supplier<Mono<T>> next, Responses<T> responses,
		Supplier<CallShares> shares) implements Publisher<T> {

	@Override
	public void subscribe(Subscriber<? super T> actual) {
		new ExchangeSubscription<T>(this, Operators.toCoreSubscriber(actual)).start();
	}

	/** Send the request: to be called once per subscription. */
	Mono<T> exchange() {
		return Objects.requireNonNull(this.next.get(), "The exchange function returned null");
	}

}
