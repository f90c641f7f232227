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
import java.net.InetAddress;
import java.net.InetSocketAddress;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.autoconfigure.PenstockAutoConfiguration;
import io.github.penstock.autoconfigure.PenstockHttpClientAutoConfiguration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that redirected requests of a call share the permits that the call holds, whoever
 * sends them. With one permit and no waiting, a hop that needed one of its own would be
 * refused.
 */
class RedirectsWithinCallsTests {

	private HttpServer server;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", this::answer);
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	private void answer(HttpExchange exchange) throws IOException {
		String location = switch (exchange.getRequestURI().getPath()) {
			case "/one" -> "/two";
			case "/two" -> url("127.0.0.1") + "/three";
			default -> null;
		};
		if (location != null) {
			exchange.getResponseHeaders().set("Location", location);
		}
		exchange.sendResponseHeaders((location != null) ? 302 : 200, -1);
		exchange.close();
	}

	private String url(String host) {
		return "http://" + host + ":" + this.server.getAddress().getPort();
	}

	private ApplicationContextRunner with(LimitedClient client) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class,
					PenstockHttpClientAutoConfiguration.class, HttpClientAutoConfiguration.class,
					ImperativeHttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
					RestClientAutoConfiguration.class, WebClientAutoConfiguration.class))
			.withPropertyValues("spring.http.clients." + client.property(), "penstock.http-clients.name.max=1",
					"penstock.http-clients.name.hosts=localhost", "penstock.http-clients.name.timeout=0",
					"penstock.http-clients.number.hosts=127.0.0.1", "penstock.http-clients.number.max=1",
					"penstock.http-clients.number.timeout=0");
	}

	@ParameterizedTest
	@EnumSource
	void hopWhenItsCallHoldsAPermitSharesIt(LimitedClient client) {
		with(client).run((context) -> {
			LimiterRegistry limiters = context.getBean(LimiterRegistry.class);
			ConcurrencyLimiter name = limiters.concurrencyLimiter("name");
			ConcurrencyLimiter number = limiters.concurrencyLimiter("number");
			String answer = name
				.call(() -> number.call(() -> client.send(context, HttpMethod.GET, url("localhost") + "/one", "")));
			assertThat(answer).isEqualTo("200 null");
			for (ConcurrencyLimiter bulkhead : new ConcurrencyLimiter[] { name, number }) {
				Awaitility.await().until(() -> bulkhead.inUse() == 0 && bulkhead.waiting() == 0);
				assertThat(bulkhead.available()).isEqualTo(1);
				assertThat(bulkhead.stats().granted()).isEqualTo(1);
			}
		});
	}

}
