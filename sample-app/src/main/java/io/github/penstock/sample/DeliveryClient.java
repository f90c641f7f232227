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
