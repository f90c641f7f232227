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

package io.github.penstock.benchmarks.web;

import jakarta.servlet.http.HttpServletRequestWrapper;

import org.springframework.mock.web.MockHttpServletRequest;

/**
 * A request that costs as little as can be.
 */
final class PlainRequest extends HttpServletRequestWrapper {

	private final String path;

	PlainRequest(String path) {
		super(new MockHttpServletRequest("GET", path));
		this.path = path;
	}

	@Override
	public String getMethod() {
		return "GET";
	}

	@Override
	public String getRequestURI() {
		return this.path;
	}

	@Override
	public String getContextPath() {
		return "";
	}

	@Override
	public String getHeader(String name) {
		return name.equals("X-Api-Key") ? "customer-17" : null;
	}

	@Override
	public boolean isAsyncStarted() {
		return false;
	}

}
