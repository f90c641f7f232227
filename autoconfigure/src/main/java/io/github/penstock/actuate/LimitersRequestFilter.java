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

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Refuses changes whose values would come from the query, or whose body is wrong, in
 * Spring WebFlux, where the endpoint itself cannot tell them from those of the path.
 */
public final class LimitersRequestFilter implements WebFilter {

	private final EndpointPath path;

	/**
	 * Create the filter.
	 * @param path gives the path of the endpoint, {@code null} if it has none
	 */
	public LimitersRequestFilter(Supplier<@Nullable String> path) {
		this.path = new EndpointPath(path);
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		ServerHttpRequest request = exchange.getRequest();
		if (!this.path.isBelow(request)) {
			return chain.filter(exchange);
		}
		String problem = queryProblem(request);
		if (problem != null) {
			return refuse(exchange.getResponse(), problem);
		}
		if (!request.getMethod().equals(HttpMethod.POST) || !isJson(request)) {
			// What is no JSON is refused by the endpoint.
			return chain.filter(exchange);
		}
		return DataBufferUtils.join(request.getBody(), ChangeBody.LONGEST + 1)
			.map(LimitersRequestFilter::bytes)
			.onErrorReturn(DataBufferLimitException.class, new byte[ChangeBody.LONGEST + 1])
			.defaultIfEmpty(new byte[0])
			.flatMap((body) -> goOn(exchange, chain, body));
	}

	private static @Nullable String queryProblem(ServerHttpRequest request) {
		if (request.getMethod().equals(HttpMethod.POST) || request.getMethod().equals(HttpMethod.DELETE)) {
			String query = request.getURI().getRawQuery();
			return (query != null && !query.isEmpty()) ? LimitersRequestAdvisor.QUERY : null;
		}
		return Collections.disjoint(request.getQueryParams().keySet(), ChangeBody.PATH) ? null
				: LimitersRequestAdvisor.PATH_ONLY;
	}

	private static boolean isJson(ServerHttpRequest request) {
		try {
			MediaType type = request.getHeaders().getContentType();
			return type != null && (type.getSubtype().equals("json") || type.getSubtype().endsWith("+json"));
		}
		catch (InvalidMediaTypeException ex) {
			return false;
		}
	}

	private static byte[] bytes(DataBuffer buffer) {
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		return bytes;
	}

	private static Mono<Void> goOn(ServerWebExchange exchange, WebFilterChain chain, byte[] body) {
		ServerHttpRequest request = exchange.getRequest();
		String problem = ChangeCharset.problem(request.getHeaders().getContentType());
		if (problem == null) {
			problem = ChangeBody.problem(body);
		}
		if (problem != null) {
			return refuse(exchange.getResponse(), problem);
		}
		return chain.filter(exchange.mutate().request(new ServerHttpRequestDecorator(request) {

			@Override
			public Flux<DataBuffer> getBody() {
				return (body.length == 0) ? Flux.empty()
						: Flux.defer(() -> Flux.just(exchange.getResponse().bufferFactory().wrap(body)));
			}

		}).build());
	}

	private static Mono<Void> refuse(ServerHttpResponse response, String problem) {
		response.setStatusCode(HttpStatus.BAD_REQUEST);
		response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
		EndpointHeaders.DATA.forEach(response.getHeaders()::set);
		String body = "{\"status\":400,\"detail\":\"" + escape(problem) + "\"}";
		DataBuffer buffer = response.bufferFactory().wrap(body.getBytes(StandardCharsets.UTF_8));
		return response.writeWith(Mono.just(buffer));
	}

	/** The texts have no control characters. */
	private static String escape(String text) {
		return text.replace("\\", "\\\\").replace("\"", "\\\"");
	}

}
