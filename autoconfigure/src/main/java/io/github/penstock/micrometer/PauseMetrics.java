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

package io.github.penstock.micrometer;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * A meter of each client that pauses when its server asks for it.
 */
public final class PauseMetrics implements MeterBinder {

	private final Supplier<Map<String, Supplier<Duration>>> clients;

	/**
	 * Create the metrics.
	 * @param clients gives, by the name of the client, how long from now it sends nothing
	 */
	public PauseMetrics(Supplier<Map<String, Supplier<Duration>>> clients) {
		this.clients = clients;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.clients.get()
			.forEach((name, paused) -> TimeGauge
				.builder("penstock.http.client.pause", () -> paused.get().toNanos(), TimeUnit.NANOSECONDS)
				.description("How long until requests begin again, as the server asked")
				.tag("name", name)
				.register(registry));
	}

}
