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

package io.github.penstock.properties;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.http.HttpLimit;

/**
 * The section {@code penstock.http-clients}, which is read whether there is an HTTP
 * client or not.
 */
public final class HttpClientSection {

	private final NamedProperties<PenstockProperties.HttpClient> section;

	private HttpClientSection(NamedProperties<PenstockProperties.HttpClient> section) {
		this.section = section;
	}

	/** Check what is written and tell the limiters who uses them. */
	static void declare(NamedProperties<PenstockProperties.HttpClient> section, ConfiguredLimiters limiters) {
		HttpClientSection clients = new HttpClientSection(section);
		clients.check();
		for (Map.Entry<String, PenstockProperties.HttpClient> entry : section.values().entrySet()) {
			clients.choice(entry.getKey(), entry.getValue()).use(limiters);
		}
	}

	/** Check what is written. */
	static void check(NamedProperties<PenstockProperties.HttpClient> section) {
		new HttpClientSection(section).check();
	}

	/**
	 * Make the limits, when all that is said of the limiters is known.
	 * @param section what is written, checked before
	 * @param limiters gives the limiters
	 * @param customizer sees each limit before it is made
	 * @return the limits
	 */
	public static List<HttpLimit> make(NamedProperties<PenstockProperties.HttpClient> section,
			ConfiguredLimiters limiters, Consumer<HttpLimit.Builder> customizer) {
		HttpClientSection clients = new HttpClientSection(section);
		List<HttpLimit> limits = new ArrayList<>();
		section.values().forEach((name, properties) -> {
			LimiterChoice choice = clients.choice(name, properties);
			String bulkhead = choice.bulkheadName();
			String rateLimit = choice.rateLimitName();
			HttpLimit.Builder builder = clients.builder(name, properties)
				.bulkhead((bulkhead != null) ? limiters.concurrencyLimiter(bulkhead) : null)
				.rateLimit((rateLimit != null) ? limiters.rateLimiter(rateLimit) : null);
			customizer.accept(builder);
			limits.add(builder.build());
		});
		return limits;
	}

	private void check() {
		Map<String, String> hosts = new LinkedHashMap<>();
		for (Map.Entry<String, PenstockProperties.HttpClient> entry : this.section.values().entrySet()) {
			String name = entry.getKey();
			PenstockProperties.HttpClient properties = entry.getValue();
			check(name, properties);
			for (String host : builder(name, properties).hosts()) {
				String other = hosts.putIfAbsent(host, name);
				if (other != null) {
					throw new InvalidLimitDeclarationException(
							this.section.entry(other) + " and " + this.section.entry(name),
							"they both have the host '" + host + "'",
							"Keep it in one of them; of patterns that differ, the most specific one counts");
				}
			}
		}
	}

	private HttpLimit.Builder builder(String name, PenstockProperties.HttpClient properties) {
		HttpLimit.Builder builder = HttpLimit.named(name).release(properties.release());
		List<String> hosts = Objects.requireNonNullElse(properties.hosts(), List.of());
		if (hosts.isEmpty()) {
			throw new InvalidLimitDeclarationException(this.section.entry(name),
					"it has no hosts, so that nothing would be limited",
					"Add hosts, such as hosts: [api.example.com, \"*.example.com\"]");
		}
		check(name, "hosts", () -> builder.hosts(hosts.toArray(String[]::new)));
		Duration bodyTimeout = properties.bodyTimeout();
		if (bodyTimeout != null) {
			check(name, "body-timeout", () -> builder.bodyTimeout(bodyTimeout));
		}
		Duration maxPause = properties.maxPause();
		if (maxPause != null) {
			check(name, "max-pause", () -> builder.maxPause(maxPause));
		}
		Duration defaultPause = properties.defaultPause();
		if (defaultPause != null) {
			check(name, "default-pause", () -> builder.defaultPause(defaultPause));
		}
		return builder;
	}

	private void check(String name, String property, Runnable step) {
		try {
			step.run();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidLimitDeclarationException(this.section.place(name, property),
					String.valueOf(ex.getMessage()), "Correct it there");
		}
	}

	private void check(String name, PenstockProperties.HttpClient properties) {
		LimiterChoice choice = choice(name, properties);
		choice.check();
		if (choice.isNamedOnly()) {
			choice.checkUnused("timeout", properties.timeout());
			choice.checkUnused("max-waiting", properties.maxWaiting());
			choice.checkUnused("enforce", properties.enforce());
			choice.checkUnused("shared", properties.shared());
			choice.checkUnused("on-outage", properties.onOutage());
		}
	}

	private LimiterChoice choice(String name, PenstockProperties.HttpClient properties) {
		return new LimiterChoice(this.section, name, properties.bulkhead(), properties.rateLimit(),
				properties.ownBulkhead(), properties.ownRateLimit());
	}

}
