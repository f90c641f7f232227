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
import java.util.Collections;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AskedPause} and {@link RateLimitField}.
 */
class AskedPauseTests {

	private static final Instant NOW = Instant.parse("2015-10-21T07:28:00Z");

	private static final Duration OTHERWISE = Duration.ofSeconds(7);

	@Test
	void readWhenA429SaysNothingIsTheDefault() {
		assertThat(read(429)).isEqualTo(OTHERWISE);
		assertThat(read(503)).isZero();
		assertThat(read(500, "Retry-After: 3")).isZero();
		assertThat(read(200, "RateLimit: \"default\";r=0;t=30")).isZero();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "Retry-After: 3|PT3S", "retry-after-ms: 1500|PT1.5S", "Retry-After-Ms: 0.5|PT0.0005S",
					"x-ms-retry-after-ms: 20|PT0.02S", "RateLimit: \"default\";r=0;t=30|PT30S",
					"RateLimit: default;r=0;t=30|PT30S", "RateLimit: \"a,b;r=9\" ; r=0 ; t=30|PT30S",
					"RateLimit: \"q\\\"\";t=30;r=0;pk=:dHk=:|PT30S", "RateLimit: \"a\";r=5;t=90, \"b\";r=0;t=2|PT2S",
					"RateLimit: \"a\";r=0;t=2, \"b\";r=0;t=9|PT9S", "RateLimit: limit=100, remaining=0, reset=30|PT30S",
					"X-RateLimit-Reset: 30|PT30S", "X-Rate-Limit-Reset: 30|PT30S", "RateLimit-Reset: 30|PT30S",
					"X-RateLimit-Reset: 1.25|PT1.25S", "X-RateLimit-Reset: 1445412485|PT5S",
					"X-RateLimit-Reset: 1445412485.5|PT5.5S", "X-RateLimit-Reset: 1445412485250|PT5.25S",
					"RateLimit-Reset: 1445412485|PT5S", "X-RateLimit-Reset: Wed, 21 Oct 2015 07:28:05 GMT|PT5S" })
	void readWhenAServerSaysHowLongIsThat(String header, Duration expected) {
		assertThat(read(429, header)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Retry-After: -5", "Retry-After: soon", "Retry-After: ٣", "Retry-After: NaN",
			"Retry-After: 1e3", "retry-after-ms: -5", "retry-after-ms: NaN", "retry-after-ms: Infinity",
			"retry-after-ms: ٣", "retry-after-ms: 0x10", "retry-after-ms: +5", "retry-after-ms: 1.",
			"retry-after-ms: .5", "retry-after-ms: 1 2", "RateLimit: \"a\";r=1;t=30", "RateLimit: \"a\";r=0",
			"RateLimit: \"a\";t=30", "RateLimit: \"a\";r=0;t=-30", "RateLimit: \"a\";r=0;t=٣",
			"RateLimit: \"a\";r=-0;t=3", "RateLimit: \"a;r=0;t=30", "RateLimit: \"a\";r=0;t=1.5", "RateLimit: ;;,,==",
			"RateLimit: \"\\", "RateLimit: limit=100, remaining=3, reset=30", "RateLimit-Reset: -30",
			"X-RateLimit-Reset: -1445412485", "X-RateLimit-Reset: NaN", "X-RateLimit-Reset: ٣٠",
			"X-RateLimit-Reset: tomorrow" })
	void readWhenItIsNonsenseIsTheDefault(String header) {
		assertThat(read(429, header)).isEqualTo(OTHERWISE);
		assertThat(read(503, header)).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Retry-After: 0", "Retry-After: Wed, 21 Oct 2015 07:27:59 GMT", "retry-after-ms: 0",
			"RateLimit: \"a\";r=0;t=0", "X-RateLimit-Reset: 0", "X-RateLimit-Reset: 1445412400",
			"X-RateLimit-Reset: 1445412400000" })
	void readWhenItIsOverIsNoPause(String header) {
		assertThat(read(429, header)).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Retry-After: 99999999999999999999", "retry-after-ms: 99999999999999999999999",
			"retry-after-ms: 999999999999999999", "RateLimit: \"a\";r=0;t=99999999999999999999",
			"X-RateLimit-Reset: 999999999", "X-RateLimit-Reset: 99999999999", "X-RateLimit-Reset: 9999999999999",
			"X-RateLimit-Reset: 999999999999999999", "X-RateLimit-Reset: 99999999999999999999" })
	void readWhenItIsAbsurdlyLongIsLong(String header) {
		assertThat(read(429, header)).isGreaterThan(Duration.ofDays(100));
	}

	@Test
	void readWhenSomethingRemainsIgnoresTheReset() {
		assertThat(read(429, "X-RateLimit-Reset: 30", "X-RateLimit-Remaining: 0")).hasSeconds(30);
		assertThat(read(429, "X-RateLimit-Reset: 30", "X-RateLimit-Remaining: 1")).isEqualTo(OTHERWISE);
		assertThat(read(429, "X-RateLimit-Reset: 30", "X-RateLimit-Remaining: much")).isEqualTo(OTHERWISE);
		assertThat(read(503, "X-RateLimit-Reset: 30", "X-RateLimit-Remaining: 0")).hasSeconds(30);
		assertThat(read(503, "X-RateLimit-Reset: 30")).isZero();
		assertThat(read(503, "RateLimit: \"a\";r=0;t=30")).hasSeconds(30);
		assertThat(read(503, "retry-after-ms: 30")).hasMillis(30);
	}

	@Test
	void readWhenAHeaderHasSeveralLinesIsTheLongest() {
		assertThat(read(429, "Retry-After: 3", "Retry-After: soon", "Retry-After: 9", "Retry-After: -1")).hasSeconds(9);
		assertThat(read(429, "RateLimit: \"a\";r=0;t=3", "RateLimit: \"b\";r=0;t=9")).hasSeconds(9);
		assertThat(read(429, "RateLimit: limit=5", "RateLimit: remaining=0", "RateLimit: reset=9")).hasSeconds(9);
		assertThat(read(429, "X-RateLimit-Reset: 9", "X-RateLimit-Reset: 3", "X-RateLimit-Remaining: 5",
				"X-RateLimit-Remaining: 0"))
			.hasSeconds(9);
	}

	@Test
	void readWhenSeveralHeadersSayItGoesByTheirOrder() {
		String[] all = { "Retry-After: 1", "retry-after-ms: 2000", "RateLimit: \"a\";r=0;t=3", "RateLimit-Reset: 4",
				"X-RateLimit-Reset: 5" };
		for (int i = 0; i < all.length; i++) {
			assertThat(read(429, java.util.Arrays.copyOfRange(all, i, all.length))).hasSeconds(i + 1);
		}
		assertThat(read(429, "Retry-After: 0", "retry-after-ms: 400")).hasMillis(400);
		assertThat(read(429, "Retry-After: soon", "X-RateLimit-Reset: 5")).hasSeconds(5);
		assertThat(read(429, "Retry-After: 0", "X-RateLimit-Reset: nonsense")).isZero();
	}

	@Test
	void readGoesByTheServersClock() {
		assertThat(read(429, "X-RateLimit-Reset: 1445412485", "Date: Wed, 21 Oct 2015 07:28:02 GMT")).hasSeconds(3);
		assertThat(read(429, "X-RateLimit-Reset: 1445412485", "Date: nonsense")).hasSeconds(5);
	}

	@Test
	void readWhenHeadersAreHugeEndsSoon() {
		HttpHeaders headers = new HttpHeaders();
		headers.addAll("Retry-After", Collections.nCopies(100_000, "x".repeat(1000)));
		headers.addAll("RateLimit", Collections.nCopies(100_000, "a;".repeat(500)));
		headers.add("X-RateLimit-Reset", "1".repeat(1_000_000));
		headers.add("Date", "1".repeat(1_000_000));
		assertThat(AskedPause.read(429, headers::get, NOW, OTHERWISE)).isEqualTo(OTHERWISE);
	}

	private static Duration read(int status, String... lines) {
		HttpHeaders headers = new HttpHeaders();
		for (String line : lines) {
			int colon = line.indexOf(": ");
			headers.add(line.substring(0, colon), line.substring(colon + 2));
		}
		return AskedPause.read(status, headers::get, NOW, OTHERWISE);
	}

}
