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

import java.io.IOException;

import io.github.penstock.LimitExceededException;

import org.springframework.core.Ordered;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Limits the requests of a {@code RestClient} or a {@code RestTemplate}. A request that
 * is refused fails with a {@link LimitExceededException} and is not sent.
 * <p>
 * Belongs at the end of the client's interceptors: what stands before it is outside of
 * the limits, so that each attempt of a retry is a request of its own.
 */
public final class HttpLimitInterceptor implements ClientHttpRequestInterceptor, Ordered {

	private final HttpLimits limits;

	/**
	 * Create an interceptor.
	 * @param limits the limits; requests to hosts that they do not name are not limited
	 */
	public HttpLimitInterceptor(HttpLimits limits) {
		this.limits = limits;
	}

	/**
	 * Send the request when the limits let it. Blocks while it waits for them.
	 * @param request the request
	 * @param body the body of the request
	 * @param execution sends the request
	 * @return the response, which has to be closed
	 * @throws LimitExceededException if the request was refused; if that was because of
	 * an interrupt, the thread's interrupt flag is set
	 * @throws IOException if the request could not be sent
	 */
	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		return ThreadHop.send(this.limits.find(request.getURI()), (hop) -> {
			request.getAttributes().put(Hop.ATTRIBUTE, hop);
			return execution.execute(request, body);
		});
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
