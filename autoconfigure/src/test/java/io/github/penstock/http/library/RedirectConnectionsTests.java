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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

import com.sun.net.httpserver.HttpExchange;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.nio.AsyncClientConnectionManager;
import org.apache.hc.core5.io.CloseMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that no redirect keeps a permit or a connection, whatever its servers do. Some
 * libraries keep connections by themselves, with or without redirects: the JDK's and
 * Jetty's when a reactive body is cancelled, Apache HttpComponents when a reactive
 * request is cancelled before its response has come.
 */
@Timeout(value = 100, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RedirectConnectionsTests {

	private static final Set<LimitedClient> KEEPING = EnumSet.of(LimitedClient.WEB_JDK, LimitedClient.WEB_JETTY);

	private final HopServer server = new HopServer();

	@AfterEach
	void stop() {
		this.server.close();
	}

	@ParameterizedTest
	@EnumSource
	void redirectWhenItsBodyStopsIsFollowed(LimitedClient client) {
		this.server.at("/stopped", (exchange) -> {
			exchange.getResponseHeaders().set("Location", "/ok");
			this.server.sendAndStop(exchange, 302);
		});
		follow(client, "/stopped", new CountDownLatch(0));
	}

	@ParameterizedTest
	@EnumSource
	void redirectWhenItsBodyNeverEndsIsFollowedAndItsConnectionClosed(LimitedClient client) {
		CountDownLatch closed = new CountDownLatch(1);
		this.server.at("/endless", (exchange) -> {
			exchange.getResponseHeaders().set("Location", "/ok");
			HopServer.sendUntilClosed(exchange, 302, closed);
		});
		follow(client, "/endless", (KEEPING.contains(client)) ? new CountDownLatch(0) : closed);
	}

	private void follow(LimitedClient client, String path, CountDownLatch closed) {
		HopContexts.with(client, this.server).run((context) -> {
			assertThat(client.send(context, HttpMethod.GET, this.server.url(path), "")).isEqualTo("200 fine");
			HopContexts.assertGranted(context, 2);
			assertThat(client.send(context, HttpMethod.GET, this.server.url("/ok"), "")).isEqualTo("200 fine");
			HopContexts.assertGranted(context, 3);
			assertThat(HopServer.await(closed)).isTrue();
			endConnections();
		});
	}

	/**
	 * The client of Apache HttpComponents waits for them for five seconds when its
	 * application ends.
	 */
	private void endConnections() {
		this.server.close();
	}

	@ParameterizedTest
	@EnumSource(names = "WEB_.*", mode = EnumSource.Mode.MATCH_ALL)
	void cancelDuringALaterHopGivesPermitAndConnectionBack(LimitedClient client) {
		CountDownLatch arrived = new CountDownLatch(1);
		CountDownLatch cancelled = new CountDownLatch(1);
		CountDownLatch closed = new CountDownLatch(1);
		this.server.redirect("/moved", "/later").at("/later", (exchange) -> {
			arrived.countDown();
			HopServer.await(cancelled);
			HopServer.sendUntilClosed(exchange, 200, closed);
		});
		HopContexts.with(client, this.server).run((context) -> {
			Disposable call = web(context).get()
				.uri(this.server.url("/moved"))
				.retrieve()
				.bodyToMono(String.class)
				.subscribe();
			assertThat(HopServer.await(arrived)).isTrue();
			assertThat(HopContexts.bulkhead(context).inUse()).isOne();
			call.dispose();
			HopContexts.assertGranted(context, 2);
			cancelled.countDown();
			if (client != LimitedClient.WEB_HTTP_COMPONENTS) {
				assertThat(HopServer.await(closed)).isTrue();
			}
			endConnections();
		});
	}

	@ParameterizedTest
	@EnumSource(names = "WEB_.*", mode = EnumSource.Mode.MATCH_ALL)
	void cancelAboutTheBodyOfARedirectGivesPermitAndConnectionBack(LimitedClient client) {
		CountDownLatch arrived = new CountDownLatch(1);
		CountDownLatch closed = new CountDownLatch(1);
		this.server.redirect("/moved", "/moved-again").at("/moved-again", (exchange) -> {
			exchange.getResponseHeaders().set("Location", "/ok");
			arrived.countDown();
			HopServer.sendUntilClosed(exchange, 302, closed);
		});
		HopContexts.with(client, this.server).withUserConfiguration(Pool.class).run((context) -> {
			Disposable call = web(context).get()
				.uri(this.server.url("/moved"))
				.retrieve()
				.bodyToMono(String.class)
				.subscribe();
			assertThat(HopServer.await(arrived)).isTrue();
			call.dispose();
			HopContexts.assertIsBack(context);
			if (client == LimitedClient.WEB_HTTP_COMPONENTS) {
				// What it does not read has no end for it, whatever the server does.
				context.getBean(AsyncClientConnectionManager.class).close(CloseMode.IMMEDIATE);
			}
			else if (!KEEPING.contains(client)) {
				assertThat(HopServer.await(closed)).isTrue();
			}
			endConnections();
		});
	}

	@ParameterizedTest
	@EnumSource
	void hopWhenHeadersReleaseGivesItsPermitBackBeforeItsBody(LimitedClient client) {
		CountDownLatch rest = new CountDownLatch(1);
		this.server.redirect("/moved", "/slow").at("/slow", (exchange) -> sendInHalves(exchange, rest));
		HopContexts.with(client, this.server)
			.withPropertyValues("penstock.http-clients.remote.release=headers")
			.run((context) -> {
				Runnable check = () -> {
					HopContexts.assertGranted(context, 2);
					rest.countDown();
				};
				String answer = client.name().startsWith("WEB_") ? sendByWeb(context, check)
						: sendByRest(context, check);
				assertThat(answer).isEqualTo("halfhalf");
				HopContexts.assertGranted(context, 2);
			});
	}

	private static void sendInHalves(HttpExchange exchange, CountDownLatch rest) throws IOException {
		byte[] half = "half".getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().set("Content-Type", "text/plain");
		exchange.sendResponseHeaders(200, 2L * half.length);
		exchange.getResponseBody().write(half);
		exchange.getResponseBody().flush();
		HopServer.await(rest);
		exchange.getResponseBody().write(half);
	}

	private String sendByRest(ApplicationContext context, Runnable check) {
		return context.getBean(RestClient.Builder.class)
			.build()
			.get()
			.uri(this.server.url("/moved"))
			.exchange((request, response) -> {
				check.run();
				return new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8);
			});
	}

	private String sendByWeb(ApplicationContext context, Runnable check) {
		// The check waits, which the thread of the response must not.
		return web(context).get()
			.uri(this.server.url("/moved"))
			.exchangeToMono((response) -> Mono.fromRunnable(check)
				.subscribeOn(Schedulers.boundedElastic())
				.then(response.bodyToMono(String.class)))
			.block(Duration.ofSeconds(60));
	}

	private static WebClient web(ApplicationContext context) {
		return context.getBean(WebClient.Builder.class).build();
	}

	/** Connections that a test can end. */
	@Configuration(proxyBeanMethods = false)
	static class Pool {

		@Bean
		AsyncClientConnectionManager connections() {
			return PoolingAsyncClientConnectionManagerBuilder.create().build();
		}

		@Bean
		ClientHttpConnectorBuilderCustomizer<HttpComponentsClientHttpConnectorBuilder> pooled(
				AsyncClientConnectionManager connections) {
			return (builder) -> builder.withHttpClientCustomizer((client) -> client.setConnectionManager(connections));
		}

	}

}
