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

import org.jspecify.annotations.Nullable;

/**
 * Reads IPv4 addresses as the URL standard of WHATWG has it, which is what most resolvers
 * understand: one to four numbers, decimal, octal or hexadecimal, the last of which fills
 * what the others leave. Nothing is looked up.
 */
final class Address4 {

	private static final long MOST = 0xFFFFFFFFL;

	private static final int PARTS = 4;

	private Address4() {
	}

	/**
	 * Read an address.
	 * @param host a host in lower case without a trailing dot
	 * @return the address as four decimal numbers, {@code null} if it is none
	 */
	static @Nullable String parse(String host) {
		// All names that end in a letter or a hyphen, but for a hexadecimal number.
		if (!isDigit(host.charAt(host.lastIndexOf('.') + 1))) {
			return null;
		}
		String[] parts = host.split("\\.", PARTS + 1);
		if (parts.length > PARTS) {
			return null;
		}
		long address = 0;
		for (int i = 0; i < parts.length; i++) {
			boolean last = i == parts.length - 1;
			long number = number(parts[i]);
			long most = (last) ? MOST >> (8 * i) : 255;
			if (number < 0 || number > most) {
				return null;
			}
			address |= (last) ? number : number << (8 * (PARTS - 1 - i));
		}
		return (address >> 24) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255);
	}

	private static boolean isDigit(char c) {
		return c >= '0' && c <= '9';
	}

	/** A number up to that of all addresses, or more than that; -1 if it is none. */
	private static long number(String text) {
		if (text.isEmpty() || !isDigit(text.charAt(0))) {
			return -1;
		}
		int radix = 10;
		int start = 0;
		if (text.startsWith("0x")) {
			radix = 16;
			start = 2;
		}
		else if (text.length() > 1 && text.startsWith("0")) {
			radix = 8;
			start = 1;
		}
		long number = 0;
		for (int i = start; i < text.length(); i++) {
			int digit = digit(text.charAt(i));
			if (digit < 0 || digit >= radix) {
				return -1;
			}
			number = Math.min(number * radix + digit, MOST + 1);
		}
		return number;
	}

	private static int digit(char c) {
		if (isDigit(c)) {
			return c - '0';
		}
		return (c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
	}

}
