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

import java.net.http.HttpResponse;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.web.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what a request for a limiter may say, and where, in Spring MVC and WebFlux,
 * on the port of the application and on one of its own.
 */
@ParameterizedClass
@EnumSource
class LimitersEndpointRequestTests {

	private static final String SUPPLIER = "/actuator/limiters/bulkhead/supplier";

	private static final String API = "/actuator/limiters/rate-limit/api";

	private static final String[] JSON = { "Content-Type", "application/json" };

	private static final Map<Stack, RunningServer> SERVERS = new EnumMap<>(Stack.class);

	private final RunningServer server;

	LimitersEndpointRequestTests(Stack stack) {
		this.server = SERVERS.computeIfAbsent(stack, Stack::start);
	}

	@AfterAll
	static void stop() {
		SERVERS.values().forEach(RunningServer::close);
		SERVERS.clear();
	}

	@AfterEach
	void nothingIsChanged() {
		LimiterRegistry registry = this.server.context().getBean(LimiterRegistry.class);
		List.of("supplier", "inventory").forEach((name) -> {
			ConcurrencyLimiter bulkhead = registry.concurrencyLimiter(name);
			bulkhead.change((spec) -> bulkhead.configured());
		});
		registry.rateLimiter("api").change((spec) -> registry.rateLimiter("api").configured());
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "{\"limiterName\": \"inventory\", \"max\": 1}", "{\"max\": 1, \"limiterName\": \"inventory\"}",
					"{\"limiterName\": \"supplier\", \"max\": 1}", "{\"limiter\\u004eame\": \"inventory\", \"max\": 1}",
					"{\"limiterKind\": \"rate-limit\", \"limiterName\": \"api\", \"rps\": 1}",
					"{\"limiterKind\": \"bulkhead\", \"max\": 1}", "{\"limiterName\": null, \"max\": 1}" })
	void bodyThatNamesTheLimiterIs400(String body) {
		refused(this.server.manage("POST", SUPPLIER, body, JSON), "is part of the path", "There are max, rps,");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
			"{\"kind\": \"bulkhead\", \"max\": 1} | Unknown: [kind]. There are max,",
			"{\"name\": \"inventory\", \"max\": 1} | Unknown: [name]", "{\"Max\": 1} | Unknown: [Max]",
			"{\"unknown\": \"x\", \"max\": 1} | Unknown: [unknown]",
			"{\"duration\": \"1m\", \"max\": 1} | Unknown: [duration]",
			"{\"security\": null, \"max\": 1} | Unknown: [security]", "{\"a\\nb\": 1, \"max\": 1} | Unknown: [a\\nb]",
			"{\"max\": 1, \"max\": 2} | 'max' is there more than once",
			"{\"max\": 1, \"m\\u0061x\": 1} | 'max' is there more than once",
			"{\"max\": {\"value\": 1}} | 'max' is an object", "{\"max\": [1]} | 'max' is an array",
			"{\"max\": true} | 'max' is true", "{\"max\": NaN} | 'max' is 'NaN'", "{\"max\": +5} | 'max' is '+5'",
			"{\"max\": 05} | 'max' is '05'", "{\"max\": 0x5} | 'max' is '0x5'", "{\"max\": \u0665} | 'max' is '\u0665'",
			"{'max': 5} | is no JSON", "{\"max\": 5,} | is no JSON", "{\"max\": 5} {} | is no JSON",
			"{\"max\" 5} | is no JSON", "{\"max\": 5 | is no JSON", "[{\"max\": 5}] | is no JSON object",
			"null | is no JSON object", "5 | is no JSON object", "\"max\" | is no JSON object" })
	void bodyThatIsNoObjectOfPlainValuesIs400(String body, String reason) {
		refused(this.server.manage("POST", SUPPLIER, body, JSON), reason);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u0665", "\uff15", "\u0967", "+5", " 5", "5 ", "1 0", "5.7", "5.0", "5e0", "0x5", "#5",
			"1_000", "5d", "5f", "5L", "NaN", "Infinity", "2147483648", "99999999999999999999", "", "\u2003\u0035" })
	void valueThatIsNoPlainWholeNumberIs400(String value) {
		for (String name : List.of("max", "maxWaiting")) {
			refused(this.server.manage("POST", SUPPLIER, "{\"" + name + "\": \"" + value + "\"}", JSON),
					"'" + name + "' is no number that fits: '" + value, "Write a whole number");
		}
		refused(this.server.manage("POST", API,
				"{\"burst\": \"" + value.replace("2147483648", "9223372036854775808") + "\"}", JSON),
				"'burst' is no number that fits", "Write a whole number");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u0665", "\uff15.5", "+5", " 5", "1 0", "0x5", "0x1p3", "5d", "5f", "5.5.5", "NaN",
			"Infinity", "-Infinity", "1e", "" })
	void rateThatIsNoPlainNumberIs400(String value) {
		for (String name : List.of("rps", "limit")) {
			refused(this.server.manage("POST", API, "{\"" + name + "\": \"" + value + "\"}", JSON),
					"'" + name + "' is no number that fits: '" + value, "Write a number");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "1e400", "1e999999999", "1e-400" })
	void rateThatFitsNowhereIs400(String value) {
		refused(this.server.manage("POST", API, "{\"rps\": " + value + "}", JSON), "Invalid rate");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u0665s", "\uff15s", "5 s", " 5s", "+5s", "5.5s", "0x5s", "PT\u0665S",
			"99999999999999999999s", "9223372036854775807d", "5\u017f", "5x", "" })
	void valueThatIsNoPlainDurationIs400(String value) {
		for (String name : List.of("timeout", "for")) {
			refused(this.server.manage("POST", SUPPLIER, "{\"max\": 5, \"" + name + "\": \"" + value + "\"}", JSON),
					"'" + name + "' is no duration: '" + value, "Write 30s");
		}
		refused(this.server.manage("POST", API, "{\"per\": \"" + value + "\"}", JSON), "'per' is no duration");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"per\": 60}", "{\"per\": \"60\"}" })
	void periodWithoutUnitIs400(String body) {
		refused(this.server.manage("POST", API, body, JSON), "'per' has no unit: '60'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json;charset=UTF-16", "application/json;charset=UTF-16LE",
			"application/json;charset=ISO-8859-1" })
	void bodyInAnotherCharsetIs400(String contentType) {
		refused(this.server.manage("POST", SUPPLIER, "{\"max\": 1}", "Content-Type", contentType), "not in UTF-8");
	}

	@ParameterizedTest
	@ValueSource(ints = { 17_000, 300_000 })
	void bodyThatIsTooLongIs400(int length) {
		refused(this.server.manage("POST", SUPPLIER, "{\"max\": 1}" + " ".repeat(length), JSON), "longer than");
	}

	@ParameterizedTest
	@CsvSource({ "?limiterName=inventory", "?limiterKind=bulkhead", "?limiterName=supplier",
			"?limiterName=inventory&limiterName=inventory", "?%6cimiterName=inventory" })
	void queryThatNamesTheLimiterIs400(String query) {
		LimiterRegistry registry = this.server.context().getBean(LimiterRegistry.class);
		registry.concurrencyLimiter("inventory").change((spec) -> spec.withMax(7));
		assertThat(this.server.manage("DELETE", SUPPLIER + query, "").statusCode()).isEqualTo(400);
		assertThat(registry.concurrencyLimiter("inventory").max()).isEqualTo(7);
		HttpResponse<String> response = this.server.manage("GET", SUPPLIER + query, "");
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.body()).contains("part of the path");
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json", "application/x-www-form-urlencoded" })
	void bodyOfResetDoesNotNameTheLimiter(String contentType) {
		LimiterRegistry registry = this.server.context().getBean(LimiterRegistry.class);
		registry.concurrencyLimiter("inventory").change((spec) -> spec.withMax(7));
		String body = contentType.endsWith("json") ? "{\"limiterName\": \"inventory\"}" : "limiterName=inventory";
		this.server.manage("DELETE", SUPPLIER, body, "Content-Type", contentType);
		assertThat(registry.concurrencyLimiter("inventory").max()).isEqualTo(7);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "application/json | {\"max\": 5}",
			"application/json;charset=utf-8 | {\"max\":\"5\",\"timeout\":null}",
			"application/vnd.spring-boot.actuator.v3+json | { \"m\\u0061x\" : 5 , \"maxWaiting\" : \"unbounded\" }" })
	void bodyOfPlainValuesChangesThem(String contentType, String body) {
		HttpResponse<String> response = this.server.manage("POST", SUPPLIER, body, "Content-Type", contentType);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		LimiterRegistry registry = this.server.context().getBean(LimiterRegistry.class);
		assertThat(registry.concurrencyLimiter("supplier").max()).isEqualTo(5);
	}

	@ParameterizedTest
	@CsvSource({ "/actuator/limiters", "/actuator/limiters/bulkhead/supplier", "/actuator/limiters/bulkhead/nobody",
			"/actuator/limiters/bulkhead/supplier?limiterName=x", "/actuator/penstock" })
	void answerCannotBeFramedNorKept(String path) {
		Map<String, List<String>> headers = this.server.manage("GET", path, "").headers().map();
		assertThat(headers).containsEntry("x-frame-options", List.of("DENY"))
			.containsEntry("x-content-type-options", List.of("nosniff"))
			.containsEntry("cache-control", List.of("no-store"))
			.containsEntry("referrer-policy", List.of("no-referrer"));
		assertThat(headers.get("content-security-policy")).singleElement()
			.asString()
			.contains("default-src 'none'", "frame-ancestors 'none'");
	}

	private void refused(HttpResponse<String> response, String... reasons) {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
		assertThat(JsonParserFactory.getJsonParser().parseMap(response.body()).get("detail")).asString()
			.contains(reasons);
		LimiterRegistry registry = this.server.context().getBean(LimiterRegistry.class);
		assertThat(registry.concurrencyLimiters()).allMatch((one) -> one.spec().equals(one.configured()));
		assertThat(registry.rateLimiters()).allMatch((one) -> one.spec().equals(one.configured()));
	}

	enum Stack {

		MVC, MVC_OWN_PORT, WEB_FLUX, WEB_FLUX_OWN_PORT;

		RunningServer start() {
			String[] properties = { "penstock.bulkheads.supplier.max=20", "penstock.bulkheads.inventory.max=20",
					"penstock.rate-limits.api.rps=10", "management.endpoints.web.exposure.include=limiters,penstock",
					"management.endpoint.limiters.access=unrestricted",
					(name().endsWith("PORT")) ? "management.server.port=0" : "unused=",
					// With two servers on the class path, there would be two for the
					// endpoints.
					"spring.autoconfigure.exclude=org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration,"
							+ "org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatReactiveManagementContextAutoConfiguration" };
			return name().startsWith("MVC") ? RunningServer.mvc(Application.class, properties)
					: RunningServer.webFlux(Application.class, properties);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
