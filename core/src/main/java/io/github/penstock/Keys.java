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

package io.github.penstock;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * What may be a key: a value, so that two keys that are equal now are equal for ever.
 */
final class Keys {

	/** Longer text is kept as its hash. */
	private static final int LONGEST_TEXT = 128;

	private static final int HASH_CHARS = 16;

	private static final Set<Class<?>> SCALARS = Set.of(Long.class, Integer.class, Short.class, Byte.class,
			Double.class, Float.class, BigInteger.class, BigDecimal.class, Boolean.class, Character.class, UUID.class);

	/** Whether a record may be a key as it is, for it has nothing but scalars. */
	private static final ClassValue<Boolean> PLAIN_RECORDS = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> type) {
			return Arrays.stream(type.getRecordComponents())
				.map(RecordComponent::getType)
				.allMatch((component) -> component.isPrimitive() || component.isEnum() || SCALARS.contains(component));
		}

	};

	private Keys() {
	}

	/**
	 * Check a key.
	 * @return what to keep of it
	 * @throws IllegalArgumentException if it is {@code null}, or no value
	 */
	static Object of(@Nullable Object key) {
		if (key instanceof String text) {
			return (text.length() <= LONGEST_TEXT) ? text : new HashedText(sha256(text));
		}
		return ofOther(key);
	}

	private static Object ofOther(@Nullable Object key) {
		if (key == null) {
			throw new IllegalArgumentException("A key must not be null");
		}
		if (isScalar(key) || key instanceof Enum<?> || key instanceof InetAddress) {
			return key;
		}
		if (key instanceof List<?> list) {
			return new Several(List.class, list.stream().map(Keys::of).toList());
		}
		if (key instanceof Record aRecord) {
			return ofRecord(aRecord);
		}
		throw new IllegalArgumentException("A " + key.getClass().getName()
				+ " can be no key: use text, a number, a boolean, a UUID, an enum, an address, or a record or list of such");
	}

	private static Object ofRecord(Record key) {
		List<Object> parts = new ArrayList<>();
		if (!PLAIN_RECORDS.get(key.getClass())) {
			for (RecordComponent component : key.getClass().getRecordComponents()) {
				parts.add(of(value(key, component)));
			}
			return new Several(key.getClass(), parts);
		}
		for (RecordComponent component : key.getClass().getRecordComponents()) {
			if (!component.getType().isPrimitive()) {
				of(value(key, component));
			}
		}
		return key;
	}

	static boolean isScalar(Object value) {
		return SCALARS.contains(value.getClass());
	}

	static @Nullable Object value(Record key, RecordComponent component) {
		try {
			Method accessor = component.getAccessor();
			accessor.trySetAccessible();
			return accessor.invoke(key);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalArgumentException("A " + key.getClass().getName() + " can be no key: its '"
					+ component.getName() + "' cannot be read", ex);
		}
	}

	/** By what a key is known to those who may not know it. */
	static String hash(Object key) {
		byte[] hash = (key instanceof HashedText text) ? text.bytes() : sha256(text(key));
		return HexFormat.of().formatHex(hash).substring(0, HASH_CHARS);
	}

	/** A key for those who may know it. */
	static String text(Object key) {
		if (key instanceof HashedText text) {
			return "sha256:" + HexFormat.of().formatHex(text.bytes());
		}
		if (key instanceof Several several) {
			return several.parts().stream().map(Keys::text).toList().toString();
		}
		return (key instanceof InetAddress address) ? address.getHostAddress() : String.valueOf(key);
	}

	private static byte[] sha256(String text) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** What is kept of a long text. */
	record HashedText(byte[] bytes) {

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof HashedText text && Arrays.equals(this.bytes, text.bytes);
		}

		@Override
		public int hashCode() {
			return Arrays.hashCode(this.bytes);
		}

	}

	/** A list, or a record that has more than scalars in it. */
	record Several(Class<?> type, List<Object> parts) {
	}

}
