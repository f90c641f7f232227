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
