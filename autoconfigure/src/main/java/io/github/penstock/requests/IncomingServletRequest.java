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

import java.security.Principal;
import java.util.function.Supplier;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpRequest;
import org.springframework.http.server.ServletServerHttpRequest;

/**
 * A request to a servlet.
 */
final class IncomingServletRequest extends IncomingRequest {

	private static final int FAILED = 500;

	private final HttpServletRequest request;

	private final HttpServletResponse response;

	private final Supplier<@Nullable String> currentPrincipal;

	private volatile boolean failed;

	IncomingServletRequest(HttpServletRequest request, HttpServletResponse response,
			Supplier<@Nullable String> currentPrincipal) {
		this.request = request;
		this.response = response;
		this.currentPrincipal = currentPrincipal;
	}

	HttpServletRequest request() {
		return this.request;
	}

	HttpServletResponse response() {
		return this.response;
	}

	/** An exception has left the handlers: the server will answer with an error. */
	void fail() {
		this.failed = true;
	}

	@Override
	String method() {
		return this.request.getMethod();
	}

	@Override
	String rawPath() {
		String uri = this.request.getRequestURI();
		String context = this.request.getContextPath();
		return uri.startsWith(context) ? uri.substring(context.length()) : uri;
	}

	@Override
	String mappedPath() {
		String path = this.request.getServletPath();
		String more = this.request.getPathInfo();
		return (more != null) ? path + more : path;
	}

	@Override
	@Nullable String header(String name) {
		return this.request.getHeader(name);
	}

	@Override
	@Nullable String cookie(String name) {
		Cookie[] cookies = this.request.getCookies();
		if (cookies != null) {
			for (Cookie cookie : cookies) {
				if (cookie.getName().equals(name)) {
					return cookie.getValue();
				}
			}
		}
		return null;
	}

	@Override
	@Nullable String queryString() {
		return this.request.getQueryString();
	}

	@Override
	@Nullable String address() {
		return this.request.getRemoteAddr();
	}

	@Override
	@Nullable String principal() {
		Principal user = this.request.getUserPrincipal();
		return (user != null) ? user.getName() : this.currentPrincipal.get();
	}

	@Override
	HttpRequest asHttpRequest() {
		return new ServletServerHttpRequest(this.request);
	}

	@Override
	int status() {
		return (this.failed && !this.response.isCommitted()) ? FAILED : this.response.getStatus();
	}

}
