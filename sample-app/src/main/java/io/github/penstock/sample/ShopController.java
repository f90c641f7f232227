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

import java.math.BigDecimal;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.HttpClientErrorException.TooManyRequests;
import org.springframework.web.server.ResponseStatusException;

/**
 * What the shop's pages ask for.
 */
@RestController
class ShopController {

	private final InventoryService inventory;

	private final StockLookup lookup;

	private final StockExport export;

	private final SupplierClient supplier;

	private final DeliveryClient deliveries;

	private final ExchangeRates exchangeRates;

	ShopController(InventoryService inventory, StockLookup lookup, StockExport export, SupplierClient supplier,
			DeliveryClient deliveries, ExchangeRates exchangeRates) {
		this.inventory = inventory;
		this.lookup = lookup;
		this.export = export;
		this.supplier = supplier;
		this.deliveries = deliveries;
		this.exchangeRates = exchangeRates;
	}

	@GetMapping("/items/{sku}/stock")
	Stock stock(@PathVariable String sku) {
		return this.inventory.stockOf(sku)
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "No item " + sku));
	}

	@GetMapping("/stock")
	List<Stock> stock(@RequestParam("sku") List<String> skus) throws InterruptedException {
		return this.lookup.stockOf(skus);
	}

	@PostMapping("/items/{sku}/reservations")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void reserve(@PathVariable String sku, @RequestParam int quantity) {
		if (quantity <= 0) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "The quantity must be 1 or more");
		}
		if (!this.inventory.reserve(sku, quantity)) {
			throw new ResponseStatusException(HttpStatus.CONFLICT,
					"Fewer than " + quantity + " of " + sku + " are left");
		}
	}

	@GetMapping("/items/{sku}/price")
	BigDecimal price(@PathVariable String sku) {
		return this.supplier.priceOf(sku);
	}

	@GetMapping("/items/{sku}/quote")
	Quote quote(@PathVariable String sku, @RequestParam(defaultValue = "100") int quantity) {
		return this.supplier.quoteFor(sku, quantity);
	}

	@GetMapping("/items/{sku}/delivery")
	CompletableFuture<Delivery> delivery(@PathVariable String sku) {
		return this.deliveries.deliveryOf(sku);
	}

	@GetMapping("/rates/{currency}")
	BigDecimal rate(@PathVariable String currency) {
		return this.exchangeRates.rateOf(currency);
	}

	@GetMapping(path = "/stock.csv", produces = "text/csv")
	String export() {
		return this.export.csv();
	}

	/** To the shop's visitors it is the shop that is busy: they did not ask too much. */
	@ExceptionHandler
	ErrorResponse refusedByBank(TooManyRequests refusal) {
		ErrorResponse.Builder response = ErrorResponse.builder(refusal, HttpStatus.SERVICE_UNAVAILABLE,
				"The bank is busy.");
		HttpHeaders headers = refusal.getResponseHeaders();
		String retryAfter = (headers != null) ? headers.getFirst(HttpHeaders.RETRY_AFTER) : null;
		if (retryAfter != null) {
			response.header(HttpHeaders.RETRY_AFTER, retryAfter);
		}
		return response.build();
	}

}
