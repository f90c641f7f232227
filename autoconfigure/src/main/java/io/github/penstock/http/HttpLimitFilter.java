package io.github.penstock.http;

import io.github.penstock.LimitExceededException;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * Limits the requests of a {@code WebClient}. A request that is refused fails with a
 * {@link LimitExceededException} and is not sent.
 * <p>
 * Belongs at the end of the client's filters: what stands before it is outside of the
 * limits, so that each attempt of a retry is a request of its own.
 */
public final class HttpLimitFilter implements ExchangeFilterFunction {

	private final HttpLimits limits;

	/**
	 * Create a filter.
	 * @param limits the limits; requests to hosts that they do not name are not limited
	 */
	public HttpLimitFilter(HttpLimits limits) {
		this.limits = limits;
	}

	/**
	 * Send the request when the limits let it. Never blocks.
	 * @param request the request
	 * @param next sends the request
	 * @return what asks for a permit each time that it is subscribed to
	 */
	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		HttpLimit limit = this.limits.find(request.url());
		Mono<ClientResponse> response = (limit != null)
				? Mono.fromDirect(new LimitedExchange<>(limit, () -> next.exchange(request), Responses.OF_CLIENTS,
						CallShares.NONE))
				: next.exchange(request).contextWrite((context) -> context.put(Hop.ATTRIBUTE, UnlimitedHop.INSTANCE));
		// A refusal on the way of redirects comes from where all failures get wrapped.
		return shared(response).onErrorMap(WebClientRequestException.class, HttpLimitFilter::unwrap);
	}

	/** With the permits of the subscriber's call, until there is a response. */
	private Mono<ClientResponse> shared(Mono<ClientResponse> response) {
		return Mono.defer(() -> {
			CallShares shares = CallShares.take(this.limits);
			return (shares == CallShares.NONE) ? response
					: Mono.using(() -> shares,
							(taken) -> response.contextWrite((context) -> context.put(CallShares.ATTRIBUTE, taken)),
							CallShares::close);
		});
	}

	private static Throwable unwrap(WebClientRequestException failure) {
		return (failure.getCause() instanceof LimitExceededException refusal) ? refusal : failure;
	}

}
