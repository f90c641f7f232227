package io.github.penstock.aop;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

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

	/** Make a subscription that passes Reactor's context on to the source. */
	static <T> LimitedSubscription<T> subscription(LimitedPublisher<T> publisher, Subscriber<? super T> actual) {
		return new CoreSubscription<>(publisher, actual);
	}

	private static final class CoreSubscription<T> extends LimitedSubscription<T> implements CoreSubscriber<T> {

		private CoreSubscription(LimitedPublisher<T> publisher, Subscriber<? super T> actual) {
			super(publisher, actual);
		}

		@Override
		@Nullable CompletableFuture<@Nullable String> principal() {
			return ReactorPrincipal.of(currentContext());
		}

		@Override
		public Context currentContext() {
			return (actual() instanceof CoreSubscriber<?> subscriber) ? subscriber.currentContext() : Context.empty();
		}

	}

}
