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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import io.github.penstock.web.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.AuditEventRepository;
import org.springframework.boot.actuate.audit.InMemoryAuditEventRepository;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LimitersEndpoint} over HTTP, in Spring MVC.
 */
@ExtendWith(OutputCaptureExtension.class)
class LimitersEndpointMvcTests {

	private static final String INVENTORY = "/actuator/limiters/bulkhead/inventory";

	private static final String API = "/actuator/limiters/rate-limit/supplier-api";

	private static final String PLANNED = "/actuator/limiters/rate-limit/planned";

	private static final String[] LIMITS = { "penstock.rate-limits.planned.limit=10",
			"penstock.rate-limits.planned.per=1s", "penstock.rate-limits.planned.max-keys=2",
			"penstock.rate-limits.planned.plans.gold.rps=100", "penstock.rate-limits.planned.plans.free.burst=2",
			"penstock.bulkheads.inventory.max=20", "penstock.rate-limits.supplier-api.limit=5000",
			"penstock.rate-limits.supplier-api.per=1h", "management.endpoints.web.exposure.include=*" };

	private static RunningServer server;

	@BeforeAll
	static void start() {
		String[] properties = java.util.Arrays.copyOf(LIMITS, LIMITS.length + 1);
		properties[LIMITS.length] = "management.endpoint.limiters.access=unrestricted";
		server = RunningServer.mvc(Application.class, properties);
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@AfterEach
	void reset() {
		server.delete(INVENTORY);
		server.delete(API);
		assertThat(bulkhead().inUse()).isZero();
		assertThat(bulkhead().waiting()).isZero();
		assertThat(bulkhead().available()).isEqualTo(20);
	}

	@Test
	void allLimitersAreListedBulkheadsFirst() {
		HttpResponse<String> response = server.get("/actuator/limiters");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(json(response).get("limiters"))
			.asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.list(Map.class))
			.extracting((limiter) -> limiter.get("kind") + " " + limiter.get("name"))
			.containsExactly("bulkhead inventory", "bulkhead orders", "rate-limit planned", "rate-limit supplier-api");
	}

	@Test
	void bulkheadHasNumbersAndValuesWithTheirSources() throws InterruptedException {
		Map<String, Object> limiter;
		try (Permit permit = bulkhead().acquire()) {
			limiter = json(server.get(INVENTORY));
		}
		assertThat(limiter).containsEntry("limit", 20).containsEntry("inUse", 1).containsEntry("available", 19);
		assertThat(limiter).containsEntry("waiting", 0).containsKeys("granted", "refused", "waited", "held", "version");
		assertThat(limiter).doesNotContainKeys("per", "burst", "ratePerSecond");
		assertThat(value(limiter, "max")).isEqualTo(Map.of("value", 20, "source", "yaml"));
		assertThat(value(limiter, "timeout")).isEqualTo(Map.of("value", "2s", "source", "annotation"));
		assertThat(value(limiter, "maxWaiting")).isEqualTo(Map.of("value", "unbounded", "source", "default"));
		assertThat(limiter.get("usedBy"))
			.isEqualTo(List.of(Map.of("type", "method", "name", Service.class.getName() + ".stock()"),
					Map.of("type", "data-source", "name", "warehouse")));
	}

	@Test
	void rateLimitHasRate() {
		Map<String, Object> limiter = json(server.get(API));
		assertThat(limiter).containsEntry("limit", 5000).containsEntry("per", "1h").containsEntry("burst", 5000);
		assertThat(limiter).doesNotContainKeys("inUse", "held");
		assertThat(value(limiter, "rate")).isEqualTo(Map.of("value", "5000 per 1h", "source", "yaml"));
		assertThat(value(limiter, "burst")).isEqualTo(Map.of("value", "default", "source", "default"));
	}

	@Test
	void changeOfBulkheadAnswersWithWhatIsInForce() {
		HttpResponse<String> response = server.post(INVENTORY, "{\"max\": 5, \"timeout\": \"1s\", \"maxWaiting\": 7}",
				"Content-Type", "application/json");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(bulkhead().spec()).isEqualTo(new ConcurrencyLimiterSpec(5, Duration.ofSeconds(1), 7));
		assertThat(value(json(response), "max")).isEqualTo(Map.of("value", 5, "source", "runtime", "configured", 20));
	}

