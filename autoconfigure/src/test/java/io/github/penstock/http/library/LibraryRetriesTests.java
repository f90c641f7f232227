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

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import io.github.penstock.http.HttpLimits;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.core5.util.TimeValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests that HTTP libraries do not repeat limited requests which a server has asked to
 * come back later.
 */
class LibraryRetriesTests {

	private final HopServer server = new HopServer();

	private final AtomicInteger left = new AtomicInteger(1);

	LibraryRetriesTests() {
		this.server.at("/busy", (exchange) -> {
			exchange.getResponseHeaders().set("Retry-After", "1");
			refuseTheFirst(exchange);
		}).at("/down", this::refuseTheFirst);
	}

	private void refuseTheFirst(HttpExchange exchange) throws IOException {
		boolean refused = this.left.getAndDecrement() > 0;
		HopServer.send(exchange, (refused) ? 503 : 200, (refused) ? "busy" : "fine");
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@ParameterizedTest
	@EnumSource
	void limitedRequestWhenTheServerIsBusyIsNotRepeated(LimitedClient client) {
		HopContexts.with(client, this.server).run((context) -> {
			assertThatException().isThrownBy(() -> client.send(context, HttpMethod.GET, this.server.url("/busy"), ""))
				.withMessageContaining("503");
			assertThat(this.server.paths()).hasSize(1);
			assertThat(context.getBean(HttpLimits.class).all().get("remote").pause().learned()).isOne();
			HopContexts.assertGranted(context, 1);
		});
	}

	@ParameterizedTest
	@EnumSource(names = { "HTTP_COMPONENTS", "WEB_HTTP_COMPONENTS" })
	void limitedRequestWhenNobodyWantsRedirectsIsNotRepeated(LimitedClient client) {
		HopContexts.with(client, this.server)
			.withPropertyValues("spring.http.clients.redirects=dont-follow")
			.run((context) -> {
				assertThatException()
					.isThrownBy(() -> client.send(context, HttpMethod.GET, this.server.url("/busy"), ""))
					.withMessageContaining("503");
				assertThat(this.server.paths()).hasSize(1);
			});
	}

	@ParameterizedTest
	@EnumSource(names = { "HTTP_COMPONENTS", "WEB_HTTP_COMPONENTS" })
	void unlimitedRequestIsRepeatedAsBefore(LimitedClient client) {
		HopContexts.with(client, this.server)
			.withPropertyValues("penstock.http-clients.remote.hosts=elsewhere")
			.run((context) -> {
				assertThat(client.send(context, HttpMethod.GET, this.server.url("/busy"), "")).isEqualTo("200 fine");
				assertThat(this.server.paths()).hasSize(2);
			});
	}

	@ParameterizedTest
	@EnumSource(names = { "HTTP_COMPONENTS", "WEB_HTTP_COMPONENTS" })
	void limitedRequestWhenTheApplicationSaysSoIsRepeated(LimitedClient client) {
		HopContexts.with(client, this.server).withUserConfiguration(Retrying.class).run((context) -> {
			assertThat(client.send(context, HttpMethod.GET, this.server.url("/down"), "")).isEqualTo("200 fine");
			assertThat(this.server.paths()).hasSize(2);
			HopContexts.assertGranted(context, 1);
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Retrying {

		private final DefaultHttpRequestRetryStrategy strategy = new DefaultHttpRequestRetryStrategy(1,
				TimeValue.ofMilliseconds(1));

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> blocking() {
			return (builder) -> builder.withHttpClientCustomizer((client) -> client.setRetryStrategy(this.strategy));
		}

		@Bean
		ClientHttpConnectorBuilderCustomizer<HttpComponentsClientHttpConnectorBuilder> reactive() {
			return (builder) -> builder.withHttpClientCustomizer((client) -> client.setRetryStrategy(this.strategy));
		}

	}

}
