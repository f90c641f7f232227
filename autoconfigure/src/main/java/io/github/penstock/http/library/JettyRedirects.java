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
