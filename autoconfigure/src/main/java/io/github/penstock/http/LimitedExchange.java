package io.github.penstock.http;

import java.util.function.Supplier;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * A request that is sent when the limits let it. Each subscription is a request.
 *
 * @param <T> the type of the response
 * @param limit the limits
 * @param next sends the request
 * @param responses how to handle responses
 * @param shares what the call holds that sends the request
 */
record LimitedExchange<T>(HttpLimit limit, Supplier<Mono<T>> next, Responses<T> responses,
		CallShares shares) implements Publisher<T> {

	@Override
	public void subscribe(Subscriber<? super T> actual) {
		CoreSubscriber<? super T> subscriber = Operators.toCoreSubscriber(actual);
		new ExchangeSubscription<T>(this, subscriber).start();
	}

	/** Send the request: to be called once per subscription. */
	Mono<T> exchange() {
		try {
			return this.next.get();
		}
		catch (RuntimeException ex) {
			return Mono.error(ex);
		}
	}

}
