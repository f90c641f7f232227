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

import org.jspecify.annotations.Nullable;

/**
 * Whom an address stands for. A client has one IPv4 address, and at least a /64 of IPv6
 * addresses, of which it may use another one for each request (RFC 6177).
 */
final class ClientAddress {

	private static final int GROUPS = 8;

	private static final int OF_CLIENT = 4;

	private static final int MAPPED = 0xFFFF;

	private ClientAddress() {
	}

	/**
	 * Return what counts of an address.
	 * @param text the address as a server writes it; nothing is looked up
	 * @return an IPv4 address without a port, the first half of an IPv6 address; what is
	 * neither, as it is
	 */
	static String of(String text) {
		int colon = text.indexOf(':');
		if (colon < 0) {
			return text;
		}
		// Some proxies forward the port as well, which is another one for each
		// connection.
		return isWithPort(text, colon) ? text.substring(0, colon) : of6(text);
	}

	private static boolean isWithPort(String text, int colon) {
		int dot = text.indexOf('.');
		return dot >= 0 && dot < colon && text.indexOf(':', colon + 1) < 0;
	}

	private static String of6(String text) {
		int begin = text.startsWith("[") ? 1 : 0;
		int end = text.length();
		for (int i = begin; i < text.length(); i++) {
			if (text.charAt(i) == '%' || text.charAt(i) == ']') {
				end = i;
				break;
			}
		}
		String address = text.substring(begin, end);
		int[] groups = groups(address);
		if (groups == null) {
			return text;
		}
		if (isMapped(groups)) {
			return (groups[6] >> 8) + "." + (groups[6] & 0xFF) + "." + (groups[7] >> 8) + "." + (groups[7] & 0xFF);
		}
		StringBuilder network = new StringBuilder();
		for (int i = 0; i < OF_CLIENT; i++) {
			network.append(Integer.toHexString(groups[i])).append(':');
		}
		return network.append(":/64").toString();
	}

	/** An IPv4 address in the form of IPv6, as servers that listen on both have it. */
	private static boolean isMapped(int[] groups) {
		for (int i = 0; i < 5; i++) {
			if (groups[i] != 0) {
				return false;
			}
		}
		return groups[5] == MAPPED;
	}

	private static int @Nullable [] groups(String address) {
		int gap = address.indexOf("::");
		int[] groups = new int[GROUPS];
		if (gap < 0) {
			return (read(address, groups, 0) == GROUPS) ? groups : null;
		}
		int first = read(address.substring(0, gap), groups, 0);
		int[] others = new int[GROUPS];
		int last = read(address.substring(gap + 2), others, 0);
		if (first < 0 || last < 0 || first + last >= GROUPS) {
			return null;
		}
		System.arraycopy(others, 0, groups, GROUPS - last, last);
		return groups;
	}

	/** How many groups there are, -1 if they are none. */
	private static int read(String text, int[] groups, int from) {
		if (text.isEmpty()) {
			return from;
		}
		int count = from;
		for (String group : text.split(":", -1)) {
			int read = (group.indexOf('.') >= 0) ? read4(group, groups, count) : readGroup(group, groups, count);
			if (read < 0) {
				return -1;
			}
			count += read;
		}
		return count;
	}

	private static int readGroup(String group, int[] groups, int at) {
		if (group.isEmpty() || group.length() > 4 || at >= GROUPS) {
			return -1;
		}
		int value = 0;
		for (int i = 0; i < group.length(); i++) {
			int digit = Character.digit(group.charAt(i), 16);
			if (digit < 0) {
				return -1;
			}
			value = value << 4 | digit;
		}
		groups[at] = value;
		return 1;
	}

	/** The last 32 bits as IPv4 has them. */
	private static int read4(String text, int[] groups, int at) {
		String[] parts = text.split("\\.", -1);
		if (parts.length != 4 || at + 2 > GROUPS) {
			return -1;
		}
		int bits = 0;
		for (String part : parts) {
			if (!part.matches("\\d{1,3}") || Integer.parseInt(part) > 255) {
				return -1;
			}
			bits = bits << 8 | Integer.parseInt(part);
		}
		groups[at] = bits >>> 16;
		groups[at + 1] = bits & 0xFFFF;
		return 2;
	}

}
