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

package io.github.penstock.recipes.async;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.annotation.Bulkhead;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/**
 * Waits first, without a thread, and takes one of the pool then.
 */
@Component
class ReportDesk {

	private final Reports reports;

	private final Renderer renderer;

	private final Executor pool;

	private final ConcurrencyLimiter limit;

	ReportDesk(Reports reports, Renderer renderer, @Qualifier("applicationTaskExecutor") Executor pool,
			LimiterRegistry limiters) {
		this.reports = reports;
		this.renderer = renderer;
		this.pool = pool;
		this.limit = limiters.concurrencyLimiter("reports");
	}

	@Bulkhead("reports")
	public CompletableFuture<String> order(String customer) {
		return this.reports.render(customer); // @Async, without a limit of its own
	}

	CompletableFuture<String> orderInCode(String customer) {
		return this.limit
			.callAsync(() -> CompletableFuture.supplyAsync(() -> this.renderer.render(customer), this.pool));
	}

}
