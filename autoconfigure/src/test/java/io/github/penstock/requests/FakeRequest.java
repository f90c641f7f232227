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

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpRequest;

/**
 * A request of a test.
 */
final class FakeRequest extends IncomingRequest {

	private final String method;

	private final String path;

	private final Map<String, String> headers = new HashMap<>();

	private @Nullable String address;

	private @Nullable String principal;

	private @Nullable Thread onlyOn;

	private volatile int status = 200;

	FakeRequest(String method, String path) {
		this.method = method;
		this.path = path;
	}

	FakeRequest header(String name, String value) {
		this.headers.put(name, value);
		return this;
	}

	FakeRequest from(String address) {
		this.address = address;
		return this;
	}

	FakeRequest by(String principal) {
		this.principal = principal;
		return this;
	}

	/** Known on this thread only, as Spring Security's principal is. */
	FakeRequest byThread(String principal) {
		this.onlyOn = Thread.currentThread();
		return by(principal);
	}

	FakeRequest answered(int status) {
		this.status = status;
		return this;
	}

	@Override
	String method() {
		return this.method;
	}

	@Override
	String rawPath() {
		int query = this.path.indexOf('?');
		return (query >= 0) ? this.path.substring(0, query) : this.path;
	}

	@Override
	@Nullable String header(String name) {
		return this.headers.get(name);
	}

	@Override
	@Nullable String cookie(String name) {
		return null;
	}

	@Override
	@Nullable String queryString() {
		int query = this.path.indexOf('?');
		return (query >= 0) ? this.path.substring(query + 1) : null;
	}

	@Override
	@Nullable String address() {
		return this.address;
	}

	@Override
	@Nullable String principal() {
		return (this.onlyOn == null || this.onlyOn == Thread.currentThread()) ? this.principal : null;
	}

	@Override
	HttpRequest asHttpRequest() {
		throw new UnsupportedOperationException();
	}

	@Override
	int status() {
		return this.status;
	}

}
