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

package io.github.penstock.web;

import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;

/**
 * Writes a {@link Refusal} to a reactive response.
 */
public final class ExchangeRefusalWriter {

	private ExchangeRefusalWriter() {
	}

	/**
	 * Write a response.
	 * @param refusal what to write
	 * @param exchange the request, and its response, which is not committed
	 * @return done when it is written
	 */
	public static Mono<Void> write(Refusal refusal, ServerWebExchange exchange) {
		byte[] body = refusal.toJson(exchange.getRequest().getPath().value());
		ServerHttpResponse response = exchange.getResponse();
		response.setStatusCode(refusal.getStatusCode());
		HttpHeaders headers = response.getHeaders();
		headers.clearContentHeaders();
		refusal.getHeaders().forEach(headers::put);
		headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
		headers.setContentLength(body.length);
		DataBuffer buffer = response.bufferFactory().wrap(body);
		return response.writeWith(Mono.just(buffer));
	}

}
