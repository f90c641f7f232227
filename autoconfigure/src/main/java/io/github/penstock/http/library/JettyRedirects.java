package io.github.penstock.http.library;

import org.eclipse.jetty.client.HttpClient;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JettyClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JettyClientHttpConnectorBuilder;

/**
 * Takes redirects over from Jetty.
 */
final class JettyRedirects {

	private JettyRedirects() {
	}

	static ClientHttpRequestFactoryBuilder<?> takeOver(JettyClientHttpRequestFactoryBuilder builder,
			TakenRedirects redirects) {
		return builder.withHttpClientCustomizer((client) -> takeOver(client, redirects));
	}

	static ClientHttpConnectorBuilder<?> takeOver(JettyClientHttpConnectorBuilder builder, TakenRedirects redirects) {
		return builder.withHttpClientCustomizer((client) -> takeOver(client, redirects));
	}

	private static void takeOver(HttpClient client, TakenRedirects redirects) {
		if (client.isFollowRedirects()) {
			client.setFollowRedirects(false);
			redirects.take();
		}
	}

}
