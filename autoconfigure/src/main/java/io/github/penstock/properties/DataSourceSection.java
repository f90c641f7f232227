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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code penstock.data-sources}, which is read whether there is JDBC or not.
 */
final class DataSourceSection {

	private DataSourceSection() {
	}

	/** Check what is written and tell the limiters who uses them. */
	static void declare(ConfiguredProperties configuration, ConfiguredLimiters limiters) {
		check(configuration);
		NamedProperties<PenstockProperties.DataSource> section = configuration.dataSources();
		for (String name : section.exactNames()) {
			PenstockProperties.DataSource properties = Objects.requireNonNull(section.find(name));
			limiters.useBulkhead(Objects.requireNonNullElse(properties.bulkhead(), name), section.entry(name));
		}
	}

	static void check(ConfiguredProperties configuration) {
		NamedProperties<PenstockProperties.DataSource> section = configuration.dataSources();
		NamedProperties<PenstockProperties.Bulkhead> bulkheads = configuration.bulkheads();
		for (Map.Entry<String, PenstockProperties.DataSource> entry : section.values().entrySet()) {
			String name = entry.getKey();
			PenstockProperties.DataSource properties = entry.getValue();
			check(section, name, properties);
			if (properties.bulkhead() == null) {
				continue;
			}
			PenstockProperties.Bulkhead bulkhead = bulkheads.find(properties.bulkhead());
			Boolean own = (bulkhead != null) ? bulkhead.shared() : null;
			Boolean byDefault = configuration.values().defaults().bulkhead().shared();
			if (Boolean.TRUE.equals((own != null) ? own : byDefault)) {
				throw new InvalidLimitDeclarationException(section.place(name, "bulkhead")
						+ ((own != null) ? "" : " and " + configuration.place(LimiterDefaults.BULKHEAD + ".shared")),
						"bulkhead '" + properties.bulkhead()
								+ "' is shared by all instances, and the connections of a pool are not",
						"Name a bulkhead that is not shared, or write max here");
			}
		}
	}

	private static void check(NamedProperties<PenstockProperties.DataSource> section, String name,
			PenstockProperties.DataSource properties) {
		String bulkhead = properties.bulkhead();
		Map<String, @Nullable Object> numbers = new LinkedHashMap<>();
		numbers.put("max", properties.max());
		numbers.put("timeout", properties.timeout());
		numbers.put("max-waiting", properties.maxWaiting());
		numbers.put("enforce", properties.enforce());
		if (bulkhead == null) {
			if (properties.max() == null) {
				throw new InvalidLimitDeclarationException(section.entry(name), "it has neither max nor bulkhead",
						"Add max, how many connections may be out at once, or bulkhead, the name of one that says it");
			}
			return;
		}
		if (!LimiterRegistry.isValidName(bulkhead)) {
			throw InvalidNames.exception(section.place(name, "bulkhead"), bulkhead);
		}
		List<String> both = numbers.keySet().stream().filter((property) -> numbers.get(property) != null).toList();
		if (!both.isEmpty()) {
			throw new InvalidLimitDeclarationException(section.place(name, both.get(0)),
					"it has " + String.join(", ", both) + " of its own as well as bulkhead '" + bulkhead + "'",
					"Keep bulkhead, whose numbers stand in penstock.bulkheads." + bulkhead + ", or the numbers here");
		}
	}

}
