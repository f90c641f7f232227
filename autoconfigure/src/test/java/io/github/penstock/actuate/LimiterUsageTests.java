package io.github.penstock.actuate;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LimiterUsage}.
 */
class LimiterUsageTests {

	@ParameterizedTest
	@CsvSource({ "'com.acme.Orders.place(String)', METHOD, 'com.acme.Orders.place(String)'",
			"penstock.data-sources.dataSource, DATA_SOURCE, dataSource",
			"penstock.http-clients.supplier, HTTP_CLIENT, supplier",
			"work queue of com.acme.Prices, QUEUE, com.acme.Prices" })
	void placeHasTypeAndName(String place, LimiterUsage.Type type, String name) {
		assertThat(LimiterUsage.at(place)).isEqualTo(new LimiterUsage(type, name));
	}

}
