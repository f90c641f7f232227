package io.github.penstock.http.library;

import java.net.http.HttpClient;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;

/**
 * Takes redirects over from the JDK's {@link HttpClient}.
 */
final class JdkRedirects {

	private JdkRedirects() {
	}

	static ClientHttpRequestFactoryBuilder<?> takeOver(JdkClientHttpRequestFactoryBuilder builder,
			TakenRedirects redirects) {
		return builder.withHttpClientCustomizer((client) -> takeOver(client, redirects));
	}

	static ClientHttpConnectorBuilder<?> takeOver(JdkClientHttpConnectorBuilder builder, TakenRedirects redirects) {
		return builder.withHttpClientCustomizer((client) -> takeOver(client, redirects));
	}

	private static void takeOver(HttpClient.Builder builder, TakenRedirects redirects) {
		if (follows(builder)) {
			builder.followRedirects(HttpClient.Redirect.NEVER);
			redirects.take();
		}
	}

	/** The builder does not tell, a client does. */
	private static boolean follows(HttpClient.Builder builder) {
		HttpClient client = builder.build();
		try {
			return client.followRedirects() != HttpClient.Redirect.NEVER;
		}
		finally {
			close(client);
		}
	}

	/** Before JDK 21 it ends by itself when nobody refers to it. */
	private static void close(Object client) {
		if (client instanceof AutoCloseable closeable) {
			try {
				closeable.close();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

}
