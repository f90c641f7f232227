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

import java.net.IDN;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Whom a request goes to: a host in the one form that all its spellings have in common,
 * and a port.
 *
 * @param host in lower case, non-ASCII names in their {@code xn--} form, without a
 * trailing dot; an IPv4 address as four numbers, also one that is written as an IPv6
 * address; an IPv6 address in brackets
 * @param port the port, -1 if it is not known
 */
record Authority(String host, int port) {

	private static final int MOST_CHARACTERS = 253;

	/**
	 * Take the authority of a request's target. What stands before an {@code @} is not a
	 * part of it.
	 * @return the authority, {@code null} if there is none that a request could go to
	 */
	static @Nullable Authority of(URI uri) {
		int port = uri.getPort();
		String host = uri.getHost();
		if (host == null) {
			// Names with an underscore, percent-encoded or not in ASCII.
			String authority = uri.getRawAuthority();
			if (authority == null) {
				return null;
			}
			authority = authority.substring(authority.lastIndexOf('@') + 1);
			int colon = authority.lastIndexOf(':');
			port = (colon >= 0) ? port(authority.substring(colon + 1)) : -1;
			host = (colon >= 0) ? authority.substring(0, colon) : authority;
		}
		String normal = normalize(host);
		return (normal != null) ? new Authority(normal, (port >= 0) ? port : defaultPort(uri.getScheme())) : null;
	}

	private static int defaultPort(@Nullable String scheme) {
		if ("https".equalsIgnoreCase(scheme)) {
			return 443;
		}
		return "http".equalsIgnoreCase(scheme) ? 80 : -1;
	}

	/** A port, -1 if it is none. */
	static int port(String text) {
		boolean digits = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch((c) -> c >= '0' && c <= '9');
		int port = (digits) ? Integer.parseInt(text) : -1;
		return (port <= 65535) ? port : -1;
	}

	/**
	 * Bring a host into its one form.
	 * @return the host, {@code null} if it is none
	 */
	static @Nullable String normalize(String written) {
		if (isNormal(written)) {
			return address4(written);
		}
		if (written.startsWith("[")) {
			return address6(written);
		}
		String name = name(written);
		return (name != null) ? address4(name) : null;
	}

	/** The address if it is one in any spelling, else the host. */
	private static String address4(String host) {
		String address = Address4.parse(host);
		return (address != null) ? address : host;
	}

	/**
	 * Bring a name, or a part of one, into its one form.
	 * @return the name, {@code null} if it is none
	 */
	static @Nullable String name(String written) {
		if (isNormal(written)) {
			return written;
		}
		String host = decode(written);
		// The length first: toASCII of JDK 25 throws a plain RuntimeException if it is
		// too long.
		if (host == null || host.length() > MOST_CHARACTERS + 1 || !host.chars().allMatch(Authority::mayBeInName)) {
			return null;
		}
		try {
			host = IDN.toASCII(host, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
		host = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
		boolean valid = !host.isEmpty() && host.length() <= MOST_CHARACTERS
				&& host.chars().allMatch(Authority::mayBeInName) && !host.startsWith(".") && !host.contains("..");
		return (valid) ? host : null;
	}

	/** What nearly all hosts are. */
	private static boolean isNormal(String host) {
		int length = host.length();
		if (length == 0 || length > MOST_CHARACTERS) {
			return false;
		}
		char before = '.';
		for (int i = 0; i < length; i++) {
			char c = host.charAt(i);
			boolean name = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
			if (!name && (c != '.' || before == '.')) {
				return false;
			}
			before = c;
		}
		return before != '.';
	}

	private static boolean mayBeInName(int c) {
		return c > 127 || Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_';
	}

	/** A literal address is not looked up. */
	private static @Nullable String address6(String literal) {
		boolean closed = literal.endsWith("]") && literal.indexOf(':') >= 0;
		String address = (closed) ? literal.substring(1, literal.length() - 1) : "";
		int zone = address.indexOf('%');
		address = (zone >= 0) ? address.substring(0, zone) : address;
		if (address.isEmpty() || !address.chars().allMatch((c) -> HexFormat.isHexDigit(c) || c == ':' || c == '.')) {
			return null;
		}
		try {
			InetAddress parsed = InetAddress.getByName("[" + address + "]");
			// One that was an IPv4 address all along has become one.
			return (parsed instanceof Inet6Address) ? "[" + parsed.getHostAddress() + "]" : parsed.getHostAddress();
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

	private static @Nullable String decode(String host) {
		if (host.indexOf('%') < 0) {
			return host;
		}
		try {
			return URLDecoder.decode(host.replace("+", "%2B"), StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

}
