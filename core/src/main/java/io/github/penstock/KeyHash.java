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

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;

import org.jspecify.annotations.Nullable;

/**
 * By what the key of a refused call is known to those who may not know it. Worked out for
 * those who ask, as refusing is to stay cheap; where it is written, the key is not.
 */
final class KeyHash implements Serializable {

	private static final long serialVersionUID = 1L;

	private final transient @Nullable Object key;

	private @Nullable String hash;

	KeyHash(Object key) {
		this.key = key;
	}

	@Override
	public String toString() {
		String hash = this.hash;
		return (hash != null) ? hash : workOut();
	}

	private String workOut() {
		String hash = (this.key != null) ? Keys.hash(this.key) : "?";
		this.hash = hash;
		return hash;
	}

	private void writeObject(ObjectOutputStream out) throws IOException {
		this.hash = toString();
		out.defaultWriteObject();
	}

}
