package io.github.penstock.http;

import java.util.function.UnaryOperator;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.client.reactive.ClientHttpResponseDecorator;
import org.springframework.web.reactive.function.client.ClientResponse;

/**
 * Handles the responses of a reactive client.
 *
 * @param <T> the type of the responses
 */
interface Responses<T> {

	/** Those that a filter sees. */
	Responses<ClientResponse> OF_CLIENTS = new Responses<>() {

		@Override
		public int status(ClientResponse response) {
			return response.statusCode().value();
		}

		@Override
		public HttpHeaders headers(ClientResponse response) {
			return response.headers().asHttpHeaders();
		}

		@Override
		public ClientResponse withBody(ClientResponse response, UnaryOperator<Flux<DataBuffer>> body) {
			return response.mutate().body(body).build();
		}

		@Override
		public Mono<Void> discard(ClientResponse response) {
			return response.releaseBody();
		}

	};

	/** Those that come from the HTTP library. */
	Responses<ClientHttpResponse> OF_CONNECTORS = new Responses<>() {

		@Override
		public int status(ClientHttpResponse response) {
			return response.getStatusCode().value();
		}

		@Override
		public HttpHeaders headers(ClientHttpResponse response) {
			return response.getHeaders();
		}

		@Override
		public ClientHttpResponse withBody(ClientHttpResponse response, UnaryOperator<Flux<DataBuffer>> body) {
			Flux<DataBuffer> changed = body.apply(response.getBody());
			return new ClientHttpResponseDecorator(response) {

				@Override
				public Flux<DataBuffer> getBody() {
					return changed;
				}

			};
		}

		@Override
		public Mono<Void> discard(ClientHttpResponse response) {
			return response.getBody().doOnNext(DataBufferUtils::release).then();
		}

	};

	int status(T response);

	HttpHeaders headers(T response);

	T withBody(T response, UnaryOperator<Flux<DataBuffer>> body);

	/** Have the response end, whose body nobody reads. */
	Mono<Void> discard(T response);

}
