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

package io.github.penstock.redis;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import io.github.penstock.LimiterStore.Supply;
import org.jspecify.annotations.Nullable;

/**
 * Names in Redis. What stands in braces decides on the slot in a cluster: all that
 * belongs to one supply is in one. No key of a caller gets there in clear.
 */
final class SupplyNames {

	/** 128 bits. */
	private static final int DIGEST_BYTES = 16;

	private final String namespace;

	SupplyNames(String namespace) {
		this.namespace = namespace;
	}

	String tokens(Supply supply) {
		return name("rate-limit", supply);
	}

	String permits(Supply supply) {
		return name("bulkhead", supply);
	}

	private String name(String kind, Supply supply) {
		byte @Nullable [] key = supply.keyBytes();
		return "penstock:{" + this.namespace + ":" + kind + ":" + supply.limiter()
				+ ((key != null) ? ":" + digest(key) : "") + "}";
	}

	private static String digest(byte[] key) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key), 0, DIGEST_BYTES);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** A key in the slot of another. */
	static String probe(String name) {
		return name + ":probe";
	}

	String instances() {
		return "penstock:{" + this.namespace + "}:instances";
	}

	/** A key and a channel. */
	String changes() {
		return "penstock:{" + this.namespace + "}:changes";
	}

	/** A channel, and what is in the slot by which it goes. */
	String pauses() {
		return "penstock:{" + this.namespace + "}:pauses";
	}

	/** The channel, which is no key. */
	String wakeUps() {
		return "penstock:" + this.namespace + ":wake";
	}

}
