package io.github.penstock.aop;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * All that Reactor has to do with limits. Loaded only where Reactor is there.
 */
final class ReactorLimits {

	private ReactorLimits() {
	}

	static boolean isSingle(Object publisher) {
		return publisher instanceof Mono;
	}

	/** Make Reactor's own kind of publisher of it. */
	static <T> Publisher<T> wrap(LimitedPublisher<T> publisher, boolean single) {
		return single ? Mono.fromDirect(publisher) : Flux.from(publisher);
	}

}
