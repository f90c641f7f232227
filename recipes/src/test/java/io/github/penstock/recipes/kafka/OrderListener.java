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

package io.github.penstock.recipes.kafka;

import java.util.concurrent.CompletableFuture;

import io.github.penstock.annotation.Bulkhead;

import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/**
 * Listens to orders, and to goods that come back.
 */
@Component
class OrderListener {

	private final Warehouse warehouse;

	OrderListener(Warehouse warehouse) {
		this.warehouse = warehouse;
	}

	@KafkaListener(topics = "orders")
	@Bulkhead("warehouse")
	public void reserve(String order) {
		this.warehouse.reserve(order);
	}

	@KafkaListener(topics = "returns", concurrency = "1") // which does not wait itself
	@Bulkhead("warehouse")
	public CompletableFuture<Void> takeBack(String item) {
		return this.warehouse.takeBack(item);
	}

}
