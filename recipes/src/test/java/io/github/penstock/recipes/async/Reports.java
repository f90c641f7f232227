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

import io.github.penstock.annotation.Bulkhead;

import org.springframework.scheduling.annotation.Async;
import org.springframework.stereotype.Component;

/**
 * Takes a thread of the pool first, and waits there.
 */
@Component
class Reports {

	private final Renderer renderer;

	Reports(Renderer renderer) {
		this.renderer = renderer;
	}

	@Async
	@Bulkhead("reports")
	public CompletableFuture<String> create(String customer) {
		return CompletableFuture.completedFuture(this.renderer.render(customer));
	}

	@Async
	@Bulkhead("reports")
	public void createAndForget(String customer) {
		this.renderer.render(customer);
	}

	@Async
	public CompletableFuture<String> render(String customer) {
		return CompletableFuture.completedFuture(this.renderer.render(customer));
	}

}
