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
import java.util.stream.Stream;

import io.github.penstock.annotation.Bulkhead;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * The warehouse's books. All methods together take no more connections than the pool has,
 * so that calls stand in line here, where the line is fair and has an end.
 */
@Service
@Bulkhead("inventory")
class InventoryService {

	private final JdbcClient jdbc;

	InventoryService(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	public Optional<Stock> stockOf(String sku) {
		return this.jdbc.sql("select sku, quantity from stock where sku = ?").param(sku).query(Stock.class).optional();
	}

	public List<Stock> stock() {
		return this.jdbc.sql("select sku, quantity from stock order by sku")
			.query(Stock.class)
			.list()
			.stream()
			.flatMap(Stream::ofNullable)
			.toList();
	}

	@Transactional
	public boolean reserve(String sku, int quantity) {
		return this.jdbc
			.sql("update stock set quantity = quantity - :quantity where sku = :sku and quantity >= :quantity")
			.param("sku", sku)
			.param("quantity", quantity)
			.update() == 1;
	}

}
