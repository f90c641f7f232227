/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.penstock.http;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.client.reactive.ClientHttpResponseDecorator;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.client.ClientResponse;

/**
 * Handles the responses of a reactive client.
 *
 * @param <T> the type of the responses
 */
interface Responses<T> {

	/** As many bytes of a body that nobody reads may come. */
	long MOST_DISCARDED = 65536;

	/** So long it may take them. */
	Duration LONGEST_DISCARD = Duration.ofSeconds(1);

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
		public Flux<DataBuffer> body(ClientResponse response) {
			return response.body(BodyExtractors.toDataBuffers());
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
		public Flux<DataBuffer> body(ClientHttpResponse response) {
			return response.getBody();
		}

	};

	int status(T response);

	HttpHeaders headers(T response);

	T withBody(T response, UnaryOperator<Flux<DataBuffer>> body);

	Flux<DataBuffer> body(T response);

	/**
	 * Have the response end, whose body nobody reads. If it is long, or may never end, it
	 * is cancelled, which costs the connection.
	 * @return what never fails
	 */
	default Mono<Void> discard(T response) {
		AtomicLong bytes = new AtomicLong();
		return body(response).map((buffer) -> {
			int read = buffer.readableByteCount();
			DataBufferUtils.release(buffer);
			return bytes.addAndGet(read);
		}).takeUntil((read) -> read > MOST_DISCARDED).then().timeout(LONGEST_DISCARD).onErrorComplete();
	}

}