	@Test
	void changeOfRateLimitWhenOnlyTheLimitIsGivenKeepsThePeriod() {
		assertThat(change(API, "{\"limit\": 10, \"burst\": 3}").statusCode()).isEqualTo(200);
		RateLimiter limiter = server.context().getBean(LimiterRegistry.class).rateLimiter("supplier-api");
		assertThat(limiter.spec().rate()).isEqualTo("10 per 1h");
		assertThat(limiter.spec().capacity()).isEqualTo(3);
		change(API, "{\"rps\": 0.5, \"burst\": \"default\"}");
		assertThat(limiter.spec().rate()).isEqualTo("0.5 per 1s");
		assertThat(limiter.spec().burst()).isNull();
	}

	@Test
	void changeOfRateLimitToASlidingWindowAndBack() {
		assertThat(value(json(server.get(API)), "sliding")).isEqualTo(Map.of("value", false, "source", "default"));
		assertThat(value(json(change(API, "{\"sliding\": true}")), "sliding"))
			.isEqualTo(Map.of("value", true, "source", "runtime", "configured", false));
		RateLimiter limiter = server.context().getBean(LimiterRegistry.class).rateLimiter("supplier-api");
		assertThat(limiter.spec().sliding()).isTrue();
		assertThat(change(API, "{\"rps\": 5}").statusCode()).isEqualTo(400);
		assertThat(change(API, "{\"burst\": 5}").statusCode()).isEqualTo(400);
		assertThat(limiter.spec()).isEqualTo(limiter.configured().withSliding(true));
		assertThat(change(API, "{\"sliding\": \"false\", \"rps\": 5}").statusCode()).isEqualTo(200);
		assertThat(limiter.spec().sliding()).isFalse();
		assertThat(limiter.spec().rate()).isEqualTo("5 per 1s");
	}

	@Test
	void changeWhileCallsWaitLetsThemInAtOnce() throws Exception {
		change(INVENTORY, "{\"max\": 1}");
		CompletableFuture<Permit> waiting;
		try (Permit permit = bulkhead().acquire()) {
			waiting = bulkhead().acquireAsync(Duration.ofHours(1), Runnable::run);
			assertThat(waiting).isNotDone();
			change(INVENTORY, "{\"max\": 2}");
			waiting.get(20, TimeUnit.SECONDS).close();
		}
	}

	@Test
	void changeForTimeSaysUntilWhen() {
		Map<String, Object> limiter = json(change(INVENTORY, "{\"max\": 5, \"for\": \"10m\"}"));
		assertThat(value(limiter, "max")).containsEntry("configured", 20).containsKey("until");
	}

