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

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes each change that somebody has made through the endpoint, and its end, as an
 * {@code AuditEvent}: {@code PENSTOCK_LIMITER_CHANGED}, {@code ..._RESET} or
 * {@code ..._REVERTED}.
 */
public final class AuditTrail implements LimiterChangeListener {

	private static final String NOBODY = "";

	private final ApplicationEventPublisher publisher;

	/**
	 * Create the trail.
	 * @param publisher where the events go
	 */
	public AuditTrail(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void changed(LimiterChange change) {
		if (change.origin() != LimiterChange.Origin.ENDPOINT) {
			return;
		}
		Map<String, @Nullable Object> data = new LinkedHashMap<>();
		data.put("kind", change.kind().toString());
		data.put("name", change.name());
		data.put("before", change.before());
		data.put("after", change.after());
		if (change.until() != null) {
			data.put("until", change.until().toString());
		}
		this.publisher
			.publishEvent(new AuditApplicationEvent((change.principal() != null) ? change.principal() : NOBODY,
					"PENSTOCK_LIMITER_" + change.cause().name(), data));
	}

}
