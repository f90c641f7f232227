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

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.util.function.SingletonSupplier;

/**
 * Follows the redirects of a client that has an {@link HttpLimitFilter}, so that each of
 * them is a request with limits of its own. The filters of the client see one request, as
 * they do when the HTTP library follows. Requests of other clients are left to the
 * library.
 */
public final class HopByHopConnector implements ClientHttpConnector, Closeable {

	private final HttpLimits limits;

	private final ClientHttpConnector single;

	private final SingletonSupplier<ClientHttpConnector> following;

	private volatile boolean usesFollowing;

	/**
	 * Create a connector.
	 * @param limits the limits
	 * @param single sends a request and follows no redirect
	 * @param following gives the one that follows redirects itself, when it is needed
	 */
	public HopByHopConnector(HttpLimits limits, ClientHttpConnector single,
			Supplier<? extends ClientHttpConnector> following) {
		this.limits = limits;
		this.single = single;
		this.following = SingletonSupplier.of(() -> {
			this.usesFollowing = true;
			return following.get();
		});
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> callback) {
		return Mono.deferContextual((context) -> {
			Hop hop = context.getOrDefault(Hop.ATTRIBUTE, null);
			if (hop == null) {
				return this.following.obtain().connect(method, uri, callback);
			}
			Redirect request = Redirect.none(method, uri);
			CallShares shares = context.hasKey(CallShares.ATTRIBUTE) ? context.get(CallShares.ATTRIBUTE)
					: CallShares.NONE;
			Sender sender = new Sender(this.single, callback, shares);
			// A filter that repeats a request which a redirect has ended.
			Mono<ClientHttpResponse> first = (hop.hasEnded()) ? sender.sendLimited(hop.limit(), request)
					: this.single.connect(method, uri, callback);
			return follow(first, hop, hop.limit(), request, sender, Redirect.MOST);
		});
	}

	private Mono<ClientHttpResponse> follow(Mono<ClientHttpResponse> answer, Hop first, @Nullable HttpLimit limit,
			Redirect request, Sender sender, int left) {
		return answer.flatMap((response) -> {
			Redirect next;
			HttpLimit nextLimit;
			try {
				next = (left > 0) ? next(request, response) : null;
				nextLimit = (next == null || next.sameOrigin()) ? limit : this.limits.find(next.uri());
			}
			catch (Throwable ex) {
				return Responses.OF_CONNECTORS.discard(response).then(Mono.error(ex));
			}
			if (next == null) {
				return Mono.just(response);
			}
			return Responses.OF_CONNECTORS.discard(response).then(Mono.defer(() -> {
				first.end();
				Mono<ClientHttpResponse> sent = sender.sendLimited(nextLimit, next);
				return follow(sent, first, nextLimit, next, sender, left - 1);
			}));
		});
	}

	private static @Nullable Redirect next(Redirect request, ClientHttpResponse response) {
		return request.next(response.getStatusCode().value(), response.getHeaders().getFirst(HttpHeaders.LOCATION));
	}

	@Override
	public void close() throws IOException {
		close(this.single);
		if (this.usesFollowing) {
			close(this.following.obtain());
		}
	}

	private static void close(ClientHttpConnector connector) throws IOException {
		if (connector instanceof Closeable closeable) {
			closeable.close();
		}
	}

	/**
	 * Sends redirected requests.
	 *
	 * @param connector follows no redirect
	 * @param callback writes the request
	 * @param shares what the call holds that sends the request
	 */
	private record Sender(ClientHttpConnector connector, Function<? super ClientHttpRequest, Mono<Void>> callback,
			CallShares shares) {

		Mono<ClientHttpResponse> sendLimited(@Nullable HttpLimit limit, Redirect request) {
			Supplier<Mono<ClientHttpResponse>> send = () -> this.connector.connect(request.method(), request.uri(),
					(sent) -> this.callback.apply(new RedirectedRequest(sent, request)));
			return Mono.fromDirect(new LimitedExchange<>(limit, send, Responses.OF_CONNECTORS, this.shares::lent));
		}

	}

	/** Leaves out what must not be sent any more. */
	private static final class RedirectedRequest extends ClientHttpRequestDecorator {

		private final boolean keepsBody;

		private RedirectedRequest(ClientHttpRequest request, Redirect redirect) {
			super(request);
			this.keepsBody = redirect.keepsBody();
			request.beforeCommit(() -> Mono.fromRunnable(() -> {
				redirect.clean(request.getHeaders());
				if (!redirect.keepsSecrets()) {
					request.getCookies().clear();
				}
			}));
		}

		@Override
		public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
			return (this.keepsBody) ? super.writeWith(body) : leaveOut(body);
		}

		@Override
		public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
			return (this.keepsBody) ? super.writeAndFlushWith(body) : setComplete();
		}

		/** It may be there already, in a buffer that has to be released. */
		private Mono<Void> leaveOut(Publisher<? extends DataBuffer> body) {
			Flux.from(body).subscribe(DataBufferUtils.releaseConsumer(), (failure) -> {
			}).dispose();
			return setComplete();
		}

	}

}
