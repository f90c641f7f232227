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

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpRequest;

/**
 * Says whose limits hold for a request, where the sources that the configuration knows
 * cannot: a bean of this type is named there as {@code key: "@nameOfTheBean"}.
 */
@FunctionalInterface
public interface RequestKey {

	/**
	 * Return the key of a request. Called on the thread of the request, before any
	 * handler; must not block, nor read the body.
	 * @param request the request: a
	 * {@link org.springframework.http.server.ServletServerHttpRequest} in a servlet
	 * application, a {@link org.springframework.http.server.reactive.ServerHttpRequest}
	 * in a reactive one
	 * @return text, a number, a boolean, a {@code UUID}, an enum, an address, or a record
	 * or list of such; {@code null} if the request has no such key
	 */
	@Nullable Object keyOf(HttpRequest request);

}
