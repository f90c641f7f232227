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

package io.github.penstock.requests;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.web.RunningServer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Rules for requests that all come at once.
 */
@Timeout(120)
class RequestCrowdTests {

	private static final String ALL = "penstock.requests.all.";

	@ParameterizedTest // P1, P3, T1
	@ValueSource(booleans = { false, true })
	void aThousandRequestsAtOnceAreCountedToTheLast(boolean reactive) {
		try (RunningServer server = RequestSurroundingsTests.start(reactive, "server.http2.enabled=true",
				"server.tomcat.max-connections=2000", "server.tomcat.accept-count=2000", ALL + "paths=/quick",
				ALL + "limit=300", ALL + "per=1h", ALL + "max=2000", "penstock.requests.tight.paths=/**",
				"penstock.requests.tight.max=40", "penstock.requests.tight.timeout=60s")) {
			LimiterRegistry registry = server.context().getBean(LimiterRegistry.class);
			URI uri = URI.create(
					"http://localhost:" + server.context().getEnvironment().getRequiredProperty("local.server.port"));
			for (HttpClient.Version version : HttpClient.Version.values()) {
				assertThat(statusesOfAThousand(uri, version))
					.containsExactlyInAnyOrderEntriesOf(Map.of(200, 300L, 429, 700L));
				for (ConcurrencyLimiter limiter : registry.concurrencyLimiters()) {
					await().until(() -> limiter.inUse() == 0 && limiter.waiting() == 0);
				}
				registry.rateLimiter("all").refund(300);
			}
		}
	}

	private static Map<Integer, Long> statusesOfAThousand(URI uri, HttpClient.Version version) {
		// A connection of HTTP/2 has a hundred streams at once.
		List<HttpClient> clients = IntStream.range(0, (version == HttpClient.Version.HTTP_2) ? 20 : 1)
			.mapToObj((i) -> HttpClient.newBuilder().version(version).build())
			.toList();
		clients.forEach((client) -> client.sendAsync(request(uri, "/other"), BodyHandlers.discarding()).join());
		List<CompletableFuture<HttpResponse<Void>>> sent = IntStream.range(0, 1000)
			.mapToObj(
					(i) -> clients.get(i % clients.size()).sendAsync(request(uri, "/quick"), BodyHandlers.discarding()))
			.toList();
		return sent.stream()
			.map((response) -> response.orTimeout(90, TimeUnit.SECONDS).join().statusCode())
			.collect(Collectors.groupingBy((status) -> status, Collectors.counting()));
	}

	private static HttpRequest request(URI server, String path) {
		return HttpRequest.newBuilder(server.resolve(path)).build();
	}

}
