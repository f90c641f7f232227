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

package io.github.penstock.autoconfigure;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;

/**
 * Where an endpoint is, which nobody knows before all endpoints are there.
 *
 * @param endpoints all endpoints
 * @param id the endpoint
 */
record EndpointPaths(ObjectProvider<PathMappedEndpoints> endpoints, String id) implements Supplier<@Nullable String> {

	@Override
	public @Nullable String get() {
		PathMappedEndpoints mapped = this.endpoints.getIfAvailable();
		return (mapped != null) ? mapped.getPath(EndpointId.of(this.id)) : null;
	}

}
