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

package io.github.penstock.http.library;

import java.net.URI;
import java.net.URISyntaxException;

import io.github.penstock.http.HttpLimits;
import org.apache.hc.client5.http.RouteInfo;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Retries what Apache HttpComponents retries by default, except for limited requests that
 * a server has answered with 429 or 503: it would wait for {@code Retry-After} while it
 * holds a permit, and before the limits hear of it.
 */
final class HttpComponentsRetries extends DefaultHttpRequestRetryStrategy {

	private final HttpLimits limits;

	HttpComponentsRetries(HttpLimits limits) {
		this.limits = limits;
	}

	@Override
	public boolean retryRequest(HttpResponse response, int attempts, HttpContext context) {
		return super.retryRequest(response, attempts, context) && !isLimited(context);
	}

	private boolean isLimited(HttpContext context) {
		RouteInfo route = HttpClientContext.cast(context).getHttpRoute();
		try {
			return route != null && this.limits.find(new URI(route.getTargetHost().toURI())) != null;
		}
		catch (URISyntaxException ex) {
			return false;
		}
	}

}
