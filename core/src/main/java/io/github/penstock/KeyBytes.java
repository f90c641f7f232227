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

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * A key as bytes: the same in each JVM, and different for keys that are not equal, for
 * each value is preceded by what it is and by its length. Instances of several versions
 * meet by them in a store, so that they never change.
 */
final class KeyBytes {

	/** By what classes are known here, whatever they are called by now. */
	private static final String HASHED_TEXT = "io.github.penstock.Keys$HashedText";

	private static final String SEVERAL = "io.github.penstock.Keys$Several";

	private KeyBytes() {
	}

	/**
	 * Return a key as bytes.
	 * @param key what {@link Keys#of} has made of one, or any other scalar
	 */
	static byte[] of(Object key) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try {
			write(new DataOutputStream(bytes), key);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

	private static void write(DataOutputStream out, @Nullable Object value) throws IOException {
		if (value instanceof String text) {
			writeText(out, 's', text);
		}
		else if (value instanceof Long number) {
			out.writeByte('l');
			out.writeLong(number);
		}
		else if (value instanceof Integer number) {
			out.writeByte('i');
			out.writeInt(number);
		}
		else if (value instanceof UUID id) {
			out.writeByte('u');
			out.writeLong(id.getMostSignificantBits());
			out.writeLong(id.getLeastSignificantBits());
		}
		else if (value instanceof Enum<?> constant) {
			writeText(out, 'e', constant.getDeclaringClass().getName());
			writeText(out, 'n', constant.name());
		}
		else if (value instanceof InetAddress address) {
			writeBytes(out, 'a', address.getAddress());
		}
		else if (value instanceof Record composed) {
			writeRecord(out, composed);
		}
		else {
			writeOther(out, value);
		}
	}

	private static void writeOther(DataOutputStream out, @Nullable Object value) throws IOException {
		if (value instanceof Double number) {
			out.writeByte('d');
			out.writeLong(Double.doubleToLongBits(number));
		}
		else if (value instanceof Float number) {
			out.writeByte('f');
			out.writeInt(Float.floatToIntBits(number));
		}
		else if (value != null && Keys.isScalar(value)) {
			writeText(out, 'o', value.getClass().getName());
			writeText(out, 'v', value.toString());
		}
		else {
			throw new IllegalArgumentException(
					"A " + ((value != null) ? value.getClass().getName() : "null") + " is no key of a limiter");
		}
	}

	private static void writeRecord(DataOutputStream out, Record value) throws IOException {
		if (value instanceof Keys.HashedText text) {
			writeText(out, 'r', HASHED_TEXT);
			writeBytes(out, 'b', text.bytes());
		}
		else if (value instanceof Keys.Several several) {
			writeText(out, 'r', SEVERAL);
			writeText(out, 'c', several.type().getName());
			writeList(out, several.parts());
		}
		else {
			writeText(out, 'r', value.getClass().getName());
			for (RecordComponent component : value.getClass().getRecordComponents()) {
				write(out, Keys.value(value, component));
			}
		}
	}

	private static void writeList(DataOutputStream out, List<Object> list) throws IOException {
		out.writeByte('L');
		out.writeInt(list.size());
		for (Object part : list) {
			write(out, part);
		}
	}

	private static void writeText(DataOutputStream out, char kind, String text) throws IOException {
		writeBytes(out, kind, text.getBytes(StandardCharsets.UTF_8));
	}

	private static void writeBytes(DataOutputStream out, char kind, byte[] bytes) throws IOException {
		out.writeByte(kind);
		out.writeInt(bytes.length);
		out.write(bytes);
	}

}
