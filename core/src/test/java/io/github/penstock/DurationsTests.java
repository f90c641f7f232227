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

package io.github.penstock;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Durations}.
 */
class DurationsTests {

	@ParameterizedTest
	@CsvSource({ "PT0S, 0s", "PT-1S, 0s", "PT0.0000003S, 300ns", "PT0.000999999S, 999999ns", "PT0.001S, 1ms",
			"PT0.0205S, 20.5ms", "PT0.999999999S, 999.999999ms", "PT1S, 1s", "PT1.5S, 1.5s", "PT59.999S, 59.999s",
			"PT1M, 1m", "PT1M30S, 1m30s", "PT1M30.25S, 90.25s", "PT1H, 1h", "PT36H1S, 36h1s" })
	void formatIsAsPeopleWriteIt(Duration duration, String text) {
		assertThat(Durations.format(duration)).isEqualTo(text);
	}

	@Test
	void nanosAreNoneBelowZeroAndAtMostAllThatThereAre() {
		assertThat(Durations.toNanosSaturated(Duration.ofSeconds(Long.MIN_VALUE))).isZero();
		assertThat(Durations.toNanosSaturated(Duration.ofNanos(1))).isOne();
		assertThat(Durations.toNanosSaturated(Duration.ofNanos(Long.MAX_VALUE - 1))).isEqualTo(Long.MAX_VALUE - 1);
		assertThat(Durations.toNanosSaturated(Duration.ofNanos(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
		assertThat(Durations.toNanosSaturated(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
	}

}
