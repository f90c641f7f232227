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

package io.github.penstock.web;

import java.lang.reflect.UndeclaredThrowableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;

class RefusalTests {

	@ParameterizedTest
	@CsvSource({ "PT0S, 1", "PT0.000000001S, 1", "PT1S, 1", "PT1.000000001S, 2", "PT2.5S, 3", "PT24H, 86400",
			"PT2562047H, 9223369200", "PT9999999999999H, 9223372037" })
	void retryAfterWhenAnyDurationIsWholeSecondsRoundedUpAndAtLeastOne(Duration retryAfter, String expected) {
		Refusal refusal = Refusal.of(Refusals.rateLimitExceeded("supplier-api", retryAfter));
		assertThat(refusal.getHeaders().toSingleValueMap()).containsEntry("Retry-After", expected);
		assertThat(refusal.getBody().getProperties()).containsEntry("retryAfter", Long.valueOf(expected));
		assertThat(refusal.getBody().getDetail())
			.endsWith("in " + expected + (expected.equals("1") ? " second." : " seconds."));
	}

	@Test
	void ofWhenRateLimitExceededIs429() {
		Refusal refusal = Refusal.of(Refusals.rateLimitExceeded());
		assertThat(refusal.getStatusCode()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
		assertThat(refusal.getBody().getStatus()).isEqualTo(429);
		assertThat(json(refusal, "/quotes")).isEqualTo(Refusals.RATE_LIMIT_PROBLEM.formatted("/quotes"));
	}

	@Test
	void ofWhenBulkheadFullIs503() {
		Refusal refusal = Refusal.of(Refusals.bulkheadFull());
		assertThat(refusal.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
		assertThat(refusal.getBody().getStatus()).isEqualTo(503);
		assertThat(json(refusal, "/stock")).isEqualTo(Refusals.BULKHEAD_PROBLEM.formatted("/stock"));
	}

	@Test
	void jsonWhenTextIsHostileStaysOneHarmlessObject() {
		String name = "a\"\r\nSet-Cookie: b\\\u2028é\u0000";
		String path = "/<script>\"\\\u007f&";
		Refusal refusal = Refusal.of(Refusals.rateLimitExceeded(name, Duration.ofSeconds(3)));
		String json = json(refusal, path);
		assertThat(json).isPrintable().doesNotContain("<", ">", "&");
		Map<?, ?> parsed = JsonMapper.shared().readValue(json, Map.class);
		assertThat(parsed.get("limiter")).isEqualTo(name);
		assertThat(parsed.get("instance")).isEqualTo(path);
		assertThat(refusal.getHeaders().toSingleValueMap().values()).noneMatch((value) -> value.contains("Set-Cookie"));
	}

	@Test
	void findWhenWrappedSeesTheRefusal() {
		Throwable failure = new UndeclaredThrowableException(
				new ExecutionException(new CompletionException(Refusals.rateLimitExceeded())));
		Refusal refusal = Refusal.find(failure);
		assertThat(refusal).isNotNull();
		assertThat(refusal.getStatusCode()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
	}

	@Test
	void findWhenNoRefusalIsNull() {
		assertThat(Refusal.find(new IllegalStateException(new RejectedExecutionException()))).isNull();
	}

	@Test
	void findWhenCausesFormACircleEnds() {
		Exception first = new IllegalStateException("first");
		Exception second = new IllegalStateException("second", first);
		first.initCause(second);
		assertThat(Refusal.find(first)).isNull();
	}

	@Test
	void findWhenWrapperNamesAStatusIsNull() {
		assertThat(Refusal.find(new ResponseStatusException(HttpStatus.BAD_GATEWAY, "down", Refusals.bulkheadFull())))
			.isNull();
		assertThat(Refusal.find(new CompletionException(new Teapot(Refusals.bulkheadFull())))).isNull();
	}

	private static String json(Refusal refusal, String path) {
		return new String(refusal.toJson(path), StandardCharsets.US_ASCII);
	}

	@ResponseStatus(HttpStatus.I_AM_A_TEAPOT)
	private static final class Teapot extends RuntimeException {

		Teapot(Throwable cause) {
			super(cause);
		}

	}

}
