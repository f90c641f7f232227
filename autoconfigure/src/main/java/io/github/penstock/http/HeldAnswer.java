package io.github.penstock.http;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DataBuffer;

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
			return new HeldAnswer<>(responses.withBody(response, (body) -> held(body, hold)), hold);
		}
		catch (Throwable ex) {
			hold.close();
			throw ex;
		}
	}

	private static Flux<DataBuffer> held(Flux<DataBuffer> body, BodyHold hold) {
		// The permit is back before the end is told, and after the body was cancelled.
		return body.doOnNext((buffer) -> hold.progress()).doOnTerminate(hold::close).doFinally((end) -> hold.close());
	}

	/** Give the permit back. */
	void close() {
		if (this.hold != null) {
			this.hold.close();
		}
	}

}
