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

package io.github.penstock.recipes.legacy;

import java.util.concurrent.Callable;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.annotation.Bulkhead;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * The ERP system, which is called in three ways.
 */
@Component
class Erp {

	private final RestClient http;

	private final JdbcClient database;

	private final ConcurrencyLimiter limit;

	Erp(RestClient.Builder http, JdbcClient database, LimiterRegistry limiters, @Value("${erp.url}") String url) {
		this.http = http.baseUrl(url).build();
		this.database = database;
		this.limit = limiters.concurrencyLimiter("erp");
	}

	String price(String sku) { // limited by penstock.http-clients
		return this.http.get().uri("/prices/{sku}", sku).retrieve().body(String.class);
	}

	int stock(String sku) { // limited by penstock.data-sources
		return this.database.sql("select count(*) from stock where sku = ?").param(sku).query(Integer.class).single();
	}

	String soap(Callable<String> call) throws Exception { // limited in code
		return this.limit.call(call);
	}

	@Bulkhead("erp")
	public String offer(String sku) { // one permit for all that it does there
		return (stock(sku) > 0) ? price(sku) : "sold out";
	}

}
