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

package io.github.penstock.actuate;

import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Gives the answers of an endpoint their headers, in Spring WebFlux, where the endpoint
 * itself has no hold of the response.
 */
public final class EndpointHeadersFilter implements WebFilter {

	private final EndpointPath path;

	private final Map<String, String> headers;

	private EndpointHeadersFilter(Supplier<@Nullable String> path, Map<String, String> headers) {
		this.path = new EndpointPath(path);
		this.headers = headers;
	}

	/**
	 * Create the filter for the endpoint {@code limiters}.
	 * @param path gives the path of the endpoint, {@code null} if it has none
	 * @return a new filter
	 */
	public static EndpointHeadersFilter limiters(Supplier<@Nullable String> path) {
		return new EndpointHeadersFilter(path, EndpointHeaders.DATA);
	}

	/**
	 * Create the filter for the page.
	 * @param path gives the path of the endpoint, {@code null} if it has none
	 * @param page the endpoint
	 * @return a new filter
	 */
	public static EndpointHeadersFilter page(Supplier<@Nullable String> path, PenstockPageEndpoint page) {
		return new EndpointHeadersFilter(path, page.headers());
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (this.path.isEndpoint(exchange.getRequest())) {
			exchange.getResponse().beforeCommit(() -> {
				HttpHeaders headers = exchange.getResponse().getHeaders();
				this.headers.forEach(headers::set);
				return Mono.empty();
			});
		}
		return chain.filter(exchange);
	}

}
