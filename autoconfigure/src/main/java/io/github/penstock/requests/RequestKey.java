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
