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

package io.github.penstock.recipes.sse.mvc;

import java.io.IOException;

import io.github.penstock.annotation.Bulkhead;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Streams of prices.
 */
@RestController
class PriceController {

	private final PriceFeed feed;

	PriceController(PriceFeed feed) {
		this.feed = feed;
	}

	@GetMapping("/prices")
	@Bulkhead(name = "price-streams", key = "#user")
	SseEmitter prices(@RequestHeader("X-User") String user) throws IOException {
		return this.feed.open();
	}

}
