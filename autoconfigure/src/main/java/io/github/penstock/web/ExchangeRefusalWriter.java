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
