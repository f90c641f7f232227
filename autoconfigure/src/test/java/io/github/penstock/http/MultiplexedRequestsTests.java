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

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that with HTTP/2 each stream counts, and not the connection that they share.
 */
class MultiplexedRequestsTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private final AtomicInteger inFlight = new AtomicInteger();

	private final AtomicInteger mostInFlight = new AtomicInteger();

	private final Set<Object> connections = ConcurrentHashMap.newKeySet();

	private final Set<String> versions = ConcurrentHashMap.newKeySet();

	private final DisposableServer server = HttpServer.create()
		.host("localhost")
		.port(0)
		.protocol(HttpProtocol.H2C, HttpProtocol.HTTP11)
		.handle(this::answer)
		.bindNow();

	private final ConcurrencyLimiter bulkhead = new LimiterRegistry().register("remote",
			ConcurrencyLimiterSpec.of(3).withTimeout(LONG));

	private final HttpLimits limits = HttpLimits
		.of(HttpLimit.named("remote").hosts("localhost:" + this.server.port()).bulkhead(this.bulkhead).build());

	private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
		this.connections.add(request.remoteAddress());
		this.versions.add(request.version().text());
		this.mostInFlight.accumulateAndGet(this.inFlight.incrementAndGet(), Math::max);
		Mono<String> rest = Mono.delay(Duration.ofMillis(5)).map((tick) -> {
			// The last part: as soon as it is written, the client may send the next one.
			this.inFlight.decrementAndGet();
			return "half";
		});
		return response.sendString(Flux.concat(Mono.just("half"), rest));
	}

	@AfterEach
	void stop() {
		this.server.disposeNow();
		Awaitility.await().until(() -> this.bulkhead.available() == 3);
	}

	@Test
	void restClientWhenStreamsShareConnectionLimitsTheStreams() throws Exception {
		HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
		RestClient client = RestClient.builder()
			.requestFactory(new JdkClientHttpRequestFactory(http))
			.requestInterceptor(new HttpLimitInterceptor(this.limits))
			.baseUrl("http://localhost:" + this.server.port())
			.build();
		assertThat(client.get().uri("/").retrieve().body(String.class)).isEqualTo("halfhalf");
		ExecutorService threads = Executors.newFixedThreadPool(12);
		List<Future<String>> all = IntStream.range(0, 60)
			.mapToObj((n) -> threads.submit(() -> client.get().uri("/").retrieve().body(String.class)))
			.toList();
		for (Future<String> one : all) {
			assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo("halfhalf");
		}
		threads.shutdownNow();
		assertMultiplexed();
	}

	@Test
	void webClientWhenStreamsShareConnectionLimitsTheStreams() {
		WebClient client = WebClient.builder()
			.clientConnector(new ReactorClientHttpConnector(
					reactor.netty.http.client.HttpClient.create().protocol(HttpProtocol.H2C)))
			.filter(new HttpLimitFilter(this.limits))
			.baseUrl("http://localhost:" + this.server.port())
			.build();
		List<String> all = Flux.range(0, 60)
			.flatMap((n) -> client.get().uri("/").retrieve().bodyToMono(String.class), 60)
			.collectList()
			.block(LONG);
		assertThat(all).hasSize(60).containsOnly("halfhalf");
		assertMultiplexed();
	}

	private void assertMultiplexed() {
		assertThat(this.versions).contains("HTTP/2.0");
		assertThat(this.mostInFlight).hasValueLessThanOrEqualTo(3).hasPositiveValue();
		assertThat(this.connections).hasSizeLessThan(10);
		assertThat(this.inFlight).hasValue(0);
	}

}
