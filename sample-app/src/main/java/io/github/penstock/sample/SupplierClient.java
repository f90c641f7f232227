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

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;

import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * The supplier's price service. By contract all our requests together are so many at once
 * and so many a minute.
 */
@Component
@Bulkhead("supplier")
@RateLimited("supplier-api")
class SupplierClient {

	private final RestClient restClient;

	private final SupplierAddress address;

	SupplierClient(RestClient.Builder restClient, SupplierAddress address) {
		this.restClient = restClient.build();
		this.address = address;
	}

	/**
	 * Look a list price up, which is quick.
	 * @param sku the item's number
	 * @return the price of one piece
	 */
	public BigDecimal priceOf(String sku) {
		return get("/prices/{sku}", sku);
	}

	/**
	 * Ask for a price for many pieces, which takes the supplier its time.
	 * @param sku the item's number
	 * @param quantity the pieces
	 * @return the quote
	 */
	public Quote quoteFor(String sku, int quantity) {
		return new Quote(sku, quantity, get("/quotes/{sku}?quantity={quantity}", sku, quantity));
	}

	private BigDecimal get(String path, Object... variables) {
		return this.restClient.get()
			.uri(this.address.url() + path, variables)
			.retrieve()
			.requiredBody(BigDecimal.class);
	}

}
