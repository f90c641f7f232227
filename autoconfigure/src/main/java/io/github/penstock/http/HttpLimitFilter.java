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

import io.github.penstock.LimitExceededException;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * Limits the requests of a {@code WebClient}. A request that is refused fails with a
 * {@link LimitExceededException} and is not sent.
 * <p>
 * Belongs at the end of the client's filters: what stands before it is outside of the
 * limits, so that each attempt of a retry is a request of its own.
 */
public final class HttpLimitFilter implements ExchangeFilterFunction {

	private final HttpLimits limits;

	/**
	 * Create a filter.
	 * @param limits the limits; requests to hosts that they do not name are not limited
	 */
	public HttpLimitFilter(HttpLimits limits) {
		this.limits = limits;
	}

	/**
	 * Send the request when the limits let it. Never blocks.
	 * @param request the request
	 * @param next sends the request
	 * @return what asks for a permit each time that it is subscribed to
	 */
	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		Mono<ClientResponse> response = Mono.fromDirect(new LimitedExchange<>(this.limits.find(request.url()),
				() -> next.exchange(request), Responses.OF_CLIENTS, () -> CallShares.take(this.limits)));
		// A refusal on the way of redirects comes from where all failures get wrapped.
		return response.onErrorMap(WebClientRequestException.class, HttpLimitFilter::unwrap);
	}

	private static Throwable unwrap(WebClientRequestException failure) {
		return (failure.getCause() instanceof LimitExceededException refusal) ? refusal : failure;
	}

}
