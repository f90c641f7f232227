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

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The properties of an application, and where each one stands. Immutable.
 */
public final class ConfiguredProperties {

	private final PenstockProperties values;

	private final Set<String> inexact;

	private final Map<String, WrittenProperty> written;

	/**
	 * Create the properties.
	 * @param values the properties
	 * @param inexact the names of limiters that only environment variables have
	 * @param written how each property was written, by its canonical name; those that
	 * others replace as well
	 */
	ConfiguredProperties(PenstockProperties values, Set<String> inexact, Map<String, WrittenProperty> written) {
		this.values = values;
		this.inexact = inexact;
		this.written = written;
	}

	/**
	 * Return the properties.
	 * @return the properties, as they were written
	 */
	public PenstockProperties values() {
		return this.values;
	}

	Map<String, WrittenProperty> written() {
		return this.written;
	}

	/**
	 * Return where a property stands, or would have to stand.
	 * @param property the whole name
	 * @return the place, for people
	 */
	public String place(String property) {
		WrittenProperty written = this.written.get(property);
		return (written != null) ? written.place() : property;
	}

	/**
	 * Return the properties of bulkheads, also of those that other sections define.
	 * @return the properties by name
	 */
	public NamedProperties<PenstockProperties.Bulkhead> bulkheads() {
		NamedProperties<PenstockProperties.Bulkhead> all = named("penstock.bulkheads", this.values.bulkheads());
		if (!this.values.dataSources().isEmpty()) {
			all = all.with(dataSources(), PenstockProperties.DataSource::ownBulkhead);
		}
		if (!this.values.httpClients().isEmpty()) {
			all = all.with(httpClients(), PenstockProperties.HttpClient::ownBulkhead);
		}
		if (!this.values.requests().isEmpty()) {
			all = all.with(requests(), PenstockProperties.Request::ownBulkhead);
		}
		return all;
	}

	NamedProperties<PenstockProperties.RateLimit> rateLimits() {
		NamedProperties<PenstockProperties.RateLimit> all = named("penstock.rate-limits", this.values.rateLimits());
		if (!this.values.httpClients().isEmpty()) {
			all = all.with(httpClients(), PenstockProperties.HttpClient::ownRateLimit);
		}
		if (!this.values.requests().isEmpty()) {
			all = all.with(requests(), PenstockProperties.Request::ownRateLimit);
		}
		return all;
	}

	/**
	 * Return the section {@code penstock.http-clients}.
	 * @return the properties by name
	 */
	public NamedProperties<PenstockProperties.HttpClient> httpClients() {
		return named("penstock.http-clients", this.values.httpClients());
	}

	/**
	 * Return the section {@code penstock.requests}.
	 * @return the properties by name
	 */
	public NamedProperties<PenstockProperties.Request> requests() {
		return named("penstock.requests", this.values.requests());
	}

	/**
	 * Return the section {@code penstock.data-sources}.
	 * @return the properties by name
	 */
	public NamedProperties<PenstockProperties.DataSource> dataSources() {
		return named("penstock.data-sources", this.values.dataSources());
	}

	private <P> NamedProperties<P> named(String section, Map<String, P> values) {
		String prefix = section + "[";
		Set<String> names = new HashSet<>();
		for (String name : this.inexact) {
			if (name.startsWith(prefix)) {
				names.add(name.substring(prefix.length(), name.length() - 1));
			}
		}
		return new NamedProperties<>(section, values, names, this.written);
	}

}
