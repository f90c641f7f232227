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

package io.github.penstock.http;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RetryAfter}.
 */
class RetryAfterTests {

	private static final Instant NOW = Instant.parse("2015-10-21T07:28:00Z");

	@ParameterizedTest
	@CsvSource({ "1, PT1S", "120, PT2M", "' 3 ', PT3S", "0003, PT3S", "'Wed, 21 Oct 2015 07:28:05 GMT', PT5S",
			"'Wednesday, 21-Oct-15 07:28:05 GMT', PT5S", "'Wed Oct 21 07:28:05 2015', PT5S",
			"'Sun Nov  1 07:28:00 2015', PT264H" })
	void readWhenItIsTimeGivesIt(String header, Duration expected) {
		assertThat(RetryAfter.read(header, null, NOW)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "9999999", "99999999999999999999", "00000000000000000000000000000099999999999",
			"Fri, 31 Dec 9999 23:59:59 GMT" })
	void readWhenItIsAbsurdlyLongIsLong(String header) {
		assertThat(RetryAfter.read(header, null, NOW)).isGreaterThan(Duration.ofDays(100));
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", "-1", "+5", "1.5", "1e3", "NaN", "Infinity", "0x10", "٣", "3 s", "soon", "3, 5",
			"Thu, 21 Oct 2015 07:28:05 GMT", "Wed, 21 Oct 2015 07:28:05", "Wed, 32 Oct 2015 07:28:05 GMT",
			"2015-10-21T07:28:05Z" })
	void readWhenItIsNoTimeToComeIgnoresIt(String header) {
		assertThat(RetryAfter.read(header, null, NOW)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "00", "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:27:59 GMT",
			"Thu, 01 Jan 1970 00:00:00 GMT" })
	void readWhenItIsOverIsZero(String header) {
		assertThat(RetryAfter.read(header, null, NOW)).isZero();
	}

	@Test
	void readWhenItIsLongTextIgnoresIt() {
		assertThat(RetryAfter.read("1".repeat(100_000), null, NOW)).isNull();
	}

	@Test
	void readWhenTheServersClockIsWrongGoesByTheServersDate() {
		assertThat(RetryAfter.read("Wed, 21 Oct 2015 09:00:03 GMT", "Wed, 21 Oct 2015 09:00:00 GMT", NOW))
			.isEqualTo(Duration.ofSeconds(3));
		assertThat(RetryAfter.read("Wed, 21 Oct 2015 07:28:03 GMT", "nonsense", NOW)).isEqualTo(Duration.ofSeconds(3));
	}

}
