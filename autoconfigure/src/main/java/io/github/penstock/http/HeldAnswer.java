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
 * A response for a subscriber.
 *
 * @param <T> the type of the response
 * @param response the response
 * @param hold the permit of its body, {@code null} if it needs none
 */
record HeldAnswer<T>(T response, @Nullable BodyHold hold) {

	/** Let a body have a permit. */
	static <T> HeldAnswer<T> hold(T response, Responses<T> responses, BodyHold hold) {
		try {
			return new HeldAnswer<>(responses.withBody(response, (body) -> new HeldFlux(body, hold)), hold);
		}
		catch (Throwable ex) {
			hold.close();
			throw ex;
		}
	}

	/** Give the permit back. */
	void close() {
		if (this.hold != null) {
			this.hold.close();
		}
	}

}
