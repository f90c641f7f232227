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
