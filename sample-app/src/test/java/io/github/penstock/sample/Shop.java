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

package io.github.penstock.sample;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The shop's customers.
 */
final class Shop {

	private final HttpClient client = HttpClient.newHttpClient();

	private final int port;

	Shop(int port) {
		this.port = port;
	}

	HttpResponse<String> get(String path) {
		return join(send("GET", path, BodyPublishers.noBody()));
	}

	/** As a partner who has that key. */
	HttpResponse<String> get(String path, String apiKey) {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.timeout(Duration.ofSeconds(60))
			.header("X-Api-Key", apiKey)
			.build();
		return join(this.client.sendAsync(request, BodyHandlers.ofString()));
	}

	HttpResponse<String> post(String path) {
		return join(send("POST", path, BodyPublishers.noBody()));
	}

	HttpResponse<String> post(String path, String json) {
		return join(send("POST", path, BodyPublishers.ofString(json)));
	}

	List<CompletableFuture<HttpResponse<String>>> get(int times, String path) {
		return IntStream.range(0, times).mapToObj((i) -> send("GET", path, BodyPublishers.noBody())).toList();
	}

	static List<Integer> statuses(List<CompletableFuture<HttpResponse<String>>> responses) {
		return responses.stream().map((response) -> join(response).statusCode()).toList();
	}

	private static HttpResponse<String> join(CompletableFuture<HttpResponse<String>> response) {
		return response.orTimeout(60, TimeUnit.SECONDS).join();
	}

	private CompletableFuture<HttpResponse<String>> send(String method, String path, BodyPublisher body) {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.timeout(Duration.ofSeconds(60))
			.header("Content-Type", "application/json")
			.method(method, body)
			.build();
		return this.client.sendAsync(request, BodyHandlers.ofString());
	}

}
