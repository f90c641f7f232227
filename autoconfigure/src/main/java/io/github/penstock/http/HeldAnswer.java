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
