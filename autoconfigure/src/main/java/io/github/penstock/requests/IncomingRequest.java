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

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpRequest;

/**
 * What rules may know of a request, whatever the server, and what became of it.
 */
abstract class IncomingRequest {

	private @Nullable CanonicalPath path;

	private @Nullable Whose whose;

	/** A rule that was asked later has refused it. */
	private volatile boolean refusedLater;

	abstract String method();

	/** The path within the application, as the client has written it. */
	abstract String rawPath();

	/**
	 * The path within the application, as the server has read it: also the application's
	 * own path can be spelled in many ways.
	 */
	@Nullable String mappedPath() {
		return null;
	}

	abstract @Nullable String header(String name);

	abstract @Nullable String cookie(String name);

	/** What is behind the question mark, encoded. */
	abstract @Nullable String queryString();

	/** The other end of the connection, or what the server takes for it. */
	abstract @Nullable String address();

	/** The name of the caller, {@code null} if nobody is authenticated. */
	abstract @Nullable String principal();

	abstract HttpRequest asHttpRequest();

	/** The status of the response, less than 0 if there is none. */
	abstract int status();

	final CanonicalPath path() {
		CanonicalPath path = this.path;
		if (path == null) {
			path = CanonicalPath.of(rawPath(), this::mappedPath);
			this.path = path;
		}
		return path;
	}

	/**
	 * Whose limits of a rule it takes from. Read once, on the thread of the request:
	 * others may not know who calls, and a handler may change it.
	 */
	final Whose whose(RuleKey rule) {
		for (Whose known = this.whose; known != null; known = known.others) {
			if (known.rule == rule) {
				return known;
			}
		}
		Whose read = new Whose(rule, rule.read(this), rule.readPlan(this), this.whose);
		this.whose = read;
		return read;
	}

	/** The first value of a parameter in the query; the body is not looked at. */
	final @Nullable String query(String name) {
		String query = queryString();
		if (query == null) {
			return null;
		}
		for (String pair : query.split("&")) {
			int equals = pair.indexOf('=');
			if (decoded((equals >= 0) ? pair.substring(0, equals) : pair).equals(name)) {
				return (equals >= 0) ? decoded(pair.substring(equals + 1)) : "";
			}
		}
		return null;
	}

	private static String decoded(String text) {
		try {
			return URLDecoder.decode(text, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			return text;
		}
	}

	final void refuseLater() {
		this.refusedLater = true;
	}

	final boolean isRefusedLater() {
		return this.refusedLater;
	}

	/**
	 * Whose limits it takes from.
	 *
	 * @param rule where that comes from
	 * @param key the key
	 * @param plan the name of the plan
	 * @param others the same of other rules
	 */
	record Whose(RuleKey rule, Object key, @Nullable String plan, @Nullable Whose others) {
	}

}
