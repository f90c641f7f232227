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

package io.github.penstock.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The dashboard, the alert rules and the traces of the running shop, in a real Prometheus
 * and the format of a real collector, while customers come. Skipped where there is no
 * Prometheus, unless the system property {@code prometheus.required} is set. Needs the
 * Maven profile {@code soak}.
 */
@Tag("soak")
@EnabledIf("io.github.penstock.sample.Prometheus#isThere")
class ObservabilityTests {

	private static final Path DASHBOARD = Path.of("..", "docs", "grafana-dashboard.json");

	private static final Path ALERTS = Path.of("..", "docs", "prometheus-alerts.yml");

	private static final Path ALERT_TESTS = Path.of("src", "test", "resources", "prometheus-alerts-test.yml");

	private static final Pattern METRIC = Pattern.compile("penstock_\\w+");

	private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.+), (\\w+)\\)");

	/** What Grafana puts in: all of everything, and a window of some scrapes. */
	private static final Map<String, String> VARIABLES = Map.of("$application", ".*", "$name", ".*", "$__rate_interval",
			"10s");

	@TempDir
	private static Path directory;

	private static Process redis;

	private static SpanCollector collector;

	private static ConfigurableApplicationContext application;

	private static Prometheus prometheus;

	@BeforeAll
	static void start() throws IOException {
		int redisPort = freePort();
		redis = TwoInstances.startRedis(String.valueOf(redisPort));
		Runtime.getRuntime().addShutdownHook(new Thread(redis::destroy));
		collector = new SpanCollector();
		application = new SpringApplicationBuilder(SampleApplication.class).run("--server.port=0",
				"--server.shutdown=immediate", "--spring.main.register-shutdown-hook=false",
				"--spring.profiles.active=shared", "--spring.data.redis.port=" + redisPort,
				"--management.endpoints.web.exposure.include=prometheus", "--management.metrics.tags.application=shop",
				"--management.tracing.sampling.probability=1",
				"--management.tracing.export.zipkin.endpoint=" + collector.url(), "--penstock.holders.enabled=true",
				"--penstock.shared.budget=3s", "--logging.level.root=off",
				// Before 2.43 Prometheus gives up a scrape that has an exemplar at a
				// _count.
				"--management.prometheus.metrics.export.properties[io.prometheus.exporter.exemplarsOnAllMetricTypes]=false",
				// Short waits and pauses, that many of them are seen.
				"--shop.pace.export=300ms", "--penstock.rate-limits.supplier-api.limit=300",
				"--penstock.rate-limits.supplier-api.timeout=200ms", "--penstock.http-clients.bank.timeout=30s");
		int port = Integer.parseInt(application.getEnvironment().getRequiredProperty("local.server.port"));
		prometheus = new Prometheus(directory, freePort(), ALERTS, port);
		Shop shop = new Shop(port);
		shop.post("/load?seconds=600", "");
		// More than the bank lets anybody ask: it says stop, and they come one by one.
		shop.get(60, "/rates/usd");
		for (String partner : List.of("ann", "bob")) {
			shop.get("/stock?sku=bolt-m8", partner);
		}
	}

	@AfterAll
	static void stop() throws InterruptedException {
		if (prometheus != null) {
			prometheus.close();
		}
		if (application != null) {
			application.close();
		}
		if (collector != null) {
			collector.close();
		}
		if (redis != null) {
			redis.destroy();
			redis.waitFor(10, TimeUnit.SECONDS);
		}
	}

	@Test
	void dashboardWhenCustomersComeHasDataInEachQuery() {
		Map<String, String> queries = queries();
		assertThat(queries).hasSizeGreaterThan(20)
			.allSatisfy((place, query) -> assertThat(query).as(place).doesNotContain("$"));
		eventually().untilAsserted(() -> {
			List<String> silent = new ArrayList<>();
			for (Map.Entry<String, String> query : queries.entrySet()) {
				if (prometheus.query(query.getValue()).stream().noneMatch(ObservabilityTests::isNumber)) {
					silent.add(query.getKey() + ": " + query.getValue());
				}
			}
			assertThat(silent).as("queries without data").isEmpty();
		});
	}

	@Test
	void dashboardKnowsAllApplicationsAndNames() {
		for (JsonNode variable : dashboard().path("templating").path("list")) {
			Matcher query = LABEL_VALUES.matcher(withValues(variable.path("query").path("query").asString("")));
			if (query.matches()) {
				String[] expected = query.group(2).equals("application") ? new String[] { "shop" }
						: new String[] { "export", "supplier-api", "bank", "visitors", "dataSource" };
				eventually().untilAsserted(
						() -> assertThat(prometheus.labels(query.group(2), query.group(1))).contains(expected));
			}
		}
	}

	@Test
	void dashboardShowsALimitThatInstancesShareOnceAndOthersInTotal() {
		String limit = queries().get("Bulkheads: in use of limit B");
		eventually().untilAsserted(
				() -> assertThat(prometheus.query(limit))
					.extracting((series) -> series.path("metric").path("name").asString() + " "
							+ series.path("value").path(1).asString())
					.contains("export 1", "supplier 6"));
	}

	@Test
	void alertRulesPassTheirTests() throws Exception {
		assertThat(Prometheus.check("check", "rules", ALERTS.toString())).endsWith("status 0");
		assertThat(Prometheus.check("test", "rules", ALERT_TESTS.toString())).endsWith("status 0");
	}

	@Test
	void alertRulesAskForWhatThereIs() {
		eventually().untilAsserted(() -> {
			List<JsonNode> rules = prometheus.rules();
			assertThat(rules).hasSizeGreaterThan(10).allSatisfy((rule) -> {
				assertThat(rule.path("health").asString()).as(rule.toString()).isEqualTo("ok");
				for (String metric : metrics(rule.path("query").asString())) {
					assertThat(prometheus.query(metric)).as(metric).isNotEmpty();
				}
			});
		});
	}

	@Test
	void alertWhenCallsAreRefusedIsRaisedForThatLimiter() {
		eventually().untilAsserted(() -> assertThat(prometheus.query("ALERTS"))
			.extracting((alert) -> alert.path("metric").path("alertname").asString() + " "
					+ alert.path("metric").path("name").asString())
			.contains("PenstockBulkheadRefuses supplier", "PenstockRateLimitRefuses bank-visitors")
			.doesNotContain("PenstockBulkheadRefuses deliveries"));
	}

	@Test
	void waitOfACallIsASpanOfItsRequest() {
		Predicate<JsonNode> wait = (span) -> span.path("name").asString().equals("wait for export");
		eventually().untilAsserted(() -> {
			JsonNode waited = span(wait);
			assertThat(waited.path("tags").path("name").asString()).isEqualTo("export");
			assertThat(waited.path("tags").path("kind").asString()).isEqualTo("bulkhead");
			assertThat(waited.path("tags").path("outcome").asString()).isEqualTo("granted");
			assertThat(waited.path("duration").asLong()).isPositive();
			JsonNode request = span((span) -> span.path("id").equals(waited.path("parentId")));
			assertThat(request.path("traceId")).isEqualTo(waited.path("traceId"));
			assertThat(request.path("kind").asString()).isEqualTo("SERVER");
			assertThat(request.path("tags").path("uri").asString()).isEqualTo("/stock.csv");
			assertThat(request.path("duration").asLong()).isGreaterThanOrEqualTo(waited.path("duration").asLong());
		});
	}

	private static JsonNode span(Predicate<JsonNode> which) {
		List<JsonNode> spans = collector.spans().stream().filter(which).toList();
		assertThat(spans).isNotEmpty();
		return spans.get(0);
	}

	/** Queries of the panels by the panel's title and their letter. */
	private static Map<String, String> queries() {
		Map<String, String> queries = new LinkedHashMap<>();
		for (JsonNode panel : dashboard().path("panels")) {
			for (JsonNode target : panel.path("targets")) {
				queries.put(panel.path("title").asString() + " " + target.path("refId").asString(),
						withValues(target.path("expr").asString()));
			}
		}
		return queries;
	}

	private static JsonNode dashboard() {
		return JsonMapper.shared().readTree(DASHBOARD);
	}

	private static String withValues(String query) {
		String filled = query;
		for (Map.Entry<String, String> variable : VARIABLES.entrySet()) {
			filled = filled.replace(variable.getKey(), variable.getValue());
		}
		return filled;
	}

	private static Set<String> metrics(String query) {
		return METRIC.matcher(query).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
	}

	/** Nothing by nothing is none. */
	private static boolean isNumber(JsonNode series) {
		return !series.path("value").path(1).asString().equals("NaN");
	}

	private static ConditionFactory eventually() {
		return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(500));
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
