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
	static void declare(NamedProperties<PenstockProperties.DataSource> section, ConfiguredLimiters limiters) {
		check(section);
		for (String name : section.exactNames()) {
			PenstockProperties.DataSource properties = Objects.requireNonNull(section.find(name));
			limiters.useBulkhead(Objects.requireNonNullElse(properties.bulkhead(), name), section.entry(name));
		}
	}

	static void check(NamedProperties<PenstockProperties.DataSource> section) {
		section.values().forEach((name, properties) -> check(section, name, properties));
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
