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

package io.github.penstock.redis;

import io.github.penstock.LimiterStore.Supply;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SupplyNames}.
 */
class SupplyNamesTests {

	private final SupplyNames names = new SupplyNames("shop");

	@Test
	void aKeyIsHashedIntoTheNameOfItsSupply() {
		assertThat(this.names.tokens(new Supply("api", "ann")))
			.isEqualTo("penstock:{shop:rate-limit:api:8ae98ab2ad2134353d42ce08541f9fba}");
		assertThat(this.names.permits(new Supply("api", null))).isEqualTo("penstock:{shop:bulkhead:api}");
	}

}
