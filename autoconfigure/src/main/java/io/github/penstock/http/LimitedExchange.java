package io.github.penstock.http;

import java.util.Objects;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * A request that is sent when the limits let it. Each subscription is a request.
 *
 * @param <T> the type of the response
 * @param limit the limits, {@code null} for a request that nobody limits and whose
 * redirects may lead to limited hosts
 * @param next sends the request
 * @param responses how to handle responses
 * @param shares takes what the call holds that sends the request
 */
record LimitedExchange<T>(@Nullable HttpLimit limit, Supplier<Mono<T>> next, Responses<T> responses,
		Supplier<CallShares> shares) implements Publisher<T> {

	@Override
	public void subscribe(Subscriber<? super T> actual) {
		new ExchangeSubscription<T>(this, Operators.toCoreSubscriber(actual)).start();
	}

	/** Send the request: to be called once per subscription. */
	Mono<T> exchange() {
		return Objects.requireNonNull(this.next.get(), "The exchange function returned null");
	}

}
