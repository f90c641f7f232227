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

import java.util.Map;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * The request of this thread, where it is one of a servlet. Elsewhere there is nothing to
 * see, and nothing is done.
 */
final class ServletCall {

	private static final boolean SERVLET = isPresent("jakarta.servlet.http.HttpServletRequest")
			&& isPresent("org.springframework.web.context.request.RequestContextHolder");

	private static final String PROBLEM = ServletCall.class.getName() + ".problem";

	private ServletCall() {
	}

	private static boolean isPresent(String type) {
		return ClassUtils.isPresent(type, ServletCall.class.getClassLoader());
	}

	/** Whether there is a query, even one of no parameters. */
	static boolean hasQuery() {
		return SERVLET && Current.hasQuery();
	}

	/** The names of what came by the query or a form, which count as values of a body. */
	static Set<String> parameters() {
		return SERVLET ? Current.parameters() : Set.of();
	}

	/** The variables of the path, {@code null} where nobody knows. */
	static @Nullable Map<?, ?> path() {
		return SERVLET ? Current.path() : null;
	}

	static boolean isPost() {
		return SERVLET && Current.isPost();
	}

	/** Leave word of what is wrong with the body. */
	static void problem(String problem) {
		if (SERVLET) {
			Current.problem(problem);
		}
	}

	static @Nullable String problem() {
		return SERVLET ? Current.problem() : null;
	}

	static void setHeaders(Map<String, String> headers) {
		if (SERVLET) {
			Current.setHeaders(headers);
		}
	}

	/** Loaded with the servlet API only. */
	private static final class Current {

		/** The name that Spring MVC has for it. */
		private static final String VARIABLES = "org.springframework.web.servlet.HandlerMapping.uriTemplateVariables";

		private static @Nullable ServletRequestAttributes attributes() {
			return (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes)
					? attributes : null;
		}

		private static @Nullable HttpServletRequest request() {
			ServletRequestAttributes attributes = attributes();
			return (attributes != null) ? attributes.getRequest() : null;
		}

		static boolean hasQuery() {
			HttpServletRequest request = request();
			return request != null && request.getQueryString() != null && !request.getQueryString().isEmpty();
		}

		static Set<String> parameters() {
			HttpServletRequest request = request();
			return (request != null) ? request.getParameterMap().keySet() : Set.of();
		}

		static @Nullable Map<?, ?> path() {
			HttpServletRequest request = request();
			return (request != null && request.getAttribute(VARIABLES) instanceof Map<?, ?> variables) ? variables
					: null;
		}

		static boolean isPost() {
			HttpServletRequest request = request();
			return request != null && request.getMethod().equals("POST");
		}

		static void problem(String problem) {
			HttpServletRequest request = request();
			if (request != null) {
				request.setAttribute(PROBLEM, problem);
			}
		}

		static @Nullable String problem() {
			HttpServletRequest request = request();
			return (request != null && request.getAttribute(PROBLEM) instanceof String problem) ? problem : null;
		}

		static void setHeaders(Map<String, String> headers) {
			ServletRequestAttributes attributes = attributes();
			HttpServletResponse response = (attributes != null) ? attributes.getResponse() : null;
			if (response != null) {
				headers.forEach(response::setHeader);
			}
		}

	}

}
