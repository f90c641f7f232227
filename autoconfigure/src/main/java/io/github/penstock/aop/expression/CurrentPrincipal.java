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

package io.github.penstock.aop.expression;

import java.security.Principal;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * The caller of the current thread, by the libraries that are there. Each one is asked by
 * a class of its own, which is not loaded without it.
 */
final class CurrentPrincipal {

	private CurrentPrincipal() {
	}

	static PrincipalSource of(@Nullable ClassLoader classLoader) {
		boolean security = ClassUtils.isPresent("org.springframework.security.core.context.SecurityContextHolder",
				classLoader);
		boolean servlet = ClassUtils.isPresent("org.springframework.web.context.request.RequestContextHolder",
				classLoader) && ClassUtils.isPresent("jakarta.servlet.http.HttpServletRequest", classLoader);
		PrincipalSource user = servlet ? new RequestUser() : () -> null;
		return security ? new Authenticated(user) : user;
	}

	private static final class Authenticated implements PrincipalSource {

		private final PrincipalSource otherwise;

		private Authenticated(PrincipalSource otherwise) {
			this.otherwise = otherwise;
		}

		@Override
		public @Nullable String principal() {
			Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
			if (authentication == null || !authentication.isAuthenticated()
					|| authentication instanceof AnonymousAuthenticationToken) {
				return this.otherwise.principal();
			}
			String name = authentication.getName();
			return StringUtils.hasLength(name) ? name : null;
		}

	}

	private static final class RequestUser implements PrincipalSource {

		@Override
		public @Nullable String principal() {
			RequestAttributes current = RequestContextHolder.getRequestAttributes();
			if (current == null || !(current
				.resolveReference(RequestAttributes.REFERENCE_REQUEST) instanceof HttpServletRequest request)) {
				return null;
			}
			Principal user = request.getUserPrincipal();
			return (user != null && StringUtils.hasLength(user.getName())) ? user.getName() : null;
		}

	}

}
