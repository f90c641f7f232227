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

import java.time.Duration;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sends customers to the shop, so that there is something to see.
 */
@RestController
class LoadController {

	private static final int MOST_SECONDS = 600;

	private final LoadGenerator load;

	LoadController(LoadGenerator load) {
		this.load = load;
	}

	@PostMapping("/load")
	@ResponseStatus(HttpStatus.ACCEPTED)
	String send(@RequestParam(defaultValue = "60") int seconds) {
		Duration length = Duration.ofSeconds(Math.max(1, Math.min(seconds, MOST_SECONDS)));
		return this.load.start(length) ? "Customers come for " + length.toSeconds() + " seconds."
				: "Customers are coming already.";
	}

}
