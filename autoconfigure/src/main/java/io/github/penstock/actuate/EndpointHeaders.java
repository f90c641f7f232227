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

package io.github.penstock.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The headers of all answers of an endpoint: no other site may show it in a frame, where
 * its buttons could be clicked unawares, and nobody keeps what it said.
 */
final class EndpointHeaders {

	/** Of answers that are no page. */
	static final Map<String, String> DATA = with("default-src 'none'; frame-ancestors 'none'");

	private EndpointHeaders() {
	}

	static Map<String, String> with(String contentSecurityPolicy) {
		Map<String, String> headers = new LinkedHashMap<>();
		headers.put("Content-Security-Policy", contentSecurityPolicy);
		headers.put("X-Frame-Options", "DENY");
		headers.put("X-Content-Type-Options", "nosniff");
		headers.put("Cache-Control", "no-store");
		headers.put("Referrer-Policy", "no-referrer");
		return headers;
	}

}
