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
