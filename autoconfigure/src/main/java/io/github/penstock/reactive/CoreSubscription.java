package io.github.penstock.reactive;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/**
 * A subscription that passes Reactor's context on to the work. Loaded only where Reactor
 * is there.
 *
 * @param <T> the type of the elements
 */
final class CoreSubscription<T> extends LimitedSubscription<T> implements CoreSubscriber<T> {

	private CoreSubscription(LimitedWork<T> work, Subscriber<? super T> actual) {
		super(work, actual);
	}

	static <T> LimitedSubscription<T> of(LimitedWork<T> work, Subscriber<? super T> actual) {
		return new CoreSubscription<>(work, actual);
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