	@Test
	void resetBringsConfiguredValuesBack() {
		change(INVENTORY, "{\"max\": 5, \"for\": \"10m\"}");
		HttpResponse<String> response = server.delete(INVENTORY);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(value(json(response), "max")).isEqualTo(Map.of("value", 20, "source", "yaml"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "{\"max\": -1} | Invalid max '-1'", "{\"max\": 1.5} | 'max' is no number",
					"{\"max\": 99999999999} | 'max' is no number", "{\"max\": \"\"} | 'max' is no number",
					"{\"timeout\": \"soon\"} | 'timeout' is no duration", "{\"timeout\": \"-1s\"} | Invalid timeout",
					"{\"maxWaiting\": -1} | Invalid maxWaiting", "{\"max\": 5, \"timeout\": \"x\"} | 'timeout'",
					"{\"rps\": 5} | has no 'rps'", "{\"mx\": 5} | Unknown: [mx]",
					"{\"max\": 5, \"unknown\": 1} | Unknown", "{\"max\": 5, \"for\": \"0\"} | 'for' must be",
					"{\"max\": 5, \"for\": \"-1s\"} | 'for' must be", "{\"max\": 5, \"for\": \"400d\"} | 'for' must be",
					"{\"max\": 5, \"for\": \"x\"} | 'for' is no duration", "{\"enforce\": 101} | Invalid enforce '101'",
					"{\"enforce\": \"-1%\"} | Invalid enforce", "{\"enforce\": 12.5} | 'enforce' is no number",
					"{\"enforce\": \"some\"} | 'enforce' is no number",
					"{\"enforce\": \"5 %\"} | 'enforce' is no number", "{\"enforce\": true} | 'enforce' is true",
					"{\"maxKeys\": 0} | Invalid maxKeys", "{\"for\": \"1m\"} | no value to change",
					"{} | no value to change", "{\"max\": null} | no value to change" })
	void changeOfBulkheadWhenInvalidIs400WithReasonAndChangesNothing(String body, String reason) {
		HttpResponse<String> response = change(INVENTORY, body);
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(json(response).get("detail")).asString().contains(reason);
		assertThat(bulkhead().spec()).isEqualTo(bulkhead().configured());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "{\"rps\": 0} | Invalid rate", "{\"rps\": -1} | Invalid rate",
					"{\"rps\": \"NaN\"} | 'rps' is no number", "{\"rps\": \"Infinity\"} | 'rps' is no number",
					"{\"rps\": 1e300} | Invalid rate", "{\"rps\": \"1e999999999\"} | Invalid rate",
					"{\"rps\": 1e-300} | Invalid rate", "{\"rps\": 5, \"limit\": 5} | twice",
					"{\"burst\": 0} | Invalid burst", "{\"sliding\": 1} | 'sliding' is true or false",
					"{\"sliding\": true, \"burst\": 5} | a sliding window has none",
					"{\"sliding\": true, \"rps\": 5} | A sliding window has no rps",
					"{\"sliding\": true, \"limit\": 1000001} | at most 1000000", "{\"burst\": true} | 'burst' is true",
					"{\"per\": 60} | 'per' has no unit", "{\"rps\": 5, \"for\": 60} | 'for' has no unit",
					"{\"per\": \"0\"} | Invalid per", "{\"max\": 5} | has no 'max'" })
	void changeOfRateLimitWhenInvalidIs400WithReasonAndChangesNothing(String body, String reason) {
		HttpResponse<String> response = change(API, body);
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(json(response).get("detail")).asString().contains(reason);
		RateLimiter limiter = server.context().getBean(LimiterRegistry.class).rateLimiter("supplier-api");
		assertThat(limiter.spec()).isEqualTo(limiter.configured());
	}

	@ParameterizedTest
	@CsvSource({ "/actuator/limiters/bulkhead/nobody", "/actuator/limiters/bulkhead/supplier-api",
			"/actuator/limiters/semaphore/inventory", "/actuator/limiters/bulkhead/%0d%0aSet-Cookie:x" })
	void unknownLimiterIs404AndNotMade(String path) {
		assertThat(server.get(path).statusCode()).isEqualTo(404);
		assertThat(change(path, "{\"max\": 5}").statusCode()).isEqualTo(404);
		HttpResponse<String> response = server.delete(path);
		assertThat(response.statusCode()).isEqualTo(404);
		assertThat(response.body()).doesNotContain("Set-Cookie");
		assertThat(server.context().getBean(LimiterRegistry.class).concurrencyLimiters()).hasSize(2);
	}

	@Test
	void changeWhenVersionIsAnotherOneIs409AndChangesNothing() {
		String version = String.valueOf(json(server.get(INVENTORY)).get("version"));
		String body = "{\"max\": %s, \"version\": \"" + version + "\"}";
		assertThat(change(INVENTORY, body.formatted("5")).statusCode()).isEqualTo(200);
		HttpResponse<String> late = change(INVENTORY, body.formatted("6"));
		assertThat(late.statusCode()).isEqualTo(409);
		assertThat(json(late).get("detail")).asString().contains("changed meanwhile");
		assertThat(bulkhead().max()).isEqualTo(5);
	}

	@Test
	void changeIsAudited(CapturedOutput output) {
		AuditEventRepository events = server.context().getBean(AuditEventRepository.class);
		change(INVENTORY, "{\"max\": 5, \"for\": \"10m\"}");
		List<AuditEvent> changed = events.find(null, null, "PENSTOCK_LIMITER_CHANGED");
		assertThat(changed).last().satisfies((event) -> {
			assertThat(event.getData()).containsEntry("kind", "bulkhead").containsEntry("name", "inventory");
			assertThat(event.getData()).containsEntry("before", Map.of("max", 20))
				.containsEntry("after", Map.of("max", 5));
			assertThat(event.getData()).containsKey("until");
		});
		server.delete(INVENTORY);
		assertThat(events.find(null, null, "PENSTOCK_LIMITER_RESET")).isNotEmpty();
		assertThat(output).contains("bulkhead 'inventory' changed: {max=20} -> {max=5} until");
	}

