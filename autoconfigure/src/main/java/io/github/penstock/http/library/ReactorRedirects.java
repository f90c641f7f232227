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

package io.github.penstock.http.library;

import java.util.function.BiPredicate;

import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;

/**
 * Takes redirects over from Reactor Netty.
 */
final class ReactorRedirects {

	private ReactorRedirects() {
	}

	static ClientHttpRequestFactoryBuilder<?> takeOver(ReactorClientHttpRequestFactoryBuilder builder,
			TakenRedirects redirects) {
		return builder.withHttpClientCustomizer((client) -> takeOver(client, redirects));
	}

	static ClientHttpConnectorBuilder<?> takeOver(ReactorClientHttpConnectorBuilder builder, TakenRedirects redirects) {
		return builder.withHttpClientCustomizer((client) -> takeOver(client, redirects));
	}

	private static HttpClient takeOver(HttpClient client, TakenRedirects redirects) {
		HttpClientConfig config = client.configuration();
		if (config.followRedirectPredicate() == null) {
			return client;
		}
		if (config.followRedirectPredicate() != standard(client) || config.redirectRequestConsumer() != null
				|| config.redirectRequestBiConsumer() != null) {
			redirects.leave("Reactor Netty");
			return client;
		}
		redirects.take();
		return client.followRedirect(false);
	}

	private static @Nullable BiPredicate<HttpClientRequest, HttpClientResponse> standard(HttpClient client) {
		return client.followRedirect(true).configuration().followRedirectPredicate();
	}

}
