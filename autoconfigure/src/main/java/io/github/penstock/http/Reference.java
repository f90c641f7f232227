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

package io.github.penstock.http;

import java.net.URI;
import java.net.URISyntaxException;

import org.jspecify.annotations.Nullable;

/**
 * A reference to a resource, taken apart and resolved as RFC 3986 has it in 5.2.
 * {@link URI#resolve} is of its predecessor: it loses the last part of the path to an
 * empty reference or to a query alone, and keeps dot segments that lead above the root.
 *
 * @param scheme up to the colon
 * @param authority between two slashes and the path
 * @param path the path, which may be empty
 * @param query behind a question mark
 * @param fragment behind a hash sign
 */
record Reference(@Nullable String scheme, @Nullable String authority, String path, @Nullable String query,
		@Nullable String fragment) {

	/** Take a reference apart; it must consist of characters that a URI may have. */
	static Reference parse(String text) throws URISyntaxException {
		URI uri = new URI(text);
		if (uri.isOpaque()) {
			return new Reference(uri.getScheme(), null, uri.getRawSchemeSpecificPart(), null, uri.getRawFragment());
		}
		return new Reference(uri.getScheme(), uri.getRawAuthority(), uri.getRawPath(), uri.getRawQuery(),
				uri.getRawFragment());
	}

	/** Resolve it against the resource that it was found at. */
	URI against(URI base) throws URISyntaxException {
		if (this.scheme != null) {
			return uri(this.scheme, this.authority, withoutDots(this.path), this.query);
		}
		String scheme = base.getScheme();
		if (this.authority != null) {
			return uri(scheme, this.authority, withoutDots(this.path), this.query);
		}
		String authority = base.getRawAuthority();
		String path = (base.getRawPath() != null) ? base.getRawPath() : "";
		if (this.path.isEmpty()) {
			return uri(scheme, authority, path, (this.query != null) ? this.query : base.getRawQuery());
		}
		String merged = (this.path.startsWith("/")) ? this.path
				: (path.isEmpty()) ? "/" + this.path : path.substring(0, path.lastIndexOf('/') + 1) + this.path;
		return uri(scheme, authority, withoutDots(merged), this.query);
	}

	private URI uri(@Nullable String scheme, @Nullable String authority, String path, @Nullable String query)
			throws URISyntaxException {
		StringBuilder text = new StringBuilder();
		if (scheme != null) {
			text.append(scheme).append(':');
		}
		if (authority != null) {
			text.append("//").append(authority);
		}
		text.append(path);
		if (query != null) {
			text.append('?').append(query);
		}
		if (this.fragment != null) {
			text.append('#').append(this.fragment);
		}
		return new URI(text.toString());
	}

	/** Those segments lead nowhere, or up to the root at most. */
	private static String withoutDots(String path) {
		StringBuilder result = new StringBuilder();
		for (int start = 0; start < path.length();) {
			int slash = path.indexOf('/', start + 1);
			int end = (slash >= 0) ? slash : path.length();
			String segment = path.substring(start, end);
			boolean up = segment.equals("/..");
			if (up) {
				result.setLength(Math.max(0, result.lastIndexOf("/")));
			}
			if (!up && !segment.equals("/.")) {
				result.append(segment);
			}
			else if (slash < 0) {
				result.append('/');
			}
			start = end;
		}
		return result.toString();
	}

}
