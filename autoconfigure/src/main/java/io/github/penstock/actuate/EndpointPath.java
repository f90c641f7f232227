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

package io.github.penstock.actuate;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Where an endpoint is in Spring WebFlux. A management server may have a path of its own
 * before that of the endpoint.
 *
 * @param path gives the path of the endpoint, {@code null} if it has none
 */
record EndpointPath(Supplier<@Nullable String> path) {

	/** Whether the request may be for the endpoint. */
	boolean isEndpoint(ServerHttpRequest request) {
		String path = this.path.get();
		return path != null && (decoded(request.getPath()) + "/").contains(path + "/");
	}

	/** Whether the request may be for something below the endpoint. */
	boolean isBelow(ServerHttpRequest request) {
		String path = this.path.get();
		return path != null && decoded(request.getPath()).contains(path + "/");
	}

	private static String decoded(PathContainer path) {
		StringBuilder decoded = new StringBuilder();
		for (PathContainer.Element element : path.elements()) {
			decoded.append(
					(element instanceof PathContainer.PathSegment segment) ? segment.valueToMatch() : element.value());
		}
		return decoded.toString();
	}

}
