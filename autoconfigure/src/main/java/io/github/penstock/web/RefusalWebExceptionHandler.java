package io.github.penstock.web;

import io.github.penstock.VisibleText;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;

/**
 * Answers the refusals that no exception handler of the application took, in WebFlux.
 * They come from handlers, functions and {@code WebFilter}s alike.
 */
public final class RefusalWebExceptionHandler implements WebExceptionHandler, Ordered {

	private static final Log logger = LogFactory.getLog(RefusalWebExceptionHandler.class);

	private final int order;

	/**
	 * Create the handler.
	 * @param order its place among all exception handlers of the application
	 */
	public RefusalWebExceptionHandler(int order) {
		this.order = order;
	}

	@Override
	public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
		Refusal refusal = exchange.getResponse().isCommitted() ? null : Refusal.find(failure);
		if (refusal == null) {
			return Mono.error(failure);
		}
		if (logger.isDebugEnabled()) {
			logger.debug("Answering " + refusal.getStatusCode() + " to " + VisibleText.of(failure));
		}
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

	@Override
	public int getOrder() {
		return this.order;
	}

}