	@ParameterizedTest
	@CsvSource({ "text/plain", "application/x-www-form-urlencoded" })
	void changeByFormOfAnotherSiteIsRefused(String contentType) {
		HttpResponse<String> response = server.post(INVENTORY, "{\"max\": 0}", "Content-Type", contentType);
		assertThat(response.statusCode()).isEqualTo(415);
		assertThat(bulkhead().max()).isEqualTo(20);
	}

	@Test
	void changeIsThereForBootsOwnEndpointOfAuditEvents() {
		change(INVENTORY, "{\"max\": 6}");
		HttpResponse<String> response = server.get("/actuator/auditevents?type=PENSTOCK_LIMITER_CHANGED");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).contains("\"type\":\"PENSTOCK_LIMITER_CHANGED\"", "\"name\":\"inventory\"",
				"\"after\":{\"max\":6}");
	}

	/** As a form of another site would send it, which is not asked whether it may. */
	@ParameterizedTest
	@CsvSource(nullValues = "none", value = { "none", "text/plain", "application/x-www-form-urlencoded" })
	void changeWithoutBodyIsRefused(String contentType) {
		String[] headers = (contentType != null) ? new String[] { "Content-Type", contentType } : new String[0];
		HttpResponse<String> response = server.post(INVENTORY + "?max=0", "", headers);
		assertThat(response.statusCode()).isIn(400, 415);
		assertThat(bulkhead().max()).isEqualTo(20);
		response = server.post(INVENTORY, "max=0", headers);
		assertThat(response.statusCode()).isEqualTo(415);
		assertThat(bulkhead().max()).isEqualTo(20);
	}

	@ParameterizedTest
	@CsvSource({ "?max=0", "?timeout=1s", "?_csrf=token", "?%6dax=0" })
	void changeWithValuesInTheQueryIs400WithReason(String query) {
		for (String body : List.of("", "{}", "{\"max\": 5}")) {
			HttpResponse<String> response = change(INVENTORY + query, body);
			assertThat(response.statusCode()).isEqualTo(400);
			assertThat(json(response).get("detail")).asString().contains("none may come from the query");
			assertThat(bulkhead().spec()).isEqualTo(bulkhead().configured());
		}
	}

	@Test
	void shareOfCallsIsShownAndChangesAtRunTime() {
		Map<String, Object> limiter = json(server.get(INVENTORY));
		assertThat(limiter).containsEntry("enforce", 100).containsEntry("wouldRefuse", 0);
		assertThat(value(limiter, "enforce")).isEqualTo(Map.of("value", "100%", "source", "default"));
		for (String share : List.of("\"0%\"", "\"0\"", "0")) {
			limiter = json(change(INVENTORY, "{\"max\": 0, \"enforce\": " + share + "}"));
			assertThat(limiter).containsEntry("enforce", 0);
			assertThat(value(limiter, "enforce"))
				.isEqualTo(Map.of("value", "0%", "source", "runtime", "configured", "100%"));
			server.delete(INVENTORY);
		}
		limiter = json(change(INVENTORY, "{\"max\": 0, \"enforce\": \"0%\", \"for\": \"10m\"}"));
		assertThat(value(limiter, "enforce")).containsKey("until");
		Permit permit = bulkhead().tryAcquire();
		assertThat(permit).isNotNull();
		permit.close();
		Map<String, Object> after = json(server.get(INVENTORY));
		assertThat(after).containsEntry("wouldRefuse", 1).containsEntry("granted", limiter.get("granted"));
		assertThat(change(INVENTORY, "{\"enforce\": 25, \"version\": \"old\"}").statusCode()).isEqualTo(409);
		assertThat(change(API, "{\"enforce\": \"25%\", \"maxKeys\": 5}").statusCode()).isEqualTo(200);
		assertThat(api().spec()).isEqualTo(api().configured().withEnforce(25).withMaxKeys(5));
	}

	@Test
	void changeKeepsPlansAndKeys() {
		change(PLANNED, "{\"rps\": 7}");
		RateLimiter planned = server.context().getBean(LimiterRegistry.class).rateLimiter("planned");
		assertThat(planned.spec().rate()).isEqualTo("7 per 1s");
		assertThat(planned.spec().plans()).isEqualTo(planned.configured().plans()).isNotEmpty();
		assertThat(planned.spec().maxKeys()).isEqualTo(2);
		Map<String, Object> limiter = json(server.delete(PLANNED));
		assertThat(value(limiter, "plans"))
			.isEqualTo(Map.of("value", "free: burst 2; gold: 100 per 1s", "source", "yaml"));
		assertThat(limiter.get("plans")).isEqualTo(Map.of("free", Map.of("limit", 10, "per", "1s", "burst", 2), "gold",
				Map.of("limit", 100, "per", "1s", "burst", 100)));
		assertThat(json(server.get(INVENTORY))).doesNotContainKey("plans");
		assertThat(change(PLANNED, "{\"plans\": \"none\"}").statusCode()).isEqualTo(400);
	}

	@Test
	void keysAreShownHashedAndTheMostOfThemOnly() {
		RateLimiter planned = server.context().getBean(LimiterRegistry.class).rateLimiter("planned");
		for (int i = 0; i < 3; i++) {
			planned.forKey("customer-1", "free").tryAcquire();
		}
		planned.forKey("customer-2").tryAcquire(5);
		planned.forKey("customer-3").tryAcquire();
		HttpResponse<String> response = server.get(PLANNED);
		assertThat(response.body()).doesNotContain("customer-");
		Map<?, ?> keys = (Map<?, ?>) json(response).get("keys");
		assertThat(keys.get("known")).isEqualTo(2);
		assertThat(keys.get("max")).isEqualTo(2);
		assertThat(keys.get("overflowed")).isEqualTo(1);
		assertThat((List<?>) keys.get("busiest")).hasSize(2)
			.first()
			.satisfies((key) -> assertThat((Map<?, ?>) key).extracting("granted", "refused").containsExactly(2, 1));
		assertThat((List<?>) keys.get("mostRefused")).hasSize(1);
		assertThat(json(response)).containsEntry("tokens", 8).containsEntry("granted", 4).containsEntry("debt", 0);
		assertThat(server.get("/actuator/limiters").body()).doesNotContain("busiest", "mostRefused");
	}

	@Test
	void keysAreShownInClearIfThatIsAskedFor() {
		try (RunningServer clear = RunningServer.mvc(Application.class, "penstock.rate-limits.supplier-api.rps=5",
				"management.endpoints.web.exposure.include=limiters", "penstock.keys.show=clear")) {
			clear.context()
				.getBean(LimiterRegistry.class)
				.rateLimiter("supplier-api")
				.forKey("customer-1")
				.tryAcquire();
			assertThat(clear.get(API).body()).contains("customer-1");
		}
	}

	private static RateLimiter api() {
		return server.context().getBean(LimiterRegistry.class).rateLimiter("supplier-api");
	}

	private static HttpResponse<String> change(String path, String body) {
		return server.post(path, body, "Content-Type", "application/json");
	}

	private static ConcurrencyLimiter bulkhead() {
		return server.context().getBean(LimiterRegistry.class).concurrencyLimiter("inventory");
	}

	private static Map<String, Object> json(HttpResponse<String> response) {
		return JsonParserFactory.getJsonParser().parseMap(response.body());
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> value(Map<String, Object> limiter, String name) {
		return ((Map<String, Map<String, Object>>) limiter.get("configuration")).get(name);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Service service() {
			return new Service();
		}

		@Bean
		AuditEventRepository auditEvents() {
			return new InMemoryAuditEventRepository();
		}

		@Bean
		LimiterUsages warehouse() {
			return (kind, name) -> name.equals("inventory")
					? List.of(new LimiterUsage(LimiterUsage.Type.DATA_SOURCE, "warehouse")) : List.of();
		}

	}

	static class Service {

		@Bulkhead(name = "inventory", max = 10, timeout = "2s")
		public String stock() {
			return "stock";
		}

		@Bulkhead(name = "orders", max = 10)
		@RateLimited("supplier-api")
		public String order() {
			return "order";
		}

	}

}
