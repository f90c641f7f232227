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
