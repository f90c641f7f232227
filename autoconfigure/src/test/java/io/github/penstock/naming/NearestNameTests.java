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

package io.github.penstock.naming;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NearestName}.
 */
class NearestNameTests {

	@ParameterizedTest
	@CsvSource({ "max-wating,max-waiting", "maxWaiting,max-waiting", "MAX,max", "tiemout,timeout", "mxa,max",
			"mx,max" })
	void ofWhenSomethingIsNearReturnsIt(String written, String meant) {
		assertThat(NearestName.of(written, List.of("max", "timeout", "max-waiting"))).isEqualTo(meant);
	}

	@ParameterizedTest
	@CsvSource({ "rps", "concurrency", "limit", "x" })
	void ofWhenNothingIsNearReturnsNull(String written) {
		assertThat(NearestName.of(written, List.of("max", "timeout", "max-waiting"))).isNull();
	}

	@Test
	void ofWhenThereIsNothingReturnsNull() {
		assertThat(NearestName.of("max", List.of())).isNull();
	}

}
