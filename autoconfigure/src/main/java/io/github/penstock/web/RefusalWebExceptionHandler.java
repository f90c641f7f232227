package io.github.penstock.web;

import io.github.penstock.VisibleText;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
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
		return ExchangeRefusalWriter.write(refusal, exchange);
	}

	@Override
	public int getOrder() {
		return this.order;
	}

}
