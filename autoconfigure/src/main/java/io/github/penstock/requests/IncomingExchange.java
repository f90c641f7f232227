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

package io.github.penstock.requests;

import java.net.InetSocketAddress;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpCookie;
import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * A request to a reactive application.
 */
final class IncomingExchange extends IncomingRequest {

	private static final int OK = 200;

	private final ServerWebExchange exchange;

	private final @Nullable String principal;

	private volatile boolean complete;

	IncomingExchange(ServerWebExchange exchange, @Nullable String principal) {
		this.exchange = exchange;
		this.principal = principal;
	}

	/** Its handling has come to its end. */
	void complete() {
		this.complete = true;
	}

	private ServerHttpRequest request() {
		return this.exchange.getRequest();
	}

	@Override
	String method() {
		return request().getMethod().name();
	}

	@Override
	String rawPath() {
		return request().getPath().pathWithinApplication().value();
	}

	@Override
	@Nullable String header(String name) {
		return request().getHeaders().getFirst(name);
	}

	@Override
	@Nullable String cookie(String name) {
		HttpCookie cookie = request().getCookies().getFirst(name);
		return (cookie != null) ? cookie.getValue() : null;
	}

	@Override
	@Nullable String queryString() {
		return request().getURI().getRawQuery();
	}

	@Override
	@Nullable String address() {
		InetSocketAddress remote = request().getRemoteAddress();
		if (remote == null) {
			return null;
		}
		return (remote.getAddress() != null) ? remote.getAddress().getHostAddress() : remote.getHostString();
	}

	@Override
	@Nullable String principal() {
		return this.principal;
	}

	@Override
	HttpRequest asHttpRequest() {
		return request();
	}

	/** A response that is cut off before it begins has no status. */
	@Override
	int status() {
		HttpStatusCode status = this.exchange.getResponse().getStatusCode();
		if (status != null) {
			return status.value();
		}
		return (this.complete || this.exchange.getResponse().isCommitted()) ? OK : -1;
	}

}
