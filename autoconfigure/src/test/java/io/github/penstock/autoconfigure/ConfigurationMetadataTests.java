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

package io.github.penstock.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.properties.PenstockProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.json.JsonParserFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the configuration metadata, and for the page that lists the properties.
 */
class ConfigurationMetadataTests {

	@Test
	void metadataHasAllPropertiesAndEachHasDescription() throws IOException {
		List<Map<String, Object>> properties = properties();
		assertThat(properties).extracting((property) -> property.get("name"))
			.filteredOn((name) -> !String.valueOf(name).matches("penstock.defaults.(bulkhead|rate-limit)[.].*"))
			.containsExactlyInAnyOrder("management.endpoint.limiters.access",
					"management.endpoint.limiters.cache.time-to-live", "management.endpoint.penstock.access",
					"management.endpoint.penstock.cache.time-to-live", "penstock.enabled", "penstock.aop.mode",
					"penstock.aop.order", "penstock.web.enabled", "penstock.holders.enabled",
					"penstock.holders.leak-after", "penstock.keys.show", "penstock.shared.namespace",
					"penstock.shared.on-outage", "penstock.shared.budget", "penstock.shared.lease",
					"penstock.defaults.timeout", "penstock.defaults.enforce", "penstock.bulkheads",
					"penstock.rate-limits", "penstock.http-clients", "penstock.data-sources", "penstock.requests");
		assertThat(properties).allSatisfy((property) -> assertThat(property.get("description")).asString()
			.endsWith(".")
			.doesNotStartWith("The ")
			.doesNotStartWith("A "));
	}

	@ParameterizedTest
	@CsvSource({ "penstock.defaults.bulkhead, bulkhead", "penstock.defaults.rate-limit, rate-limit" })
	void metadataHasEachValueOfLimitersForAllOfThem(String section, String kind) throws IOException {
		Class<?> type = kind.equals("bulkhead") ? PenstockProperties.Bulkhead.class
				: PenstockProperties.RateLimit.class;
		assertThat(properties()).extracting((property) -> property.get("name"))
			.filteredOn((name) -> String.valueOf(name).startsWith(section + "."))
			.containsExactlyInAnyOrderElementsOf(Stream.of(type.getRecordComponents())
				.map((component) -> (Object) (section + "." + DataObjectPropertyName.toDashedForm(component.getName())))
				.toList());
	}

	@Test
	void metadataHasTheDefaultTimeoutOfTheCore() throws IOException {
		Duration timeout = properties().stream()
			.filter((property) -> property.get("name").equals("penstock.defaults.timeout"))
			.map((property) -> DurationStyle.detectAndParse(String.valueOf(property.get("defaultValue"))))
			.findFirst()
			.orElseThrow();
		assertThat(timeout).isEqualTo(ConcurrencyLimiterSpec.DEFAULT_TIMEOUT);
	}

	@ParameterizedTest
	@ValueSource(classes = { PenstockProperties.class, PenstockProperties.Aop.class, PenstockProperties.Web.class,
			PenstockProperties.Defaults.class, PenstockProperties.Bulkhead.class, PenstockProperties.RateLimit.class,
			PenstockProperties.HttpClient.class, PenstockProperties.DataSource.class, PenstockProperties.Keys.class,
			PenstockProperties.Request.class, PenstockProperties.RatePlan.class, PenstockProperties.Shared.class,
			PenstockProperties.BulkheadPlan.class })
	void documentationHasAllProperties(Class<?> type) throws IOException {
		String page = Files.readString(Path.of("../docs/configuration.md"));
		for (RecordComponent component : type.getRecordComponents()) {
			assertThat(page).contains(DataObjectPropertyName.toDashedForm(component.getName()));
		}
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> properties() throws IOException {
		// That of other jars has the same name.
		Path classes = Path.of("target/classes/META-INF/spring-configuration-metadata.json");
		try (InputStream metadata = Files.newInputStream(classes)) {
			String json = new String(metadata.readAllBytes(), StandardCharsets.UTF_8);
			return (List<Map<String, Object>>) JsonParserFactory.getJsonParser().parseMap(json).get("properties");
		}
	}

}
