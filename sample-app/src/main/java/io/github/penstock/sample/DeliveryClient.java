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
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.LocalDate;
import java.util.concurrent.CompletableFuture;

import io.github.penstock.annotation.Bulkhead;

import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The supplier's delivery dates, asked for without a thread that waits. The permit is
 * held until the answer is there.
 */
@Component
class DeliveryClient {

	private final HttpClient httpClient = HttpClient.newHttpClient();

	private final SupplierAddress address;

	DeliveryClient(SupplierAddress address) {
		this.address = address;
	}

	@Bulkhead("deliveries")
	public CompletableFuture<Delivery> deliveryOf(String sku) {
		URI uri = UriComponentsBuilder.fromUriString(this.address.url() + "/deliveries/{sku}")
			.encode()
			.buildAndExpand(sku)
			.toUri();
		HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
		return this.httpClient.sendAsync(request, BodyHandlers.ofString())
			.thenApply((response) -> new Delivery(sku, date(response)));
	}

	private static LocalDate date(HttpResponse<String> response) {
		if (response.statusCode() != 200) {
			throw new IllegalStateException("The supplier answered " + response.statusCode());
		}
		return LocalDate.parse(response.body());
	}

}
