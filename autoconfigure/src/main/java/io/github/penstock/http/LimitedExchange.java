package io.github.penstock.http;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;

/**
 * A request that is sent when the limits let it. Each subscription is a request.
 *
 * @param limit the limits
 * @param request the request
 * @param next sends it
 */
record LimitedExchange(HttpLimit limit, ClientRequest request,
		ExchangeFunction next) implements Publisher<ClientResponse> {

	@Override
	public void subscribe(Subscriber<? super ClientResponse> actual) {
		CoreSubscriber<? super ClientResponse> subscriber = Operators.toCoreSubscriber(actual);
		new ExchangeSubscription(this, subscriber).start();
	}

	/** Send the request: to be called once per subscription. */
	Mono<ClientResponse> exchange() {
		try {
			return this.next.exchange(this.request);
		}
		catch (RuntimeException ex) {
			return Mono.error(ex);
		}
	}

}
