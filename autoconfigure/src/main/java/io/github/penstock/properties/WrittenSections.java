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

import java.util.Map;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * Binds the sections below {@code penstock} in which anything is written. To bind one in
 * which nothing is costs the start of every application as much, for what its values are
 * is known.
 */
final class WrittenSections {

	private final Map<String, Object> values;

	private final Binder binder;

	/**
	 * Create the binding.
	 * @param values what is written, by canonical names
	 */
	WrittenSections(Map<String, Object> values) {
		this.values = values;
		this.binder = new Binder(new MapConfigurationPropertySource(values));
	}

	/**
	 * Bind.
	 * @return the properties
	 * @throws org.springframework.boot.context.properties.bind.BindException if a value
	 * does not fit
	 */
	PenstockProperties bind() {
		PenstockProperties.Aop aop = section("aop", PenstockProperties.Aop.DEFAULT);
		PenstockProperties.Web web = section("web", PenstockProperties.Web.DEFAULT);
		PenstockProperties.Holders holders = section("holders", PenstockProperties.Holders.DEFAULT);
		PenstockProperties.Keys keys = section("keys", PenstockProperties.Keys.DEFAULT);
		PenstockProperties.Shared shared = section("shared", PenstockProperties.Shared.DEFAULT);
		PenstockProperties.Defaults defaults = section("defaults", PenstockProperties.Defaults.DEFAULT);
		return new PenstockProperties(enabled(), aop, web, holders, keys, shared, defaults,
				named("bulkheads", PenstockProperties.Bulkhead.class),
				named("rate-limits", PenstockProperties.RateLimit.class),
				named("data-sources", PenstockProperties.DataSource.class),
				named("http-clients", PenstockProperties.HttpClient.class),
				named("requests", PenstockProperties.Request.class));
	}

	private boolean enabled() {
		return this.binder.bind(KnownProperties.PREFIX + ".enabled", Boolean.class)
			.orElse(PenstockProperties.DEFAULT.enabled());
	}

	@SuppressWarnings("unchecked")
	private <T> T section(String name, T unwritten) {
		String section = KnownProperties.PREFIX + "." + name;
		return (isWritten(section, '.')) ? this.binder.bindOrCreate(section, (Class<T>) unwritten.getClass())
				: unwritten;
	}

	private <T> Map<String, T> named(String name, Class<T> type) {
		String section = KnownProperties.PREFIX + "." + name;
		return (isWritten(section, '[')) ? this.binder.bindOrCreate(section, Bindable.mapOf(String.class, type))
				: Map.of();
	}

	private boolean isWritten(String section, char next) {
		for (String name : this.values.keySet()) {
			if (name.startsWith(section) && name.length() > section.length() && name.charAt(section.length()) == next) {
				return true;
			}
		}
		return false;
	}

}
