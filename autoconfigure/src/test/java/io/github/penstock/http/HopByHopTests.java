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

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.mock.http.client.MockClientHttpRequest;
import org.springframework.mock.http.client.MockClientHttpResponse;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HopByHopRequestFactory} and {@link HopByHopConnector} with servers
 * that only seem to be there.
 */
class HopByHopTests {

	private static final URI FIRST = URI.create("https://localhost/first");

	private final ConcurrencyLimiter bulkhead = new LimiterRegistry().register("remote",
			ConcurrencyLimiterSpec.of(1).withTimeout(Duration.ZERO));

	private final HttpLimits limits = HttpLimits
		.of(HttpLimit.named("remote").hosts("localhost").bulkhead(this.bulkhead).build());

	private final List<URI> sent = new ArrayList<>();

	@AfterEach
	void everythingIsGivenBack() {
		assertThat(this.bulkhead.inUse()).isZero();
		assertThat(this.bulkhead.available()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://localhost/ok", "HTTP://localhost/ok", "http://elsewhere/", "ftp://localhost/ok",
			"file:/ok", "mailto:ok", "https:ok", "https:///ok", "/o k" })
	void redirectWhenItMustNotBeFollowedIsReturned(String location) {
		assertThat(sendBlocking(location)).isEqualTo("302 moved");
		assertThat(sendReactive(location)).isEqualTo("302 moved");
		assertThat(this.sent).containsExactly(FIRST, FIRST);
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://localhost/ok", "HTTPS://localhost/ok", "//localhost/ok", "/ok", "ok", "../ok" })
	void redirectWhenItIsAsSafeIsFollowed(String location) {
		assertThat(sendBlocking(location)).isEqualTo("200 fine");
		assertThat(sendReactive(location)).isEqualTo("200 fine");
		assertThat(this.sent).hasSize(4).extracting(URI::getPath).containsExactly("/first", "/ok", "/first", "/ok");
	}

	private String sendBlocking(String location) {
		ClientHttpRequestFactory single = (uri, method) -> {
			this.sent.add(uri);
			MockClientHttpRequest request = new MockClientHttpRequest(method, uri);
			boolean moved = uri.equals(FIRST);
			MockClientHttpResponse response = new MockClientHttpResponse(
					((moved) ? "moved" : "fine").getBytes(StandardCharsets.UTF_8),
					(moved) ? HttpStatus.FOUND : HttpStatus.OK);
			if (moved) {
				response.getHeaders().set(HttpHeaders.LOCATION, location);
			}
			request.setResponse(response);
			return request;
		};
		return RestClient.builder()
			.requestFactory(new HopByHopRequestFactory(this.limits, single, () -> single))
			.requestInterceptor(new HttpLimitInterceptor(this.limits))
			.build()
			.get()
			.uri(FIRST)
			.exchange((request, response) -> response.getStatusCode().value() + " "
					+ new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8));
	}

	private String sendReactive(String location) {
		ClientHttpConnector single = (method, uri, callback) -> {
			this.sent.add(uri);
			boolean moved = uri.equals(FIRST);
			var response = new org.springframework.mock.http.client.reactive.MockClientHttpResponse(
					(moved) ? HttpStatus.FOUND : HttpStatus.OK);
			response.setBody((moved) ? "moved" : "fine");
			if (moved) {
				response.getHeaders().set(HttpHeaders.LOCATION, location);
			}
			return callback.apply(new org.springframework.mock.http.client.reactive.MockClientHttpRequest(method, uri))
				.thenReturn(response);
		};
		return WebClient.builder()
			.clientConnector(new HopByHopConnector(this.limits, single, () -> single))
			.filter(new HttpLimitFilter(this.limits))
			.build()
			.get()
			.uri(FIRST)
			.exchangeToMono((response) -> response.bodyToMono(String.class)
				.flatMap((body) -> Mono.just(response.statusCode().value() + " " + body)))
			.block(Duration.ofSeconds(60));
	}

}
