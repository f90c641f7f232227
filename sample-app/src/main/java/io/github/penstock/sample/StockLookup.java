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

import java.util.List;
import java.util.Optional;

import io.github.penstock.work.BoundedWorkQueue;
import io.github.penstock.work.BoundedWorkQueueBuilder;

import org.springframework.stereotype.Service;

/**
 * The stock of many items, a query each, with no more connections than other requests
 * leave over: each query takes its turn in the line of the bulkhead that all share.
 */
@Service
class StockLookup {

	private final BoundedWorkQueue queue;

	private final InventoryService inventory;

	StockLookup(BoundedWorkQueueBuilder queue, InventoryService inventory) {
		this.queue = queue.bulkhead("inventory").build();
		this.inventory = inventory;
	}

	/**
	 * Look the stock of items up.
	 * @param skus the items' numbers
	 * @return the stock of those that there are, in their order
	 * @throws InterruptedException if the thread is interrupted
	 */
	List<Stock> stockOf(List<String> skus) throws InterruptedException {
		List<Optional<Stock>> found = this.queue.processAll(skus, this.inventory::stockOf);
		return found.stream().flatMap(Optional::stream).toList();
	}

}
