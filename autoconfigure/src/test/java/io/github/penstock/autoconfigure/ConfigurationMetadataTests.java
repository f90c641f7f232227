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

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.properties.PenstockProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
			.containsExactlyInAnyOrder("management.endpoint.limiters.access",
					"management.endpoint.limiters.cache.time-to-live", "management.endpoint.penstock.access",
					"management.endpoint.penstock.cache.time-to-live", "penstock.enabled", "penstock.aop.mode",
					"penstock.aop.order", "penstock.web.enabled", "penstock.holders.enabled",
					"penstock.holders.leak-after", "penstock.keys.show", "penstock.defaults.timeout",
					"penstock.defaults.enforce", "penstock.bulkheads", "penstock.rate-limits", "penstock.http-clients",
					"penstock.data-sources", "penstock.requests");
		assertThat(properties).allSatisfy((property) -> assertThat(property.get("description")).asString()
			.endsWith(".")
			.doesNotStartWith("The ")
			.doesNotStartWith("A "));
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
			PenstockProperties.Request.class, PenstockProperties.RatePlan.class,
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
