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

import java.io.IOException;
import java.io.InputStream;

import org.springframework.http.HttpHeaders;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.ReactorClientHttpRequestFactory;

/**
 * Gets rid of the bodies of redirects, which nobody reads and which may never end. The
 * connection is used again only if the whole body is there.
 */
enum RedirectBody {

	/** Closes it without waiting for what has not come yet. */
	CLOSED {

		@Override
		void discard(ClientHttpResponse response) {
			try (InputStream body = response.getBody()) {
				long length = length(response.getHeaders());
				if (length >= 0 && length <= MOST_BYTES && body.available() >= length) {
					body.readNBytes((int) length);
				}
			}
			catch (IOException ex) {
				// The redirect itself has been read.
			}
			finally {
				response.close();
			}
		}

	},

	/**
	 * Reads it for some time. Reactor Netty's must not be closed before it has begun,
	 * which is up to another thread.
	 */
	READ {

		@Override
		void discard(ClientHttpResponse response) {
			if (length(response.getHeaders()) == 0) {
				response.close();
				return;
			}
			Thread reader = new Thread(response::close, "penstock-redirect");
			reader.setDaemon(true);
			reader.start();
			try {
				reader.join(MOST_MILLIS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			if (reader.isAlive()) {
				close(response);
			}
		}

		/** The reader hears of it. */
		private static void close(ClientHttpResponse response) {
			try {
				response.getBody().close();
			}
			catch (IOException ex) {
				// The redirect itself has been read.
			}
		}

	};

	private static final long MOST_BYTES = 8192;

	private static final long MOST_MILLIS = 1000;

	/** That of the responses of a library. */
	static RedirectBody of(ClientHttpRequestFactory factory) {
		return (factory instanceof ReactorClientHttpRequestFactory) ? READ : CLOSED;
	}

	/** -1 if it is not known how many bytes there are to be read. */
	private static long length(HttpHeaders headers) {
		return (headers.getFirst(HttpHeaders.CONTENT_ENCODING) == null) ? headers.getContentLength() : -1;
	}

	abstract void discard(ClientHttpResponse response);

}
