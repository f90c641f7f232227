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
