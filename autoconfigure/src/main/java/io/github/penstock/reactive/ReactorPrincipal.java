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

package io.github.penstock.reactive;

import java.security.Principal;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.util.ClassUtils;
import org.springframework.web.filter.reactive.ServerWebExchangeContextFilter;
import org.springframework.web.server.ServerWebExchange;

/**
 * The name of the caller that Reactor's context knows, by the libraries that are there.
 * Each one is asked by a class of its own, which is not loaded without it.
 */
final class ReactorPrincipal {

	private static final boolean SECURITY_PRESENT = isPresent(
			"org.springframework.security.core.context.SecurityContext");

	private static final boolean WEBFLUX_PRESENT = isPresent("org.springframework.web.server.ServerWebExchange");

	private ReactorPrincipal() {
	}

	private static boolean isPresent(String name) {
		return ClassUtils.isPresent(name, ReactorPrincipal.class.getClassLoader());
	}

	/**
	 * The name, {@code null} in the end if nobody is authenticated; {@code null} at once
	 * if the context does not know.
	 */
	static @Nullable CompletableFuture<@Nullable String> of(ContextView context) {
		Mono<String> name = SECURITY_PRESENT ? Authenticated.of(context) : null;
		if (name == null && WEBFLUX_PRESENT) {
			name = OfExchange.of(context);
		}
		return (name != null) ? name.contextWrite(context).toFuture().thenApply((found) -> found) : null;
	}

	private static final class Authenticated {

		static @Nullable Mono<String> of(ContextView context) {
			Mono<SecurityContext> security = context.getOrDefault(SecurityContext.class, null);
			if (security == null) {
				return null;
			}
			return security.mapNotNull(SecurityContext::getAuthentication)
				.filter((authentication) -> authentication.isAuthenticated()
						&& !(authentication instanceof AnonymousAuthenticationToken))
				.map(Authentication::getName);
		}

	}

	private static final class OfExchange {

		static @Nullable Mono<String> of(ContextView context) {
			ServerWebExchange exchange = ServerWebExchangeContextFilter.getExchange(context).orElse(null);
			return (exchange != null) ? exchange.getPrincipal().map(Principal::getName) : null;
		}

	}

}
