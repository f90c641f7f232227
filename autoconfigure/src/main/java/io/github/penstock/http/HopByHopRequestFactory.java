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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.AbstractClientHttpRequest;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.function.SingletonSupplier;

/**
 * Follows the redirects of a client that has an {@link HttpLimitInterceptor}, so that
 * each of them is a request with limits of its own. The interceptors of the client see
 * one request, as they do when the HTTP library follows. Requests of other clients are
 * left to the library.
 */
public final class HopByHopRequestFactory implements ClientHttpRequestFactory, DisposableBean {

	private final HttpLimits limits;

	private final ClientHttpRequestFactory single;

	private final RedirectBody redirectBody;

	private final SingletonSupplier<ClientHttpRequestFactory> following;

	private volatile boolean usesFollowing;

	/**
	 * Create a request factory.
	 * @param limits the limits
	 * @param single sends a request and follows no redirect
	 * @param following gives the one that follows redirects itself, when it is needed
	 */
	public HopByHopRequestFactory(HttpLimits limits, ClientHttpRequestFactory single,
			Supplier<? extends ClientHttpRequestFactory> following) {
		this.limits = limits;
		this.single = single;
		this.redirectBody = RedirectBody.of(single);
		this.following = SingletonSupplier.of(() -> {
			this.usesFollowing = true;
			return following.get();
		});
	}

	@Override
	public ClientHttpRequest createRequest(URI uri, HttpMethod method) {
		return new HopByHopRequest(Redirect.none(method, uri));
	}

	private ClientHttpRequestFactory following() {
		return this.following.obtain();
	}

	@Override
	public void destroy() throws Exception {
		destroy(this.single);
		if (this.usesFollowing) {
			destroy(following());
		}
	}

	private static void destroy(ClientHttpRequestFactory factory) throws Exception {
		if (factory instanceof DisposableBean disposable) {
			disposable.destroy();
		}
	}

	/** Keeps what is written, to send it as often as needed. */
	private final class HopByHopRequest extends AbstractClientHttpRequest implements StreamingHttpOutputMessage {

		private final Redirect first;

		private final ByteArrayOutputStream written = new ByteArrayOutputStream(0);

		private @Nullable Body body;

		private HopByHopRequest(Redirect first) {
			this.first = first;
		}

		@Override
		public HttpMethod getMethod() {
			return this.first.method();
		}

		@Override
		public URI getURI() {
			return this.first.uri();
		}

		@Override
		public void setBody(Body body) {
			assertNotExecuted();
			this.body = body;
		}

		@Override
		protected OutputStream getBodyInternal(HttpHeaders headers) {
			return this.written;
		}

		@Override
		protected ClientHttpResponse executeInternal(HttpHeaders headers) throws IOException {
			Object hop = getAttributes().remove(Hop.ATTRIBUTE);
			return (hop instanceof Hop begun && begun.canEnd()) ? follow(begun, headers)
					: send(following(), this.first, headers);
		}

		private ClientHttpResponse follow(Hop first, HttpHeaders headers) throws IOException {
			Redirect request = this.first;
			HttpLimit limit = first.limit();
			// An interceptor that repeats a request which a redirect has ended.
			ClientHttpResponse response = (first.hasEnded()) ? sendLimited(limit, request, headers)
					: send(HopByHopRequestFactory.this.single, request, headers);
			for (int hops = 0; hops < Redirect.MOST; hops++) {
				Redirect next = next(request, response);
				if (next == null) {
					return response;
				}
				HopByHopRequestFactory.this.redirectBody.discard(response);
				first.end();
				limit = (next.sameOrigin()) ? limit : HopByHopRequestFactory.this.limits.find(next.uri());
				request = next;
				response = sendLimited(limit, request, headers);
			}
			return response;
		}

		private @Nullable Redirect next(Redirect request, ClientHttpResponse response) throws IOException {
			try {
				Redirect next = request.next(response.getStatusCode().value(),
						response.getHeaders().getFirst(HttpHeaders.LOCATION));
				boolean possible = next != null && (!next.keepsBody() || this.body == null || this.body.repeatable());
				return (possible) ? next : null;
			}
			catch (Throwable ex) {
				response.close();
				throw ex;
			}
		}

		private ClientHttpResponse sendLimited(@Nullable HttpLimit limit, Redirect request, HttpHeaders headers)
				throws IOException {
			return ThreadHop.send(limit, (hop) -> send(HopByHopRequestFactory.this.single, request, headers));
		}

		private ClientHttpResponse send(ClientHttpRequestFactory factory, Redirect target, HttpHeaders headers)
				throws IOException {
			ClientHttpRequest request = factory.createRequest(target.uri(), target.method());
			headers.forEach((name, values) -> request.getHeaders().addAll(name, values));
			target.clean(request.getHeaders());
			for (Map.Entry<String, Object> attribute : getAttributes().entrySet()) {
				request.getAttributes().put(attribute.getKey(), attribute.getValue());
			}
			if (target.keepsBody()) {
				write(request);
			}
			return request.execute();
		}

		private void write(ClientHttpRequest request) throws IOException {
			Body body = this.body;
			if (body == null && this.written.size() == 0) {
				return;
			}
			if (request instanceof StreamingHttpOutputMessage streaming) {
				streaming.setBody((body != null) ? body : new WrittenBody(this.written));
			}
			else if (body != null) {
				body.writeTo(request.getBody());
			}
			else {
				this.written.writeTo(request.getBody());
			}
		}

	}

	private record WrittenBody(ByteArrayOutputStream written) implements StreamingHttpOutputMessage.Body {

		@Override
		public void writeTo(OutputStream output) throws IOException {
			this.written.writeTo(output);
		}

		@Override
		public boolean repeatable() {
			return true;
		}

	}

}
