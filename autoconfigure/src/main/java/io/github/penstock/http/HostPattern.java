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

import java.util.Comparator;

/**
 * Which hosts are meant: {@code api.example.com}, {@code api.example.com:8443},
 * {@code *.example.com} for all hosts below it at any depth, {@code *} for all. Without a
 * port any port is meant.
 *
 * @param host the host in the form of {@link Authority}; for a wildcard what follows the
 * asterisk, such as {@code .example.com}
 * @param wildcard whether it begins with an asterisk
 * @param port the port, -1 for any
 */
record HostPattern(String host, boolean wildcard, int port) {

	/** The most specific first: a whole name before a long suffix before a short one. */
	static final Comparator<HostPattern> MOST_SPECIFIC_FIRST = Comparator.comparing(HostPattern::wildcard)
		.thenComparing((pattern) -> -pattern.host.length())
		.thenComparing((pattern) -> pattern.port < 0);

	/**
	 * Read a pattern.
	 * @throws IllegalArgumentException if it is none
	 */
	static HostPattern parse(String written) {
		String text = written.trim();
		if (text.contains("://") || text.contains("/")) {
			throw invalid(written, "write the host alone, without scheme and path");
		}
		if (text.contains("@")) {
			throw invalid(written, "write the host alone, without a user");
		}
		int colon = text.lastIndexOf(':');
		int port = -1;
		if (colon > text.lastIndexOf(']')) {
			port = Authority.port(text.substring(colon + 1));
			if (port < 1) {
				throw invalid(written, "a port is a number from 1 to 65535, and an IPv6 address stands in brackets");
			}
			text = text.substring(0, colon);
		}
		if (text.equals("*")) {
			return new HostPattern("", true, port);
		}
		boolean wildcard = text.startsWith("*.");
		String host = (wildcard) ? Authority.name(text.substring(2)) : Authority.normalize(text);
		if (host == null) {
			throw invalid(written, "write a host such as api.example.com, api.example.com:8443 or *.example.com");
		}
		return new HostPattern((wildcard) ? "." + host : host, wildcard, port);
	}

	private static IllegalArgumentException invalid(String written, String mend) {
		return new IllegalArgumentException("Invalid host '" + written + "': " + mend);
	}

	boolean matches(Authority authority) {
		if (this.port >= 0 && this.port != authority.port()) {
			return false;
		}
		return (this.wildcard) ? authority.host().length() > this.host.length() && authority.host().endsWith(this.host)
				: authority.host().equals(this.host);
	}

	@Override
	public String toString() {
		return ((this.wildcard) ? "*" : "") + this.host + ((this.port >= 0) ? ":" + this.port : "");
	}

}
