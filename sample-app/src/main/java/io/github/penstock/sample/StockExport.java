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

import io.github.penstock.annotation.Bulkhead;

import org.springframework.stereotype.Service;

/**
 * The whole stock as a file. It is heavy, and nobody is in a hurry: one at a time, and
 * whoever comes meanwhile waits.
 */
@Service
class StockExport {

	private final InventoryService inventory;

	private final Pace pace;

	StockExport(InventoryService inventory, Pace pace) {
		this.inventory = inventory;
		this.pace = pace;
	}

	@Bulkhead("export")
	public String csv() {
		this.pace.take("export");
		StringBuilder csv = new StringBuilder("sku,quantity\n");
		this.inventory.stock()
			.forEach((stock) -> csv.append(stock.sku()).append(',').append(stock.quantity()).append('\n'));
		return csv.toString();
	}

}
