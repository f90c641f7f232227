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

package io.github.penstock.benchmarks.scale;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WorkContender}: each does what is measured.
 */
@EnabledForJreRange(min = JRE.JAVA_24)
class WorkContenderTests {

	@ParameterizedTest
	@EnumSource
	void contenderProcessesAllInOrder(WorkContender contender) throws Exception {
		List<Integer> items = IntStream.range(0, 1000).boxed().toList();
		List<Integer> expected = items.stream().map((item) -> item + 1).toList();
		assertThat(contender.process(items, 10, (item) -> item + 1)).isEqualTo(expected);
	}

}
